"""What may be done with agendas. `scopes` are those of who asks: what lies outside is not there for them."""

import hashlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from uuid import UUID

import sqlalchemy as sa

from services.scheduling.agendas.model.sheets import Entry
from services.scheduling.agendas.model.sheets import Trainee as Listed
from services.scheduling.agendas.model.staging import AS_WRITTEN, AgendaImport
from services.scheduling.agendas.policies.days import LONGEST_CELL
from services.scheduling.agendas.policies.reading import read_workbook
from services.scheduling.agendas.queries import TraineeRow, book_of, no_such_agenda, preview
from services.scheduling.breakouts.model import Division
from services.scheduling.claims.commands import free
from services.scheduling.facilities.commands import give_back_all
from services.scheduling.hosting.model import host_for, may_host
from services.scheduling.materials.model import Material
from services.scheduling.outcomes.model import Outcome
from services.scheduling.plans.model import LONGEST, too_long
from services.scheduling.programmes.commands import add_trainees, draft_programme
from services.scheduling.programmes.model import PROGRAMME_KINDS, Entrant, Outline, Programme, Trainee
from services.scheduling.sessions.commands import draft_session
from services.scheduling.sessions.model import Session
from shared.db import Transaction
from shared.errors import Invalid, Refusal, Stale
from shared.ids import uuid7
from shared.sheets.upload import named
from shared.text import Sentence

#: An agenda is no archive: bytes of a file, sessions of a programme.
LARGEST, MOST = 5 * 1024 * 1024, 500


def stage(
    tx: Transaction, *, data: bytes, filename: str, host_region: str, scopes: Collection[str]
) -> AgendaImport:
    """Keep a workbook to be looked at; nothing is planned yet. Raises Invalid for what holds no agenda, Forbidden."""
    host_region = host_for(host_region, scopes)
    if len(data) > LARGEST:
        raise Invalid(Sentence(zh=f"“{named(filename)}”超过 5 MB，不像一份日程。", en=f"“{named(filename)}” is over 5 MB, which is no agenda."), field="workbook")  # fmt: skip
    book = read_workbook(data, filename=filename)
    made = AgendaImport(
        id=uuid7(),
        version=1,
        filename=named(filename),
        sha256=hashlib.sha256(data).hexdigest(),
        data=data,
        by=tx.actor,
        host_region=host_region,
        state="staged",
        title="",
        kind="principals_class" if "校长" in book.agenda.title else "training_class",
        year=None,
        corrections={},
        answers={},
        choices={},
        left_out=[],
        staged_at=tx.now,
    )
    tx.db.add(made)
    tx.record(what="scheduling.agenda.staged", subject_kind="agenda", subject=made.id)
    return made


def correct(
    tx: Transaction, *, import_id: UUID, sheet: str, cells: Mapping[str, str], scopes: Collection[str]
) -> AgendaImport:
    """Put cells right, each named as in "A4"; the same text as in the file takes a correction back.

    Cells that are in no row are passed over. Raises NotFound, Invalid, Refusal.
    """
    made = _theirs(tx, import_id, scopes)
    made.insist_staged()
    book = book_of(made)
    rows: list[Entry | Listed] = [*book.agenda.entries, *book.roster.trainees]
    known = {cell.at: cell for row in rows if row.sheet == sheet for cell in row.cells}
    changed: dict[str, str | None] = {}
    for at, text in cells.items():
        if at not in known:
            continue
        if len(text) > LONGEST_CELL:
            raise Invalid(too_long(LONGEST_CELL), field=at)
        cell, bare = known[at], text.replace("\r\n", "\n").strip()
        if bare == cell.text:
            continue
        changed[at] = None if bare == cell.written else bare
    made.correct(sheet, changed)
    return made


def describe(
    tx: Transaction, *, import_id: UUID, title: str, kind: str, year: int | None, scopes: Collection[str]
) -> AgendaImport:
    """Say what the programme is called, of which kind, and the year of its days. Raises NotFound, Invalid, Refusal."""
    made = _theirs(tx, import_id, scopes)
    if len(title) > LONGEST:
        raise Invalid(too_long(LONGEST), field="title")
    if kind not in PROGRAMME_KINDS:
        raise Invalid(
            Sentence(zh="请选择项目类型。", en="Choose what kind of programme it is."), field="kind"
        )
    made.describe(title=title, kind=kind, year=year)
    return made


def understand(
    tx: Transaction, *, import_id: UUID, answers: Mapping[str, str | None], scopes: Collection[str]
) -> AgendaImport:
    """Say what columns mean that nobody understood. Raises NotFound, Refusal."""
    made = _theirs(tx, import_id, scopes)
    made.insist_staged()
    allowed = {column.key: {name for name, _ in column.choices} for column in book_of(made).unknown}
    made.understand(
        {key: field if field in allowed[key] else None for key, field in answers.items() if key in allowed}
    )
    return made


def choose(
    tx: Transaction, *, import_id: UUID, choices: Mapping[str, str], scopes: Collection[str]
) -> AgendaImport:
    """Say who people on the list are: of those offered, or as written. Others are passed over. Raises NotFound, Refusal."""
    made = _theirs(tx, import_id, scopes)
    made.insist_staged()
    rows = {row.trainee.key: row for row in preview(tx.db, made).trainees}
    allowed = {key: {AS_WRITTEN, "", *map(str, row.choosable)} for key, row in rows.items()}
    made.choose({key: who for key, who in choices.items() if who in allowed.get(key, ())})
    return made


