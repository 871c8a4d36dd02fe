"""The audit trail: who did what, when, from where, and what it was before and after.

What a transaction changes in its aggregates is noted when SQLAlchemy flushes them, so that no command does anything
for it. Entries are written with the outbox's rows, right before the commit: both are there, or neither. Of personal
fields the trail says that they changed, never what they held: it cannot be erased later. Who writes past the mapper, in
bulk, says so by `entered`.
"""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import JSON, BigInteger, Column, Index, Integer, Table, Text, Uuid, event
from sqlalchemy import inspect as inspected
from sqlalchemy.orm import LoaderCallableStatus, Session

from shared.db.base import SPINE, Aggregate, UtcDateTime
from shared.db.bulk import insert_rows
from shared.observe.masking import MASK, telling

if TYPE_CHECKING:
    from shared.db.transaction import Transaction

#: Fields of people, whatever the table; a class names more of its own in `personal`.
PERSONAL = frozenset(
    {"phone", "contact", "email", "mail", "chief_principal", "pinyin", "birth", "id_last4", "login", "hash"}
)

#: Longer values are cut: the trail tells of a change, it is no second copy.
LONGEST = 500

#: What every aggregate has and no trail needs: its entry names it, and the version only counts.
_COUNTED = frozenset({"id", "version"})

_BIGINT = BigInteger().with_variant(Integer, "sqlite")

audit_entries = Table(
    "audit_entries",
    SPINE,
    Column("id", _BIGINT, primary_key=True, autoincrement=True),
    Column("at", UtcDateTime, nullable=False),
    Column("actor", Text, nullable=False),
    Column("origin", Text),  # the client's address; none in reactions and on the command line
    Column("what", Text, nullable=False),  # an event's type, or a word of the service's own
    Column("subject_kind", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("school_id", Uuid),
    Column("person_id", Uuid),
    Column("changes", JSON, nullable=False),  # field → [before, after]
    Column("trace", Text),
    Column("cause", Text),  # the event that a reaction answers
    *(
        Index(f"ix_audit_entries_{name}", name, "id")
        for name in ("at", "actor", "subject", "school_id", "person_id")
    ),
    sqlite_autoincrement=True,
)

_ENTRIES, _CHANGES = "tongxing.audit.entries", "tongxing.audit.changes"

Change = list[Any]


def watch(db: Session) -> None:
    """Note what the session changes in aggregates, from now to its end."""
    event.listen(db, "before_flush", _note)


def enter(
    tx: "Transaction",
    *,
    what: str,
    subject_kind: str,
    subject: str,
    school_id: UUID | None = None,
    person_id: UUID | None = None,
    changes: Mapping[str, Change] | None = None,
) -> None:
    """Prepare an entry; it is written if and only if the transaction commits.

    changes: field → [before, after], free of personal data; None for what the session changes in the subject.
    """
    tx.db.info.setdefault(_ENTRIES, []).append(
        {
            "at": tx.now,
            "actor": f"service:{tx.cause.consumer}" if tx.cause else tx.actor,
            "origin": tx.origin,
            "what": what,
            "subject_kind": subject_kind,
            "subject": subject,
            "school_id": school_id,
            "person_id": person_id,
            "changes": changes,
            "trace": tx.traceparent.split("-")[1] if tx.traceparent else None,
            "cause": tx.cause.event_id if tx.cause else None,
        }
    )


def entered(db: Session, kind: type[Aggregate], subject: str, values: Mapping[str, object]) -> None:
    """Note a row that is written past the mapper; the entry of its event tells of the values."""
    noted: dict[str, dict[str, Change]] = db.info.setdefault(_CHANGES, {})
    noted[subject] = {
        name: _pair(kind, name, None, value)
        for name, value in values.items()
        if value is not None and name not in _COUNTED
    }


def write(db: Session) -> None:
    """Write the prepared entries; the first one about an aggregate tells of its changes."""
    noted: dict[str, dict[str, Change]] = db.info.pop(_CHANGES, {})
    entries: list[dict[str, Any]] = db.info.pop(_ENTRIES, [])
    if not entries:
        return
    for entry in entries:
        if entry["changes"] is None:
            entry["changes"] = noted.pop(entry["subject"], {})
    insert_rows(db, audit_entries, entries)


def _note(db: Session, _context: object, _instances: object) -> None:
    noted: dict[str, dict[str, Change]] = db.info.setdefault(_CHANGES, {})
    for found, fresh in (*((each, True) for each in db.new), *((each, False) for each in db.dirty)):
        if not isinstance(found, Aggregate):
            continue
        fields = noted.setdefault(found.audited_as, {})
        state = inspected(found)
        values, columns = state.dict, state.mapper.column_attrs
        # What was changed is known to the state already; its history would be made anew, field by field.
        before_of = {} if fresh else state.committed_state
        for name in values if fresh else before_of:
            before, after = before_of.get(name), values.get(name)
            before = None if isinstance(before, LoaderCallableStatus) else before
            if name in _COUNTED or name not in columns or before == after:
                continue
            pair = _pair(type(found), name, before, after)
            fields[name] = [fields[name][0], pair[1]] if name in fields else pair


def _pair(kind: type[Aggregate], name: str, before: object, after: object) -> Change:
    """What a field was and is, as the trail may tell it."""
    pair = [_plain(before), _plain(after)]
    if name in PERSONAL or name in kind.personal or telling(name):
        return [None if value in {None, ""} else MASK for value in pair]
    return pair


def _plain(value: object) -> Any:  # noqa: ANN401  JSON
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, Enum):
        return _plain(value.value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, UUID | Decimal):
        return str(value)
    if isinstance(value, bytes):
        return MASK
    text = str(value)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
