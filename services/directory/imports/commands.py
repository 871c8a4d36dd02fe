"""Staging a roster, applying it and undoing it: each long part a job of small transactions that can go on anywhere."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from services.directory.groups.model import Group
from services.directory.imports.model import ColumnAnswer, Import, ImportProblem, ImportRow
from services.directory.imports.policies import read_roster
from services.directory.imports.queries import (
    Comparison,
    Effect,
    answers_of,
    register_within,
    rows_after,
    rows_before,
)
from services.directory.organisations.model import Organisation
from services.directory.people.model import Person
from services.directory.regions.model import Region
from services.directory.schools.model import School
from shared.db import Transaction
from shared.errors import Forbidden, Refusal
from shared.ids import uuid7
from shared.jobs import Done, JobHandler, More, Outcome, Step, enqueue
from shared.pinyin import spelt
from shared.sheets.problems import Problem, UnknownColumn
from shared.sheets.upload import opened
from shared.text import Sentence

#: Rows of one transaction, so that others do not wait for it.
CHUNK = 500
_CLASSES: Mapping[str, Any] = {
    "regions": Region,
    "schools": School,
    "organisations": Organisation,
    "groups": Group,
    "people": Person,
}
_IDS = frozenset({"school_id", "organisation_id", "lead_school_id"})
_LAST = 2**31 - 1


def stage(tx: Transaction, *, data: bytes, filename: str, scopes: Iterable[str]) -> Import:
    """Keep a workbook and have it read; nothing of the register changes. Raises Invalid for what is no workbook."""
    opened(data, filename=filename).close()
    made = Import(
        id=uuid7(),
        version=1,
        filename=filename[:200],
        sha256=hashlib.sha256(data).hexdigest(),
        data=data,
        by=tx.actor,
        scopes=sorted(scopes),
        region_code="",
        state="reading",
        counts={},
        with_gone=False,
        staged_at=tx.now,
    )
    made.job_id = _ask(tx, "imports.read", made.id)
    tx.db.add(made)
    return made


def discard(tx: Transaction, *, import_id: UUID, scopes: Iterable[str]) -> Import:
    """Leave the register as it is. Raises NotFound, Forbidden and Refusal."""
    made = _theirs(tx, import_id, scopes)
    made.become("discarded", of=("reading", "staged"))
    made.finished_at = tx.now
    return made


def answer(
    tx: Transaction, *, import_id: UUID, answers: Mapping[str, str | None], scopes: Iterable[str]
) -> None:
    """Remember what columns mean for the office, and read the workbook again.

    Raises NotFound, Forbidden and Refusal.
    """
    made = _theirs(tx, import_id, scopes)
    made.become("reading", of=("staged",))
    for key, field in answers.items():
        tx.db.merge(ColumnAnswer(region_code=made.region_code, key=key, field=field))
    made.job_id = _ask(tx, "imports.read", import_id)


def confirm(tx: Transaction, *, import_id: UUID, scopes: Iterable[str], with_gone: bool = False) -> Import:
    """Apply what was staged. with_gone: people whom the sheet no longer has are marked as left.

    Raises NotFound, Forbidden and Refusal.
    """
    made = _theirs(tx, import_id, scopes)
    if made.counts.get("stop"):
        raise Refusal(
            Sentence(
                zh="表中有必须先改正的问题，没有写入任何内容。",
                en="The workbook has problems that must be put right first. Nothing was applied.",
            )
        )
    made.become("applying", of=("staged",))
    made.with_gone, made.confirmed_at = with_gone, tx.now
    made.job_id = _ask(tx, "imports.apply", import_id)
    return made


def undo(tx: Transaction, *, import_id: UUID, scopes: Iterable[str]) -> Import:
    """Take an applied import back as a whole, but for what was changed since. Raises NotFound, Forbidden, Refusal."""
    made = _theirs(tx, import_id, scopes)
    made.become("undoing", of=("applied",))
    made.job_id = _ask(tx, "imports.undo", import_id)
    return made


def read(step: Step) -> Outcome:
    """The job that reads the workbook and writes down what it would change."""
    id_ = UUID(step.arguments["import"])
    with step.reading() as db:
        made = db.get_one(Import, id_)
        known, answers = register_within(db, made.scopes), answers_of(db, made.region_code)
        roster = read_roster(made.data, filename=made.filename, answers=answers, register=known)
        if not made.region_code and (answers := answers_of(db, roster.prefecture or "")):
            roster = read_roster(made.data, filename=made.filename, answers=answers, register=known)
        step.keep()
        comparison = Comparison(db, roster, scopes=made.scopes)
        effects = list(comparison.effects())
    step.keep()
    problems = [*roster.problems, *comparison.problems]
    counts = {
        **Counter(f"{effect.kind}.{effect.action}" for effect in effects),
        "problems": len(problems),
        "stop": sum(problem.severity == "stop" for problem in problems),
        "unknown": len(roster.unknown),
        "columns": [_asked(column) for column in roster.unknown],
        "unchanged": dict(Counter(effect.kind for effect in effects if effect.action == "unchanged")),
    }

    def save(tx: Transaction) -> None:
        staged = tx.load(Import, id_)
        staged.become("staged", of=("reading",))
        staged.region_code, staged.counts = roster.prefecture or "", counts
        _keep(tx, id_, effects, problems)

    return Done(effect=save, result=counts)


def apply(step: Step) -> Outcome:
    """The job that applies what was confirmed, a chunk at a time."""
    id_, at = UUID(step.arguments["import"]), (step.checkpoint or {}).get("at", -1)
    with step.reading() as db:
        rows = rows_after(db, id_, at, gone=db.get_one(Import, id_).with_gone, limit=CHUNK)
    if not rows:
        return Done(effect=lambda tx: _finish(tx, id_, "applied", of="applying"))
    done = (step.checkpoint or {}).get("done", 0) + len(rows)
    at = rows[-1].position
    return More(effect=lambda tx: _apply(tx, rows), checkpoint={"at": at, "done": done}, done=done)


def take_back(step: Step) -> Outcome:
    """The job that undoes an import, the last row first, a chunk at a time."""
    id_, at = UUID(step.arguments["import"]), (step.checkpoint or {}).get("at", _LAST)
    with step.reading() as db:
        rows = rows_before(db, id_, at, limit=CHUNK)
    if not rows:
        return Done(effect=lambda tx: _finish(tx, id_, "undone", of="undoing"))
    done = (step.checkpoint or {}).get("done", 0) + len(rows)
    at = rows[-1].position
    return More(effect=lambda tx: _apply(tx, rows, back=True), checkpoint={"at": at, "done": done}, done=done)


#: What workers do for imports.
JOBS: Mapping[str, JobHandler] = {"imports.read": read, "imports.apply": apply, "imports.undo": take_back}


def _asked(column: UnknownColumn) -> dict[str, Any]:
    return {
        "sheet": column.sheet,
        "column": column.column,
        "header": column.header,
        "key": column.key,
        "samples": list(column.samples),
        "choices": [[name, label.zh, label.en] for name, label in column.choices],
    }


def _ask(tx: Transaction, kind: str, import_id: UUID) -> UUID:
    return enqueue(tx, kind=kind, arguments={"import": str(import_id)})


def _theirs(tx: Transaction, import_id: UUID, scopes: Iterable[str]) -> Import:
    made, held = tx.load(Import, import_id), frozenset(scopes)
    if "all" not in held and not held.issuperset(made.scopes):
        raise Forbidden(Sentence(zh="这次导入不在你的范围内。", en="This import is outside your scope."))
    return made


def _keep(tx: Transaction, id_: UUID, effects: list[Effect], problems: list[Problem]) -> None:
    for kept in (ImportRow, ImportProblem):
        tx.db.execute(sa.delete(kept).where(kept.import_id == id_))
    rows = [
        {
            "import_id": id_,
            "position": position,
            "kind": effect.kind,
            "action": effect.action,
            "target_id": effect.target,
            "label": effect.label,
            "base": effect.base,
            "before": dict(effect.before),
            "after": dict(effect.after),
            "skipped": False,
        }
        for position, effect in enumerate(effects)
        if effect.action != "unchanged"
    ]
    told = [
        {"import_id": id_, "position": n, "severity": p.severity, "zh": p.told().zh, "en": p.told().en}
        for n, p in enumerate(problems)
    ]
    for kind, values in ((ImportRow, rows), (ImportProblem, told)):
        if values:
            tx.db.execute(sa.insert(kind), values)


def _apply(tx: Transaction, rows: list[ImportRow], *, back: bool = False) -> None:
    """Do, or take back, what the rows say; what has another version than they saw is left alone and marked."""
    there: dict[UUID, Any] = {}
    for each in dict.fromkeys(row.kind for row in rows):
        class_ = _CLASSES[each]
        ids = [row.target_id for row in rows if row.kind == each]
        wanted = sa.select(class_).where(class_.id.in_(ids)).order_by(class_.id).with_for_update()
        there |= {found.id: found for found in tx.db.scalars(wanted)}
    outcomes, kind = [], ""
    for row in rows:
        if row.kind != kind:
            tx.db.flush()  # the mapper does not know that one kind refers to another
            kind = row.kind
        found, version = there.get(row.target_id), row.version
        skipped = (found.version if found else 0) != (version if back else row.base)
        if not skipped:
            if found is None:
                found = _CLASSES[row.kind].enter(**_entering(row))
                tx.db.add(found)
            else:
                _write(tx, found, row, back=back)
                found.advance()
            tx.emit(found.state())
            version = found.version
        outcomes.append(
            {"import_id": row.import_id, "position": row.position, "version": version, "skipped": skipped}
        )
    tx.db.execute(sa.update(ImportRow), outcomes)


def _entering(row: ImportRow) -> dict[str, Any]:
    values = {name: _typed(name, value) for name, value in row.after.items()}
    if row.kind == "groups":
        values["member_ids"] = tuple(UUID(member) for member in values["member_ids"])
    if row.kind == "regions":
        return {**values, "parent_code": values["parent_code"] or None}
    return {"id_": row.target_id, **values}


def _write(tx: Transaction, found: Any, row: ImportRow, *, back: bool) -> None:  # noqa: ANN401  five kinds
    values = dict(row.before if back else row.after)
    if row.action == "gone":
        values = {"there": back}
    elif row.action == "added":
        values = {"there": False}  # others have heard of it: it goes, but its versions go on
    if (there := values.pop("there", None)) is not None:
        if row.kind == "regions":
            found.abolished = not there
        else:
            setattr(found, "left_at" if row.kind == "people" else "retired_at", None if there else tx.now)
    for name, value in values.items():
        setattr(found, name, _typed(name, value))
    if "name" in values and row.kind != "regions":
        found.pinyin = spelt(found.name, person=row.kind == "people")


def _typed(name: str, value: Any) -> Any:  # noqa: ANN401  as JSON has it
    return UUID(value) if name in _IDS and value else value


def _finish(tx: Transaction, id_: UUID, state: str, *, of: str) -> None:
    made = tx.load(Import, id_)
    made.become(state, of=(of,))
    made.finished_at = tx.now
