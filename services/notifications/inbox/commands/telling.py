"""Telling: an event becomes the notices that the table says, each with its entries, its tasks and its letter."""

import string
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from services.notifications.announcements.commands import follow_session
from services.notifications.deliveries.model import Writing
from services.notifications.inbox.commands.reaching import reach
from services.notifications.inbox.model import INVITING, Copy, Notice, late, said, with_names
from services.notifications.inbox.policies import TABLE, Audience, Row, audience, holds, is_news, subject
from services.notifications.inbox.queries import accounts_concerned
from services.notifications.preferences.model import class_of
from shared.contracts.scheduling import InvitationPromoted, SessionRevised
from shared.db import Transaction, UtcDateTime
from shared.events.contract import CONTRACTS, Event
from shared.ids import derived, named, uuid7
from shared.roster import name_of
from shared.text import Sentence

#: The clock of letters: one wording for all of their readers.
_ZONE = ZoneInfo("Asia/Shanghai")

#: The variables of templates that every event can fill in, besides the names of its row.
FILLED = frozenset({"title", "reason", "at", "starts_on", "ends_on"})


def tell(tx: Transaction, event: Event) -> None:
    """Tell everybody whom the table names for this event; what was told of it before stays as it is."""
    asking = follow_session(tx, event)
    for ordinal, row in enumerate(TABLE[type(event)]):
        concerned = audience(row, event)
        if concerned and holds(row, event) and _news(tx, event, row):
            _tell(tx, event, row, concerned, ordinal=ordinal, asking=asking)


def _tell(tx: Transaction, event: Event, row: Row, concerned: Audience, *, ordinal: int, asking: str) -> None:
    """Write the notice, and reach all whom it concerns. asking: the page where who is invited confirms.

    A school that the roster's copy does not know yet is told all the same: a fact is never refused.
    """
    insert = postgresql.insert if tx.db.get_bind().dialect.name == "postgresql" else sqlite.insert
    id_ = _id(tx, event, row, ordinal=ordinal)
    notice = {"id": id_, "kind": row.kind, "told_at": tx.now, **_content(tx, event, row)}
    if asking and row.kind in INVITING:
        notice["href"] = asking
    told = tx.db.scalar(insert(Notice).values(notice).on_conflict_do_nothing().returning(Notice))
    if told is None:
        return
    accounts = accounts_concerned(tx.db, concerned.regions, concerned.people)
    if accounts:
        tx.db.execute(
            sa.insert(Copy), [{"notice_seq": told.seq, "account_id": account} for account in accounts]
        )
    schools = [f"school:{school_id}" for school_id in concerned.schools]
    recipients = [*schools, *(f"account:{account}" for account in accounts)]
    reach(tx, letter=_letter(told, row.class_name), recipients=recipients)


def _news(tx: Transaction, event: Event, row: Row) -> bool:
    happened_at = tx.cause.happened_at if tx.cause else tx.now
    stale_after = class_of(row.class_name).stale_after
    return is_news(event, happened_at=happened_at, now=tx.now, stale_after=stale_after)


def _id(tx: Transaction, event: Event, row: Row, *, ordinal: int) -> UUID:
    """The id of the notice. The inbox of events forgets after some months: a derived id makes the same notice even then.

    What is told once has it from what it is about; a whole state, which may be said again, from its version.
    """
    contract = CONTRACTS.of(type(event))
    if row.once:
        return named("notifications.once", f"{row.kind}/{subject(row, event)}")
    if contract.topic.compacted:
        return named("notifications.state", f"{contract.key_of(event)}/{event.version}/{ordinal}")
    if tx.cause is None:
        return uuid7()
    return derived(cause=tx.cause.event_id, consumer=tx.cause.consumer, ordinal=ordinal)


def _content(tx: Transaction, event: Event, row: Row) -> dict[str, object]:
    """What the notice holds, as far as the event has it."""
    about = subject(row, event)
    over = row.kind != "session_cancelled" and row.kind not in ("session_released", "session_revised")
    starts_at, ends_at = getattr(event, "starts_at", None), getattr(event, "ends_at", None)
    if over and starts_at is None:
        # Pages of the release before look at the end of whatever is no cancellation.
        starts_at = ends_at = tx.now
    content: dict[str, object] = {
        "happened_at": _not_before_what_was_told(tx, about),
        "session_id": about,
        "title": getattr(event, "title", ""),
        "session_kind": getattr(event, "kind", "") if row.kind.startswith("session_") else "",
        "starts_at": starts_at,
        "ends_at": ends_at,
        "place": getattr(event, "place", ""),
        "link": getattr(event, "link", ""),
        "reason": _reason(event, row),
    }
    if row.link:
        content["href"] = row.link.format_map(_fields(event, row.link))
    if not row.kind.startswith(("session_", "place_promoted")):
        sentence = _sentence(tx, event, row)
        content |= {"said_zh": sentence.zh, "said_en": sentence.en}
        content["title"] = content["title"] or with_names(sentence, {}).zh
    return content


def _reason(event: Event, row: Row) -> str:
    if isinstance(event, SessionRevised):
        return " ".join(change.what for change in event.changes) if row.kind == "session_revised" else ""
    if isinstance(event, InvitationPromoted):
        return str(len(event.person_ids))
    return str(getattr(event, "reason", ""))


def _sentence(tx: Transaction, event: Event, row: Row) -> Sentence:
    """The template with the event's fields and the names of the places."""
    plain = {name: str(getattr(event, name, "")) for name in ("title", "reason")}
    plain |= {
        name: f"{value:%Y-%m-%d}"
        for name in ("starts_on", "ends_on")
        if isinstance(value := getattr(event, name, None), date)
    }
    variables = {name: Sentence(zh=value, en=value) for name, value in plain.items()}
    for name, scope in row.names.items():
        place = scope.format_map(_fields(event, scope))
        found = name_of(tx.db, place)
        variables[name] = late(place) if found.zh == place.partition(":")[2] else found
    return said(row.kind, variables)


def _fields(event: Event, template: str) -> dict[str, str]:
    return {name: str(getattr(event, name)) for _, name, _, _ in string.Formatter().parse(template) if name}


def _letter(notice: Notice, class_name: str) -> Writing:
    """The notice as it goes out by channels, whose readers have no page around it."""
    lines = [notice.place, notice.link if notice.kind in INVITING else ""]
    if notice.kind in INVITING and notice.starts_at and notice.ends_at:
        start, end = (each.astimezone(_ZONE) for each in (notice.starts_at, notice.ends_at))
        lines.insert(0, f"{start:%Y-%m-%d %H:%M}–{end:%H:%M}")
    text = "\n".join(filter(None, lines))
    return Writing(
        notice_id=notice.id,
        class_name=class_name,
        subject=notice.sentence,
        text=Sentence(zh=text, en=text),
        link=notice.href or f"/notifications/#notice-{notice.id}",
        expires_at=notice.ends_at if notice.kind in INVITING else None,
    )


def _not_before_what_was_told(tx: Transaction, session_id: UUID) -> sa.ColumnElement[datetime]:
    """When it happened, and never before what the school already knows of the session.

    The order within a session is the broker's promise; the clocks of two of the publisher's hosts break none.
    """
    moment = sa.literal(tx.cause.happened_at if tx.cause else tx.now, UtcDateTime)
    known = (
        sa.select(sa.func.max(Notice.happened_at)).where(Notice.session_id == session_id).scalar_subquery()
    )
    return sa.case((known > moment, known), else_=moment)
