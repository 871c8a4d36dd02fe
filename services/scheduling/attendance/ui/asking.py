"""The blueprint, who may come in, and what is theirs to see."""

from collections.abc import Sequence
from uuid import UUID

from flask import Blueprint

from services.scheduling.attendance.model import CheckIn
from services.scheduling.attendance.queries import Line, check_in_within, list_at
from services.scheduling.hosting.model import PLANNERS, may_host
from services.scheduling.sessions.model import Session
from shared.auth import holders, readers
from shared.web.edge import reading, signed_in

blueprint = Blueprint(
    "attendance",
    "services.scheduling.attendance.ui",
    url_prefix="/scheduling",
    template_folder="../../templates",
)

Page = str | tuple[str, int]

#: Who sees the list of a door, who keeps it, and who lets people in.
SEE, KEEP, HOST = readers(*PLANNERS, "liaison"), holders(*PLANNERS, "liaison"), holders(*PLANNERS)


def found(check_in_id: UUID) -> tuple[CheckIn, Session, Sequence[Line]]:
    """A door, its session, and the lines that are the reader's: all of them for the host, of the own people for liaisons."""
    asks = signed_in()
    hosts = asks.reads(*PLANNERS)
    with reading() as db:
        door, session = check_in_within(db, check_in_id, hosts=hosts, schools=asks.schools)
        lines = list_at(db, door, session)
    if not may_host(hosts, session.host_region):
        lines = [line for line in lines if line.school_id in asks.schools]
    return door, session, lines
