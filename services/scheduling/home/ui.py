"""Fragments: the next seven days, and sessions that a search finds."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import groupby

from flask import Blueprint, render_template

from services.scheduling.kinds.queries import kinds
from services.scheduling.sessions.queries import SessionRow, sessions_titled, sessions_while
from shared.auth import SIGNED_IN, Role
from shared.web import searching
from shared.web.edge import edge, reading, signed_in
from shared.web.rendering import ZONE
from shared.web.scopes import scopes

blueprint = Blueprint("home", __name__, url_prefix="/scheduling", template_folder="../templates")

#: Who sees the plan; everybody else sees what their schools are invited to, once it is released.
_PLANNERS: tuple[Role, ...] = ("administrator", "coordinator")

#: Days ahead, sessions on the card, hits of a search.
DAYS, SHOWN, HITS = 7, 8, 8


@blueprint.get("/card")
@SIGNED_IN
def card() -> str:
    """The sessions of today and the six days that follow."""
    asks = signed_in()
    start = edge().runtime.clock().astimezone(ZONE).replace(hour=0, minute=0, second=0, microsecond=0)
    schools = {grant.scope.removeprefix("school:") for grant in asks.grants if grant.role != "administrator"}
    with reading() as db:
        found = sessions_while(
            db,
            asks.reads(*_PLANNERS) & scopes(),
            schools=schools,
            start=start,
            end=start + timedelta(days=DAYS),
        )

    found = sorted(_each_time(found, start, start + timedelta(days=DAYS)), key=lambda each: each.starts_at)

    def day(starts_at: datetime) -> datetime:
        local = starts_at.astimezone(ZONE).replace(hour=0, minute=0, second=0, microsecond=0)
        return max(local, start)  # what began before goes on today

    days = [(on, list(of)) for on, of in groupby(found[:SHOWN], key=lambda session: day(session.starts_at))]
    return render_template(
        "scheduling/card.html",
        days=days,
        today=start,
        more=max(0, len(found) - SHOWN),
        planner=asks.holds(_PLANNERS),
        liaison=bool(asks.schools),
        schools=sorted(asks.schools),
        ZONE=ZONE,
    )


@blueprint.get("/search")
@SIGNED_IN
def search() -> str:
    """The sessions in whose title `?q=` is found, the latest first, for who plans."""
    words = searching.words()
    with reading() as db:
        known = kinds(db)
        found = sessions_titled(db, signed_in().reads(*_PLANNERS) & scopes(), words=words, limit=HITS)
    return render_template("scheduling/hits.html", sessions=found, KINDS=known)


def _each_time(sessions: Iterable[SessionRow], start: datetime, end: datetime) -> Iterator[SessionRow]:
    """A row for each time between the two moments: what takes place twice is there twice, and not in between."""
    for session in sessions:
        for once in session.occurrences:
            if once.starts_at < end and once.ends_at > start:
                yield replace(
                    session, starts_at=once.starts_at, ends_at=once.ends_at, place=once.place, link=once.link
                )
