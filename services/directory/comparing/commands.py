"""The job that reads a workbook and writes down what it would change.

The workbook is read as a whole, once in each process that works on it, and compared and written down in pieces. Where
another process goes on, or the pieces went apart from what is written down, it begins anew: a preview is nothing yet.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa

from services.directory.comparing.model import Effect, Known
from services.directory.comparing.queries import Comparison
from services.directory.imports.model import Import, ImportProblem, ImportRow
from services.directory.rosters.model import Roster
from services.directory.rosters.queries import roster_in
from shared.db import Transaction
from shared.errors import NotFound
from shared.jobs import Done, JobHandler, More, Outcome, Step
from shared.sheets.problems import Problem, UnknownColumn
from shared.text import Sentence

#: Rows written down in one transaction, rows looked at for it, and rows deleted in one.
CHUNK, LOOKED_AT, CLEARED = 1_000, 4_000, 5_000

#: Previews that a process holds at a time: jobs take turns.
_HELD = 2


_RANK = {"stop": 0, "error": 1, "warning": 2}


@dataclass
class _Preview:
    """A workbook on its way. at: pieces handed out; piece: the last one, for a step that has to be done again."""

    roster: Roster
    comparison: Comparison
    effects: Iterator[Effect]
    token: str = field(default_factory=lambda: str(uuid4()))
    counts: Counter[str] = field(default_factory=Counter)
    at: int = 0
    looked_at: int = 0
    written: int = 0
    over: bool = False
    piece: list[dict[str, Any]] = field(default_factory=list)

    def next_piece(self, import_id: UUID, *, at: int) -> list[dict[str, Any]]:
        """The rows to write down next, none at the end."""
        if at < self.at:
            return self.piece
        self.at, self.piece, looked_at = self.at + 1, [], 0
        for effect in self.effects:
            self.counts[f"{effect.kind}.{effect.action}"] += 1
            looked_at += 1
            if effect.action != "unchanged":
                self.piece.append(_row(import_id, self.written, effect))
                self.written += 1
            if len(self.piece) >= CHUNK or looked_at >= LOOKED_AT:
                break
        self.looked_at += looked_at
        self.over = looked_at == 0
        return self.piece

    @cached_property
    def problems(self) -> Sequence[Problem]:
        """What is wrong, asked for when all is compared: first what stops everything, then what is asked, then the rest."""
        asked = self.comparison.problems
        return sorted(asked + list(self.roster.problems), key=lambda one: _RANK[one.severity])


_PREVIEWS: dict[str, _Preview] = {}
_DISCARDED = Sentence(zh="这次导入已放弃。", en="This import was discarded.")


def read(step: Step) -> Outcome:
    """The job: clear what an earlier reading left, read, compare piece by piece, tell the problems, be done."""
    id_, said = UUID(step.arguments["import"]), dict(step.checkpoint or {})
    with step.reading() as db:
        if db.scalar(sa.select(Import.state).where(Import.id == id_)) != "reading":
            _PREVIEWS.pop(step.job_id, None)
            raise NotFound(_DISCARDED)
    preview = _PREVIEWS.get(step.job_id)
    if preview is None or said.get("preview") != preview.token or said["at"] < preview.at - 1:
        return _begin(step, id_)
    if said["told"] is not None:
        return _tell(step, id_, preview, said)
    with step.reading() as db:
        preview.comparison.db = db
        try:
            rows = preview.next_piece(id_, at=said["at"])
        except BaseException:
            # What broke off does not go on: without the rest it would seem complete.
            _PREVIEWS.pop(step.job_id, None)
            raise
    total = sum(preview.roster.counts.values())
    return More(
        effect=partial(_write, id_=id_, table=ImportRow, rows=rows),
        checkpoint={**said, "at": preview.at, "told": 0 if preview.over else None},
        done=min(preview.looked_at, total),
        total=total,
    )


#: What workers do here.
JOBS: Mapping[str, JobHandler] = {"imports.read": read}


def _begin(step: Step, id_: UUID) -> Outcome:
    _PREVIEWS.pop(step.job_id, None)
    with step.reading() as db:
        for table in (ImportRow, ImportProblem):
            if db.scalar(sa.select(sa.exists().where(table.import_id == id_))):
                return More(effect=partial(_clear, id_=id_, table=table), checkpoint={})
        made = db.get_one(Import, id_)
        roster = roster_in(db, made.data, filename=made.filename, office=made.region_code, scopes=made.scopes)
        step.keep()
        comparison = Comparison(db, roster, scopes=made.scopes, chosen=made.chosen)
    while len(_PREVIEWS) >= _HELD:
        _PREVIEWS.pop(next(iter(_PREVIEWS)))
    preview = _PREVIEWS[step.job_id] = _Preview(roster, comparison, comparison.effects())
    return More(
        effect=lambda tx: _reading(tx, id_, read_at=True),
        checkpoint={"preview": preview.token, "at": 0, "told": None},
    )


def _tell(step: Step, id_: UUID, preview: _Preview, said: dict[str, Any]) -> Outcome:
    problems, told = preview.problems, said["told"]
    doubts = preview.comparison.doubts
    rows = [_problem(id_, n, p, doubts) for n, p in enumerate(problems[told : told + CHUNK], told)]
    if rows:
        after = {**said, "told": told + len(rows)}
        return More(effect=partial(_write, id_=id_, table=ImportProblem, rows=rows), checkpoint=after)
    _PREVIEWS.pop(step.job_id, None)
    counts = {
        **preview.counts,
        "problems": len(problems),
        "stop": sum(problem.severity == "stop" for problem in problems),
        "unknown": len(preview.roster.unknown),
        "columns": [_asked(column) for column in preview.roster.unknown],
    }
    touched = sorted(preview.comparison.touched)

    def save(tx: Transaction) -> None:
        staged = _reading(tx, id_)
        staged.become("staged", of=("reading",))
        staged.region_code, staged.counts = preview.roster.prefecture or "", counts
        staged.touches = touched

    return Done(effect=save, result=counts)


def _clear(tx: Transaction, *, id_: UUID, table: Any) -> None:  # noqa: ANN401  one of two classes
    some = sa.select(table.position).where(table.import_id == id_).limit(CLEARED)
    tx.db.execute(sa.delete(table).where(table.import_id == id_, table.position.in_(some)))


def _write(tx: Transaction, *, id_: UUID, table: Any, rows: list[dict[str, Any]]) -> None:  # noqa: ANN401
    _reading(tx, id_)
    if rows:
        tx.db.execute(sa.insert(table.__table__), rows)


def _reading(tx: Transaction, id_: UUID, *, read_at: bool = False) -> Import:
    """The import while it is being read. Raises NotFound where it is not any more: discarded meanwhile."""
    made = tx.load(Import, id_)
    if made.state != "reading":
        raise NotFound(_DISCARDED)
    if read_at:
        made.read_at = tx.now
    return made


def _row(import_id: UUID, position: int, effect: Effect) -> dict[str, Any]:
    return {
        "import_id": import_id,
        "position": position,
        "kind": effect.kind,
        "action": effect.action,
        "target_id": effect.target,
        "label": effect.label,
        "base": effect.base,
        "before": dict(effect.before),
        "after": dict(effect.after),
        "skipped": False,
        "why": "",
        "taken_back": False,
    }


def _problem(
    import_id: UUID, position: int, problem: Problem, doubts: Mapping[str, Sequence[Known]]
) -> dict[str, Any]:
    place = f"{problem.sheet}:{problem.row}"
    doubt = doubts.get(place, ()) if problem.severity == "error" and not problem.column else ()
    sentence = problem.told()
    return {
        "import_id": import_id,
        "position": position,
        "severity": problem.severity,
        "zh": sentence.zh,
        "en": sentence.en,
        "asked": place if doubt else "",
        "candidates": [
            [str(one.id), " · ".join(filter(None, (one.birth, one.id_last4, one.sex, one.subject, one.post)))]
            for one in doubt
        ],
    }


def _asked(column: UnknownColumn) -> dict[str, Any]:
    return {
        "sheet": column.sheet,
        "column": column.column,
        "header": column.header,
        "key": column.key,
        "samples": list(column.samples),
        "choices": [[name, label.zh, label.en] for name, label in column.choices],
    }
