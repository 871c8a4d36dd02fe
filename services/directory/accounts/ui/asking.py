"""The blueprint, and what its pages ask of who asks: what they see, and what they may give."""

from collections.abc import Mapping
from uuid import UUID

from flask import Blueprint, render_template
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from services.directory.accounts.model import ROLES
from services.directory.accounts.policies import DOES, KEEPERS, OF_A_SCHOOL, roles_given_by
from services.directory.accounts.queries import contains, groups_offered, people_offered, schools_offered
from services.directory.regions.queries import regions_within
from shared.web.edge import edge, signed_in

blueprint = Blueprint("accounts", "services.directory.accounts.ui", template_folder="../../templates")

Page = str | Response | tuple[str, int]


def seen() -> frozenset[str]:
    """What the reader may see."""
    return signed_in().reads(*KEEPERS)


def kept() -> frozenset[str]:
    """What the reader looks after."""
    return signed_in().scopes(*KEEPERS)


def offered(db: Session, typed: Mapping[str, str]) -> dict[str, object]:
    """The roles and places that who asks may give, and the people and schools that what was typed means."""
    scopes = kept()
    return {
        "people": people_offered(
            db, scopes, words=_words(typed, "person_q"), chosen=id_in(typed.get("person"))
        ),
        "schools": schools_offered(
            db, scopes, words=_words(typed, "school_q"), chosen=id_in(typed.get("school"))
        ),
        "regions": [
            region for region in regions_within(db, scopes) if contains(db, scopes, f"region:{region.code}")
        ],
        "groups": [group for group in groups_offered(db) if contains(db, scopes, f"group:{group[0]}")],
        "everywhere": "all" in scopes,
        "roles": {role: (ROLES[role], DOES[role]) for role in roles_given_by(signed_in())},
    }


def searching(typed: Mapping[str, str]) -> bool:
    """Whether a form came to look for somebody, or for a school, rather than to be kept.

    That is what its search buttons say; and who pressed Enter in a search field and has chosen nothing yet.
    """
    said = {name for name, text in typed.items() if text.strip()}
    looks_for_somebody = "person_q" in said and not said & {"person", "name"}
    of_a_school = typed.get("role", "liaison") in OF_A_SCHOOL
    return (
        "find" in said or looks_for_somebody or ("school_q" in said and "school" not in said and of_a_school)
    )


def id_in(said: str | None) -> UUID | None:
    """An id in a form, if it is one."""
    try:
        return UUID(said or "")
    except ValueError:
        return None


def link_page(name: str, secret: str, *, said: str = "", back: str = "/directory/accounts") -> str:
    """A link, shown this once. said: what its holder may do."""
    base = edge().runtime.settings.base_url
    return render_template(
        "directory/link.html", name=name, said=said, link=f"{base}/sign-in/{secret}", back=back
    )


def _words(typed: Mapping[str, str], name: str) -> str:
    return typed.get(name, "").strip()[:64]
