"""What forms say of accounts: shape only; who may give what is for the commands."""

from collections.abc import Mapping
from datetime import datetime, time
from uuid import UUID

from services.directory.accounts.policies import OF_A_SCHOOL
from shared.auth import Grant
from shared.errors import Invalid
from shared.text import Sentence
from shared.web.rendering import ZONE

LONGEST_NAME = 80


def name_in(typed: Mapping[str, str]) -> str:
    """The name in a form. Raises Invalid."""
    name = " ".join(typed.get("name", "").split())
    if 1 <= len(name) <= LONGEST_NAME:
        return name
    raise Invalid(Sentence(zh="请填写姓名。", en="Say who it is."), field="name")


def grant_in(typed: Mapping[str, str]) -> tuple[Grant, datetime | None]:
    """The grant in a form, and its last moment. Raises Invalid."""
    role, school = typed.get("role", ""), typed.get("school", "")
    scope = f"school:{school}" if role in OF_A_SCHOOL else typed.get("scope", "")
    day = typed.get("until", "")
    try:
        until = datetime.combine(datetime.fromisoformat(day), time.max, tzinfo=ZONE) if day else None
    except ValueError as error:
        raise Invalid(Sentence(zh="请选择日期。", en="Choose a day."), field="until") from error
    try:
        return Grant.parse(f"{role}@{scope}"), until
    except ValueError as error:
        field = "school" if role in OF_A_SCHOOL else "scope"
        raise Invalid(
            Sentence(zh="请选择角色和它的范围。", en="Choose a role and where it holds."), field=field
        ) from error


def school_in(said: str) -> UUID:
    """The school that was chosen. Raises Invalid."""
    try:
        return UUID(said)
    except ValueError as error:
        raise Invalid(Sentence(zh="请选择学校。", en="Choose the school."), field="school") from error
