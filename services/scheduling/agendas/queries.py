"""A staged agenda as its page shows it: read anew each time from the file and what was put right."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session, undefer

from services.scheduling.agendas.model.sheets import Book, Entry, Speaker, Trainee
from services.scheduling.agendas.model.staging import AS_WRITTEN, AgendaImport
from services.scheduling.agendas.policies.planning import planned
from services.scheduling.agendas.policies.reading import read_workbook
from services.scheduling.hosting.queries import hosted_within
from services.scheduling.matching.model import Asked, Match
from services.scheduling.matching.queries import matches
from services.scheduling.plans.model import Plan
from shared.errors import NotFound
from shared.sheets.problems import Problem
from shared.text import Sentence

_LATEST = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryRow:
    """A row of the agenda: what it would become, what is wrong with it, whether it is taken."""

    entry: Entry
    plan: Plan | None
    problems: tuple[Problem, ...]
    left_out: bool

    @property
    def taken(self) -> bool:
        """Whether it becomes a session."""
        return self.plan is not None and not self.left_out


@dataclass(frozen=True, slots=True, kw_only=True)
class TraineeRow:
    """A row of the list: who it may be, and what was chosen: a person's id, AS_WRITTEN, or "" for nothing yet."""

    trainee: Trainee
    match: Match
    chosen: str
    problems: tuple[Problem, ...]
    left_out: bool

    @property
    def taken(self) -> bool:
        """Whether somebody comes of it."""
        return self.trainee.ready and not self.left_out

    @property
    def person_id(self) -> UUID | None:
        """Who of the directory it is: found as written and not denied, or chosen among those offered."""
        if self.chosen == AS_WRITTEN:
            return None
        if self.chosen:
            return next((id_ for id_ in self.choosable if str(id_) == self.chosen), None)
        return self.match.found.id if self.match.found else None

    @property
    def choosable(self) -> tuple[UUID, ...]:
        """Those offered who can be on a roster: who has left is shown, for somebody to put the directory right."""
        return tuple(offer.person.id for offer in self.match.offers if not offer.person.left)

    @property
    def likely(self) -> UUID | None:
        """The only one offered, where the reason is a strong one and nothing was chosen."""
        offers = self.match.offers
        return offers[0].person.id if self.open and len(offers) == 1 and offers[0].likely else None

    @property
    def open(self) -> bool:
        """Whether somebody should look: people are offered and none was chosen."""
        return self.taken and not self.match.found and bool(self.choosable) and not self.chosen


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """All of it. general: problems that belong to no row. title: as said, or the workbook's."""

    made: AgendaImport
    book: Book
    title: str
    entries: tuple[EntryRow, ...]
    trainees: tuple[TraineeRow, ...]
    general: tuple[Problem, ...]

    @property
    def sessions(self) -> list[tuple[Entry, Plan]]:
        """What would be drafted, in its order."""
        taken = [(row.entry, row.plan) for row in self.entries if row.plan is not None and not row.left_out]
        return sorted(taken, key=lambda each: each[0].order)

    @property
    def people(self) -> list[TraineeRow]:
        """Who would be taken in."""
        return [row for row in self.trainees if row.taken]

    @property
    def schools(self) -> tuple[UUID, ...]:
        """The schools that people who would be taken in are written to be at, each once."""
        units = [row.match.unit for row in self.people]
        return tuple(dict.fromkeys(unit.id for unit in units if unit and unit.is_school))

    @property
    def why_not(self) -> Sentence | None:
        """Why it cannot become a programme yet, if it cannot."""
        if self.book.asks_year:
            return Sentence(zh="先选择年份。", en="Choose the year first.")
        if not self.sessions:
            return Sentence(zh="没有一行能成为活动，请先改正日期、时间或内容。", en="No row can become a session yet. Put its day, time or content right.")  # fmt: skip
        return None


def imports_within(db: Session, scopes: Collection[str]) -> list[AgendaImport]:
    """The latest agendas that regions in these scopes would host. One query."""
    wanted = sa.select(AgendaImport).where(
        hosted_within(AgendaImport.host_region, scopes), AgendaImport.state != "discarded"
    )
    return list(db.scalars(wanted.order_by(AgendaImport.staged_at.desc()).limit(_LATEST)))


def import_within(db: Session, import_id: UUID, scopes: Collection[str]) -> AgendaImport:
    """One of them with its file. Raises NotFound also where it was discarded or lies outside the scopes."""
    found = db.scalar(
        sa.select(AgendaImport)
        .where(
            AgendaImport.id == import_id,
            AgendaImport.state != "discarded",
            hosted_within(AgendaImport.host_region, scopes),
        )
        .options(undefer(AgendaImport.data))
    )
    if found is None:
        raise no_such_agenda()
    return found


def book_of(made: AgendaImport) -> Book:
    """What its file says now."""
    return read_workbook(
        made.data,
        filename=made.filename,
        year=made.year,
        corrections=made.corrections,
        answers=made.answers,
    )


def preview(db: Session, made: AgendaImport) -> Preview:
    """The whole of it beside the directory."""
    book = book_of(made)
    trainees, entries = book.roster.trainees, book.agenda.entries
    speakers = [
        speaker for entry in entries for speaker in entry.speakers if speaker.unit and not speaker.placeholder
    ]
    found = (
        matches(db, [Asked(each.name, each.unit, each.region, each.post) for each in trainees])
        if trainees
        else []
    )
    leading = matches(db, [Asked(each.name, each.unit) for each in speakers]) if speakers else []
    chosen: Mapping[Speaker, UUID] = {
        speaker: match.found.id for speaker, match in zip(speakers, leading, strict=True) if match.found
    }
    at: dict[tuple[str, str], list[Problem]] = defaultdict(list)
    for problem in book.problems:
        at[problem.sheet, f"{problem.column}{problem.row}"].append(problem)
    told: set[int] = set()

    def problems_of(row: Entry | Trainee) -> tuple[Problem, ...]:
        places = [cell.at for cell in row.cells]
        found_ = [problem for place in (*places, str(row.row)) for problem in at.get((row.sheet, place), ())]
        told.update(map(id, found_))
        return tuple(found_)

    out = frozenset(made.left_out)
    entry_rows = tuple(
        EntryRow(
            entry=entry,
            plan=planned(entry, book.agenda, chosen) if entry.ready else None,
            problems=problems_of(entry),
            left_out=f"{entry.sheet}!{entry.row}" in out,
        )
        for entry in entries
    )
    trainee_rows = tuple(
        TraineeRow(
            trainee=trainee,
            match=match,
            chosen=made.choices.get(trainee.key, ""),
            problems=problems_of(trainee),
            left_out=trainee.key in out,
        )
        for trainee, match in zip(trainees, found, strict=True)
    )
    return Preview(
        made=made,
        book=book,
        title=made.title or book.agenda.title,
        entries=entry_rows,
        trainees=trainee_rows,
        general=tuple(problem for problem in book.problems if id(problem) not in told),
    )


def no_such_agenda() -> NotFound:
    """What is said of an agenda that is not there, or not the reader's to know of."""
    return NotFound(
        Sentence(
            zh="没有找到这份日程，可能不在你负责的区域。",
            en="There is no such agenda, or it belongs to a region that is not yours.",
        )
    )
