"""The blueprint, who may do what, and what its pages ask of a request."""

from collections.abc import Sequence

from flask import Blueprint
from sqlalchemy.orm import Session

from shared.auth import Role, holders, readers
from shared.roster import School, schools_in
from shared.web.edge import signed_in

blueprint = Blueprint(
    "announcements",
    "services.notifications.announcements.ui",
    url_prefix="/notifications/announcements",
    template_folder="../../templates",
)

Page = str | tuple[str, int]

#: Who tells schools.
SENDERS: tuple[Role, ...] = ("administrator", "coordinator")
SEND, SEE, CONFIRM = holders(*SENDERS), readers(*SENDERS, "liaison"), holders("liaison")


def own() -> frozenset[str]:
    """Where the reader may tell schools."""
    return signed_in().scopes(*SENDERS)


def seen_within() -> frozenset[str]:
    """What of others the reader may see."""
    return signed_in().reads(*SENDERS)


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
