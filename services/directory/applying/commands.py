"""Applying an import and taking it back: jobs of short transactions, so that whoever signs in hardly waits for them."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import groupby
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.directory.applying.queries import Row, rows_to_apply, rows_to_take_back
from services.directory.groups.model import Group
from services.directory.imports.model import Import, ImportRow
from services.directory.organisations.model import Organisation
from services.directory.people.model import Person
from services.directory.regions.model import Region
from services.directory.schools.model import School
from shared.db import Transaction, audit
from shared.jobs import Done, JobHandler, More, Outcome, Step
from shared.pinyin import spelt

#: Rows of one transaction, by database: on SQLite everybody who writes waits for its end, on PostgreSQL nobody does.
CHUNK = {"sqlite": 200, "postgresql": 1000}

_CLASSES: Mapping[str, Any] = {
    "regions": Region,
    "schools": School,
    "organisations": Organisation,
    "groups": Group,
    "people": Person,
}
_IDS = frozenset({"school_id", "organisation_id", "lead_school_id"})
_LAST = 2**31 - 1


def apply(step: Step) -> Outcome:
    """The job that applies what was confirmed, a chunk at a time."""
    id_, at = UUID(step.arguments["import"]), (step.checkpoint or {}).get("at", -1)
    with step.reading() as db:
        gone = db.get_one(Import, id_).with_gone
        rows = rows_to_apply(db, id_, after=at, gone=gone, limit=_chunk(db))
    if not rows:
        return Done(effect=lambda tx: _finish(tx, id_, "applied", of="applying"))
    fresh = {row.target_id: _entering(row) for row in rows if row.action == "added"}
    return _more(step, rows, partial(_apply, rows=rows, fresh=fresh))


def take_back(step: Step) -> Outcome:
    """The job that undoes an import, the last row first, a chunk at a time."""
    id_, at = UUID(step.arguments["import"]), (step.checkpoint or {}).get("at", _LAST)
    with step.reading() as db:
        rows = rows_to_take_back(db, id_, before=at, limit=_chunk(db))
    if not rows:
        return Done(effect=lambda tx: _finish(tx, id_, "undone", of="undoing"))
    return _more(step, rows, partial(_take_back, rows=rows))


#: What workers do here.
JOBS: Mapping[str, JobHandler] = {"imports.apply": apply, "imports.undo": take_back}


def _chunk(db: Session) -> int:
    return CHUNK[db.get_bind().dialect.name]


def _more(step: Step, rows: Sequence[Row], effect: Callable[[Transaction], None]) -> More:
    done = (step.checkpoint or {}).get("done", 0) + len(rows)
    return More(effect=effect, checkpoint={"at": rows[-1].position, "done": done}, done=done)


def _apply(tx: Transaction, rows: Sequence[Row], fresh: Mapping[UUID, Any]) -> None:
    """Do what the rows say; what has another version than they saw is left alone and marked."""
    left: dict[str, list[int]] = {}
    for kind, of_kind in groupby(rows, lambda row: row.kind):
        listed = list(of_kind)
        there = _there(tx, kind, [row.target_id for row in listed])
        entering = [row for row in listed if row.action == "added"]
        new = [fresh[row.target_id] for row in entering if row.target_id not in there]
        _enter(tx, _CLASSES[kind], new)
        left.setdefault("exists", []).extend(row.position for row in entering if row.target_id in there)
        for row in listed:
            if row.action == "added":
                continue
            found = there.get(row.target_id)
            if found is None or found.version != row.base:
                left.setdefault(_why(found), []).append(row.position)
                continue
            _write(found, row, row.after, there={"gone": False}.get(row.action), at=tx)
            tx.emit(found.state())
        tx.db.flush()  # the mapper does not know that one kind refers to another
    skipped = {position for positions in left.values() for position in positions}
    done = [row.position for row in rows if row.position not in skipped]
    _mark(tx, rows[0].import_id, done, version=ImportRow.base + 1)
    for why, positions in left.items():
        _mark(tx, rows[0].import_id, positions, skipped=True, why=why)


def _take_back(tx: Transaction, rows: Sequence[Row]) -> None:
    """Undo what the rows did; what was changed since is left as it is and marked."""
    left: dict[str, list[int]] = {}
    for kind, of_kind in groupby(rows, lambda row: row.kind):
        listed = list(of_kind)
        there = _there(tx, kind, [row.target_id for row in listed])
        for row in listed:
            found = there.get(row.target_id)
            if found is None or found.version != row.version:
                left.setdefault(_why(found), []).append(row.position)
                continue
            # Others have heard of what was added: it goes, but its versions go on.
            back = {"added": False, "gone": True}.get(row.action)
            _write(found, row, row.before, there=back, at=tx)
            tx.emit(found.state())
        tx.db.flush()
    _mark(tx, rows[0].import_id, [row.position for row in rows], taken_back=True)
    for why, positions in left.items():
        _mark(tx, rows[0].import_id, positions, skipped=True, why=why)


def _there(tx: Transaction, kind: str, ids: Sequence[UUID]) -> dict[UUID, Any]:
    """What is there of these, locked in one order, so that two who change the same do not stop each other."""
    class_ = _CLASSES[kind]
    wanted = sa.select(class_).where(class_.id.in_(ids)).order_by(class_.id).with_for_update()
    return {found.id: found for found in tx.db.scalars(wanted)}


def _enter(tx: Transaction, class_: Any, new: Sequence[Any]) -> None:  # noqa: ANN401  five kinds
    """Write them past the mapper, which takes longer for each of them than all the rest."""
    if not new:
        return
    tx.db.execute(sa.insert(class_.__table__), [vars(one) for one in new])
    for one in new:
        said = class_.state(one)
        audit.entered(tx.db, class_, class_.audited_as.fget(one), vars(one))
        tx.emit(said)


def _mark(tx: Transaction, id_: UUID, positions: Sequence[int], **values: Any) -> None:  # noqa: ANN401  columns
    if positions:
        found = (ImportRow.import_id == id_, ImportRow.position.in_(positions))
        tx.db.execute(sa.update(ImportRow).where(*found).values(**values).execution_options(synchronize_session=False))  # fmt: skip


def _why(found: Any) -> str:  # noqa: ANN401  five kinds
    """What happened to it meanwhile."""
    if found is None:
        return "missing"
    if getattr(found, "merged_into", None):
        return "merged"
    if getattr(found, "left_at", None) or getattr(found, "retired_at", None):
        return "left"
    return "changed"


def _entering(row: Row) -> Any:  # noqa: ANN401  five kinds
    """What the row adds, as its class enters it, but as a plain object: made faster, and never looked at by the mapper.

    Made before the transaction, because spelling names takes longer than writing them.
    """
    values = {name: _typed(name, value) for name, value in row.after.items()}
    if row.kind == "groups":
        values["member_ids"] = tuple(UUID(member) for member in values["member_ids"])
    if row.kind == "regions":
        values["parent_code"] = values["parent_code"] or None
    else:
        values["id_"] = row.target_id
    return _CLASSES[row.kind].enter.__func__(SimpleNamespace, **values)


def _write(
    found: Any,  # noqa: ANN401  five kinds
    row: Row,
    values: Mapping[str, Any],
    *,
    there: bool | None,
    at: Transaction,
) -> None:
    """Give it these values. there: whether it is still there afterwards, where that changes."""
    values = dict(values)
    if there is not None:
        values = {"there": there}
    if (stays := values.pop("there", None)) is not None:
        if row.kind == "regions":
            found.abolished = not stays
        else:
            setattr(found, "left_at" if row.kind == "people" else "retired_at", None if stays else at.now)
    for name, value in values.items():
        setattr(found, name, _typed(name, value))
    if "name" in values and row.kind != "regions":
        found.pinyin = spelt(found.name, person=row.kind == "people")
    found.advance()


def _typed(name: str, value: Any) -> Any:  # noqa: ANN401  as JSON has it
    return UUID(value) if name in _IDS and value else value


def _finish(tx: Transaction, id_: UUID, state: str, *, of: str) -> None:
    made = tx.load(Import, id_)
    made.become(state, of=(of,))
    made.finished_at = tx.now
    tx.record(what=f"directory.import.{state}", subject_kind="import", subject=id_)
