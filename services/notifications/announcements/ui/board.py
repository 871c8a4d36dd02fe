"""The board of an announcement for its sender: the preview, and once it is out who has confirmed it and who has not."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from uuid import UUID

from flask import render_template, request, url_for
from werkzeug.wrappers import Response

from services.notifications.announcements.model import STATES, Announcement
from services.notifications.announcements.queries import (
    BoardRow,
    Way,
    announcement_within,
    board_of,
    detailed,
    files_of,
    reach,
)
from services.notifications.announcements.schemas import ZONE
from services.notifications.announcements.ui.asking import SENDERS, Page, blueprint, seen_within
from services.notifications.channels.model import KIND_WORDS
from services.notifications.deliveries.model import REASONS, STATE_CHIPS, STATE_WORDS
from shared.auth import readers
from shared.errors import Invalid, TongxingError
from shared.roster import name_of
from shared.text import Sentence
from shared.web.downloads import workbook
from shared.web.edge import reading, signed_in
from shared.web.lists import Listing, listing
from shared.web.rendering import say

#: What a school's state on the board is called, and its chip.
WORDS = {
    "confirmed": ("done", Sentence(zh="已确认", en="confirmed")),
    "read": ("waiting", Sentence(zh="已读未答", en="read, not confirmed")),
    "unopened": ("open", Sentence(zh="未打开", en="not opened")),
    "failed": ("failed", Sentence(zh="送达失败", en="not delivered")),
}
ESCALATED = Sentence(zh="已升级到校长", en="principal told")
HERE = Sentence(zh="站内", en="Here")

#: What the board can be narrowed by.
FILTERS = ("state", "region", "q")

#: Rows on a page of the board.
_SIZE = 50


def board(announcement_id: UUID, *, error: TongxingError | None = None) -> Page:
    """The board, or the preview of what is not out yet. Of its schools those that the address asks for, a page of them."""
    with reading() as db:
        found = announcement_within(db, announcement_id, seen_within())
        wanted, reminded = _asked(announcement_id)
        rows = board_of(db, found)
        listed = asked_for(found, rows, wanted.get)
        html = render_template(
            "notifications/board.html",
            found=found,
            files=files_of(db, announcement_id),
            counts=Counter(row.state for row in rows),
            regions=_by_region(rows),
            reached=len(reach(db, found.scopes)) if found.state in {"draft", "scheduled"} else len(rows),
            named=[say(name_of(db, scope)) for scope in found.scopes],
            missing=sum(row.state != "confirmed" for row in rows),
            wanted=wanted,
            total=len(listed),
            rows=detailed(db, found, listed[wanted.offset : wanted.offset + wanted.size]),
            WORDS=WORDS,
            ESCALATED=ESCALATED,
            HERE=HERE,
            STATES=STATES,
            KINDS=KIND_WORDS,
            WAYS=STATE_WORDS,
            REASONS=REASONS,
            CHIPS=STATE_CHIPS,
            ZONE=ZONE,
            may_send=bool(signed_in().scopes(*SENDERS)),
            reminded=reminded,
            error=error,
            typed=request.form,
        )
    return (html, int(error.status)) if error else html


@blueprint.get("/<uuid:announcement_id>/export.xlsx")
@readers(*SENDERS)
def exported(announcement_id: UUID) -> Response:
    """What the board shows, all pages of it, as a workbook."""
    wanted, _ = _asked(announcement_id)
    with reading() as db:
        found = announcement_within(db, announcement_id, seen_within())
        rows = detailed(db, found, asked_for(found, board_of(db, found), wanted.get))
    columns = (
        Sentence(zh="区域", en="Region"),
        Sentence(zh="学校", en="School"),
        Sentence(zh="状态", en="State"),
        Sentence(zh="升级", en="Escalated"),
        Sentence(zh="渠道", en="Channels"),
        Sentence(zh="打开时间", en="Opened"),
        Sentence(zh="确认时间", en="Confirmed"),
        Sentence(zh="确认人", en="By"),
        Sentence(zh="联系人", en="Contact"),
    )
    return workbook(
        found.title,
        [say(column) for column in columns],
        (
            (
                row.region_name,
                say(Sentence(zh=row.name, en=row.name_en or row.name)),
                say(WORDS[row.state][1]),
                say(ESCALATED) if row.escalated else "",
                "；".join([say(HERE), *map(_said, row.ways)]),
                f"{row.read_at.astimezone(ZONE):%Y-%m-%d %H:%M}" if row.read_at else "",
                f"{row.confirmed_at.astimezone(ZONE):%Y-%m-%d %H:%M}" if row.confirmed_at else "",
                row.confirmed_name,
                row.contact,
            )
            for row in rows
        ),
    )


def asked_for(found: Announcement, rows: Sequence[BoardRow], get: Callable[[str], str]) -> list[BoardRow]:
    """The rows that match, filtered as `get` says; unless states are asked for, those that have not confirmed what waits for that.

    Raises Invalid for a state that there is not.
    """
    missing = [row for row in rows if row.state != "confirmed"]
    state, region, words = (get(name) for name in ("state", "region", "q"))
    if state not in {"", "all", *WORDS}:
        raise Invalid(
            Sentence(
                zh=f"没有“{state[:40]}”这种状态。请重新选择。",
                en=f"There is no state “{state[:40]}”. Choose again.",
            ),
            field="state",
        )
    of = missing if found.asks and missing and not state else rows
    return [
        row
        for row in of
        if state in {"", "all", row.state}
        and region in {"", row.region_code}
        and words.casefold() in f"{row.name} {row.name_en}".casefold()
    ]


def _asked(announcement_id: UUID) -> tuple[Listing, int]:
    """What of the board is asked for, and how many schools were reminded just now. Raises Invalid."""
    asked = listing(sorts=("region",), filters=(*FILTERS, "reminded"), default="region", size=_SIZE)
    kept = tuple(each for each in asked.filters if each[0] != "reminded")
    page = url_for("announcements.page", announcement_id=announcement_id)
    reminded = asked.get("reminded")
    return replace(asked, filters=kept, path=page), int(reminded) if reminded.isdecimal() else 0


def _said(way: Way) -> str:
    why = f"（{say(REASONS[way.reason])}）" if way.reason in REASONS else ""
    return f"{say(KIND_WORDS[way.kind])} {say(STATE_WORDS[way.state])}{why}"


def _by_region(rows: Sequence[BoardRow]) -> list[tuple[str, str, Counter[str]]]:
    """Code, name, and how many schools of each region are in which state."""
    found: dict[tuple[str, str], Counter[str]] = {}
    for row in rows:
        found.setdefault((row.region_code, row.region_name), Counter())[row.state] += 1
    return [(code, name, counts) for (code, name), counts in sorted(found.items())]
