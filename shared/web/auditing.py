"""The page of a service's audit trail, the same in all of them: who did what, when, from where, before and after."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask import Blueprint, render_template, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from shared.auth import Principal, readers
from shared.db.audit import audit_entries
from shared.roster.scopes import lies_in
from shared.roster.tables import roster_schools
from shared.text import Sentence
from shared.web.downloads import workbook
from shared.web.edge import edge, reading, signed_in
from shared.web.happenings import called, fields_called
from shared.web.rendering import ZONE, say, t
from shared.web.scopes import narrowed
from shared.web.searching import LONGEST

#: Entries on a page, and in a workbook.
PAGE, LARGEST = 50, 20_000

#: Who reads it: of their own places, or of all where they are granted all.
AUDIENCE = readers("administrator", "coordinator", "operator")

#: directory's own trail is about accounts too.
OF_DIRECTORY = readers("administrator", "operator")

#: The trails of all services, as tabs.
TRAILS = (
    ("directory", Sentence(zh="名录与账号", en="Register and accounts")),
    ("scheduling", Sentence(zh="活动与培训", en="Sessions")),
    ("exchange", Sentence(zh="教师交流", en="Exchange")),
    ("resources", Sentence(zh="资源与场地", en="Resources")),
    ("notifications", Sentence(zh="通知", en="Notices")),
)

COLUMNS = (
    Sentence(zh="时间", en="When"),
    Sentence(zh="操作人", en="Who"),
    Sentence(zh="来源地址", en="From where"),
    Sentence(zh="事项", en="What"),
    Sentence(zh="对象", en="Object"),
    Sentence(zh="改动（前 → 后）", en="Changes (before → after)"),
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address filters for; texts that make no sense find nothing, or are left out."""

    who: str
    subject: str
    what: str
    day: str
    school: str

    @classmethod
    def of_request(cls) -> "Asked":
        """What the reader typed."""
        given = {name: request.args.get(name, "").strip()[:LONGEST] for name in cls.__slots__}
        return cls(**{name: value if value.isprintable() else "" for name, value in given.items()})

    def conditions(self) -> list[sa.ColumnElement[bool]]:
        """As the query needs it."""
        table, found = audit_entries.c, list[sa.ColumnElement[bool]]()
        if self.who:
            found.append(table.actor.contains(self.who, autoescape=True))
        if self.subject:
            found.append(sa.or_(table.subject == self.subject, table.person_id == _id(self.subject)))
        if self.school:
            found.append(sa.or_(table.school_id == _id(self.school), table.subject == self.school))
        if self.what:
            found.append(table.what == self.what)
        if self.day and (start := _start(self.day)):
            found += [table.at >= start, table.at < start + timedelta(days=1)]
        return found

    def said(self) -> dict[str, str]:
        """The filters that are set, for links."""
        return {name: value for name in self.__slots__ if (value := str(getattr(self, name)))}


def trail(service: str) -> Blueprint:
    """The pages of the trail of `service`, under its path."""
    audience = OF_DIRECTORY if service == "directory" else AUDIENCE
    blueprint = Blueprint("audit", __name__, url_prefix=f"/{service}/audit")

    @blueprint.get("")
    @audience
    def index() -> str:
        """The newest entries, then older ones page by page."""
        asked, asks = Asked.of_request(), signed_in()
        before = request.args.get("before", "")
        with reading() as db:
            rows = _rows(db, asks, asked, before=_number(before), limit=PAGE + 1)
            kinds = db.scalars(sa.select(audit_entries.c.what).distinct().where(_seen(asks))).all()
        return render_template(
            "audit.html",
            rows=rows[:PAGE],
            older=rows[PAGE - 1]["id"] if len(rows) > PAGE else None,
            asked=asked.said(),
            first=not before,
            kinds=sorted(kinds),
            trails=TRAILS,
            service=service,
            called=called,
            fields_called=fields_called,
        )

    @blueprint.get("/export.xlsx")
    @audience
    def exported() -> Response:
        """What matches, as a workbook; that it was taken is in the trail itself."""
        asked, asks = Asked.of_request(), signed_in()
        with reading() as db:
            rows = _rows(db, asks, asked, before=None, limit=LARGEST)
        return workbook(
            t("操作记录", "Audit trail"), [say(column) for column in COLUMNS], map(_written, rows)
        )

    return blueprint


def _rows(
    db: Session, asks: Principal, asked: Asked, *, before: int | None, limit: int
) -> Sequence[sa.RowMapping]:
    wanted = sa.select(audit_entries).where(_seen(asks), *asked.conditions())
    if before is not None:
        wanted = wanted.where(audit_entries.c.id < before)
    return db.execute(wanted.order_by(audit_entries.c.id.desc()).limit(limit)).mappings().all()


def _seen(asks: Principal) -> sa.ColumnElement[bool]:
    """What this reader may see, within the scope in force: all of it, or what is about schools of their places."""
    scopes = narrowed(asks.reads("administrator", "coordinator", "operator"))
    if "all" in scopes:
        return sa.true()
    schools_in = edge().runtime.service.schools_in or _of_the_copy
    return audit_entries.c.school_id.in_(schools_in(scopes))


def _of_the_copy(scopes: Collection[str]) -> sa.Select[UUID]:
    return sa.select(roster_schools.c.school_id).where(sa.or_(sa.false(), *map(lies_in, scopes)))


def _written(row: sa.RowMapping) -> tuple[Any, ...]:
    changes = "；".join(f"{fields_called(n)}: {a} → {b}" for n, (a, b) in row["changes"].items())
    when = row["at"].astimezone(ZONE).replace(tzinfo=None)
    return (when, row["actor"], row["origin"] or "", say(called(row["what"])), row["subject"], changes)


def _start(day: str) -> datetime | None:
    try:
        return datetime.combine(date.fromisoformat(day), time(), ZONE)
    except ValueError:
        return None


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None  # noqa: PLR2004  a bigint's digits
