"""The blueprint, who may do what, and what its pages ask of a request."""

from collections.abc import Sequence
from uuid import UUID

from flask import Blueprint
from sqlalchemy.orm import Session

from services.notifications.announcements.queries import answered_for
from shared.auth import Role, holders, readers
from shared.roster import School, schools_in
from shared.web.edge import reading, signed_in

blueprint = Blueprint(
    "announcements",
    "services.notifications.announcements.ui",
    url_prefix="/notifications/announcements",
    template_folder="../../templates",
)

Page = str | tuple[str, int]

#: Who tells schools.
SENDERS: tuple[Role, ...] = ("administrator", "coordinator")

#: Who answers for a school: its liaison, and its principal, who is one of its teachers.
_ANSWERING: tuple[Role, ...] = ("liaison", "teacher")
SEND, SEE, CONFIRM = holders(*SENDERS), readers(*SENDERS, *_ANSWERING), holders(*_ANSWERING)


def own() -> frozenset[str]:
    """Where the reader may tell schools."""
    return signed_in().scopes(*SENDERS)


def seen_within() -> frozenset[str]:
    """What of others the reader may see."""
    return signed_in().reads(*SENDERS)


def answered() -> frozenset[UUID]:
    """The schools for which the reader answers."""
    with reading() as db:
        return answered_for(db, signed_in())


def offered(db: Session) -> list[tuple[str, str, Sequence[School]]]:
    """Counties of the own scopes with their schools: scope, name, schools."""
    found: dict[tuple[str, str], list[School]] = {}
    for school in schools_in(db, own()):
        found.setdefault((f"region:{school.region_code}", school.region_name), []).append(school)
    return [(scope, name, schools) for (scope, name), schools in found.items()]


def host(scopes: frozenset[str]) -> str:
    """For which region it is sent: the widest of the own ones."""
    regions = sorted(scope.removeprefix("region:") for scope in scopes if scope.startswith("region:"))
    return "000000" if "all" in scopes or not regions else regions[0]