def leave_out(
    tx: Transaction, *, import_id: UUID, row: str, out: bool, scopes: Collection[str]
) -> AgendaImport:
    """Do not take a row ("sheet!row"), or take it after all. Raises NotFound, Refusal."""
    made = _theirs(tx, import_id, scopes)
    made.leave_out(row[:LONGEST], out=out)
    return made


def discard(tx: Transaction, *, import_id: UUID, scopes: Collection[str]) -> AgendaImport:
    """Let nothing come of it. Raises NotFound, Refusal."""
    made = _theirs(tx, import_id, scopes)
    made.discard(at=tx.now)
    tx.record(what="scheduling.agenda.discarded", subject_kind="agenda", subject=made.id)
    return made


def confirm(
    tx: Transaction,
    *,
    import_id: UUID,
    seen: int | None,
    scopes: Collection[str],
    said: tuple[str, str, int | None] | None = None,
) -> AgendaImport:
    """Draft the programme, its sessions and its people, all or nothing.

    seen: the version that was looked at. said: title, kind and year, as `describe` takes them. People whom the directory
    does not know, or not surely, are taken in as written, with the file as their source; their schools are invited as far as
    the directory has these. Raises NotFound, Refusal, Invalid.
    """
    made = _theirs(tx, import_id, scopes)
    made.insist_staged()
    if seen is not None and seen != made.version:
        said_so = Sentence(zh="你打开页面之后，别人改过这份日程。请核对现在的内容，再确认。", en="Somebody changed this agenda since you opened the page. Look at it as it is now, then confirm.")  # fmt: skip
        raise Stale(said_so, seen=seen, now=made.version)
    if said is not None:
        title, kind, year = said
        describe(tx, import_id=import_id, title=title, kind=kind, year=year, scopes=scopes)
    found = preview(tx.db, made)
    if reason := found.why_not:
        raise Refusal(reason)
    if len(found.sessions) > MOST:
        raise Refusal(Sentence(zh=f"一个项目最多 {MOST} 项活动，请拆分。", en=f"A programme has at most {MOST} sessions. Split it."))  # fmt: skip
    programme_id = uuid7()
    outline = Outline(title=found.title[:LONGEST], kind=made.kind)
    draft_programme(tx, id_=programme_id, outline=outline, host_region=made.host_region, scopes=scopes)
    for ordinal, (_, plan) in enumerate(found.sessions, start=1):
        draft_session(
            tx,
            id_=uuid7(),
            plan=replace(plan, invited_schools=found.schools),
            host_region=made.host_region,
            scopes=scopes,
            programme_id=programme_id,
            ordinal=ordinal,
            as_written=True,
        )
    entrants = _entrants(found.people, source=made.filename)
    if entrants:
        add_trainees(tx, programme_id=programme_id, entrants=entrants, scopes=scopes)
    made.confirm(programme_id, at=tx.now)
    tx.record(what="scheduling.agenda.confirmed", subject_kind="agenda", subject=made.id)
    return made


def undo(tx: Transaction, *, import_id: UUID, scopes: Collection[str]) -> AgendaImport:
    """Take the programme back, while all of it is a draft; the agenda can be put right and confirmed again.

    Raises NotFound, Refusal where some of it was released.
    """
    made = _theirs(tx, import_id, scopes)
    programme = tx.load(Programme, made.undo())
    sessions = tx.db.scalars(
        sa.select(Session).where(Session.programme_id == programme.id).with_for_update()
    ).all()
    # A draft with a reason was released and recalled: nothing is deleted that somebody was told of.
    if released := [each for each in sessions if each.state != "draft" or each.reason]:
        raise Refusal(Sentence(zh=f"已有 {len(released)} 项活动发布，不能整体撤销；请在项目页逐项取消。", en=f"Released already: {len(released)} sessions. It cannot be taken back as a whole; cancel them on the programme's page."))  # fmt: skip
    if tx.db.scalar(sa.select(Outcome.id).where(Outcome.programme_id == programme.id).limit(1)):
        raise Refusal(Sentence(zh="已有学员提交成果，不能撤销。", en="Somebody has handed in what it asks for already; it cannot be taken back."))  # fmt: skip
    programme.settle(drafts=0, at=tx.now)
    tx.emit(programme.task())
    ids = [session.id for session in sessions]
    for theirs in (Division, Material):
        tx.db.execute(sa.delete(theirs).where(theirs.session_id.in_(ids)))
    for session in sessions:
        free(tx, session.id)
        give_back_all(tx, session, reason="")
        tx.db.delete(session)
    tx.db.execute(sa.delete(Trainee).where(Trainee.programme_id == programme.id))
    tx.db.delete(programme)
    tx.record(what="scheduling.agenda.undone", subject_kind="agenda", subject=made.id)
    return made


def _entrants(rows: Iterable[TraineeRow], *, source: str) -> list[Entrant]:
    """Those who are taken in. Somebody who was chosen for two rows is the first; the other stays as written."""
    entrants, taken = [], set[UUID | None]()
    for row in rows:
        one, person_id = row.trainee, row.person_id if row.person_id not in taken else None
        taken.add(person_id)
        entrants.append(
            Entrant(
                name=one.name,
                unit=one.unit,
                post=one.post,
                phone=one.phone,
                person_id=person_id,
                source=source,
            )
        )
    return entrants


def _theirs(tx: Transaction, import_id: UUID, scopes: Collection[str]) -> AgendaImport:
    made = tx.load(AgendaImport, import_id)
    if not may_host(scopes, made.host_region):
        raise no_such_agenda()
    return made
