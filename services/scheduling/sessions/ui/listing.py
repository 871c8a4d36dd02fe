"""The list of sessions by themselves, on paper and in a workbook, too."""

from datetime import date
from typing import cast

from flask import render_template
from sqlalchemy import orm
from werkzeug.wrappers import Response

from services.scheduling.kinds.queries import kinds
from services.scheduling.plans.model import ZONE
from services.scheduling.sessions.policies import MAY
from services.scheduling.sessions.queries import Found, Sort, sessions_listed
from services.scheduling.sessions.ui.asking import blueprint, read
from services.scheduling.sessions.ui.showing import STATES
from shared.errors import Invalid
from shared.text import Sentence
from shared.web.downloads import workbook
from shared.web.edge import reading, signed_in
from shared.web.lists import SIZE, Listing, listing
from shared.web.rendering import say
from shared.web.scopes import narrowed

#: Rows in a workbook.
LARGEST = 20_000

#: What the list is sorted by and filtered for.
SORTS, FILTERS = ("starts_at", "title", "kind"), ("q", "state", "kind", "since", "until")

COLUMNS = (
    Sentence(zh="活动", en="Session"),
    Sentence(zh="类型", en="Kind"),
    Sentence(zh="开始", en="Starts"),
    Sentence(zh="结束", en="Ends"),
    Sentence(zh="地点", en="Place"),
    Sentence(zh="主持与主讲", en="Led by"),
    Sentence(zh="受邀学校", en="Schools invited"),
    Sentence(zh="状态", en="State"),
)


@blueprint.get("/")
@MAY["see"]
def index() -> str:
    """The sessions by themselves that the reader's regions host."""
    wanted = _wanted()
    with reading() as db:
        found, known = _found(db, wanted), kinds(db)
    return render_template(
        "scheduling/sessions.html",
        wanted=wanted,
        sessions=found.rows,
        total=found.total,
        counts=found.counts,
        STATES=STATES,
        KINDS=known,
        may_draft=MAY["draft"].allows(signed_in()),
        may_keep_kinds="all" in signed_in().scopes("administrator"),
    )


@blueprint.get("/sessions.xlsx")
@MAY["see"]
def exported() -> Response:
    """All sessions of the list that match, as a workbook."""
    wanted = _wanted()
    with reading() as db:
        found, known = _found(db, wanted, limit=LARGEST), kinds(db)
    rows = (
        (
            row.title,
            say(known[row.kind]) if row.kind in known else row.kind,
            row.starts_at.astimezone(ZONE).strftime("%Y-%m-%d %H:%M"),
            row.ends_at.astimezone(ZONE).strftime("%Y-%m-%d %H:%M"),
            row.place,
            "、".join(leader.name for leader in row.leaders),
            len(row.invited_schools),
            say(STATES[row.state][1]),
        )
        for row in found.rows
    )
    return workbook(say(Sentence(zh="活动", en="Sessions")), [say(column) for column in COLUMNS], rows)


def _wanted() -> Listing:
    return listing(sorts=SORTS, filters=FILTERS, default="-starts_at")


def _found(db: orm.Session, wanted: Listing, *, limit: int = SIZE) -> Found:
    return sessions_listed(
        db,
        narrowed(read()),
        words=wanted.get("q"),
        state=wanted.get("state"),
        kind=wanted.get("kind"),
        since=_day(wanted, "since"),
        until=_day(wanted, "until"),
        sort=cast("Sort", wanted.sort),
        descending=wanted.descending,
        offset=wanted.offset,
        limit=limit,
    )


def _day(wanted: Listing, name: str) -> date | None:
    said = wanted.get(name)
    try:
        return date.fromisoformat(said) if said else None
    except ValueError:
        raise Invalid(
            Sentence(zh="日期要写成 2025-06-09。", en="Write a date as 2025-06-09."), field=name
        ) from None
