"""Writing into the log."""

import hashlib
from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa

from services.exchange.duties.model import Duty, DutyBook, DutyFile
from services.exchange.duties.policies import WRITERS, Entry, nearest
from services.exchange.duties.queries.tasks import task_of
from services.exchange.placements.model import STATES, Placement
from services.exchange.placements.queries.reaching import Asker, no_such_placement
from shared.db import Transaction
from shared.errors import Forbidden, Refusal
from shared.ids import uuid7
from shared.text import Sentence

#: States in which a log is kept; what was done is written down also after the return, until it is appraised.
KEPT: frozenset[str] = frozenset({"active", "midterm", "returned", "ended_early"})


def log_duty(tx: Transaction, *, id_: UUID, placement_id: UUID, entry: Entry, asker: Asker) -> Duty:
    """Write what was done; by the host it is confirmed with that. Raises NotFound, Forbidden, Refusal, Invalid."""
    placement, parties = theirs(tx, placement_id, asker)
    if parties.isdisjoint(WRITERS):
        raise Forbidden(
            Sentence(zh="由教师本人或接收学校登记。", en="The teacher or the host school writes the log.")
        )
    if placement.state not in KEPT:
        raise Refusal(
            Sentence(
                zh=f"这条交流{STATES[placement.state].zh}，现在不能登记。到岗后到考核前可以登记。",  # type: ignore[index]  # a state of the database is one of these
                en="The log is kept from the arrival to the appraisal.",
            )
        )
    today = (tx.now + timedelta(hours=8)).date()
    entry.insist(first=placement.starts_on, last=placement.last_on, today=today)
    book = opened(tx, placement_id)
    party = nearest(parties)
    duty = Duty(
        id=id_,
        placement_id=placement_id,
        kind=entry.kind,
        done_on=entry.done_on,
        amount=entry.amount,
        text=entry.text,
        state="confirmed" if party == "host" else "claimed",
        reason="",
        party=party,
        session_id=entry.session_id,
        by=tx.actor,
        at=tx.now,
        answered_by=tx.actor if party == "host" else None,
        answered_at=tx.now if party == "host" else None,
    )
    tx.db.add(duty)
    tx.db.flush()  # its files refer to it
    tx.db.add_all(
        DutyFile(
            id=uuid7(),
            duty_id=id_,
            name=name[-200:],
            size=len(data),
            sha256=hashlib.sha256(data).hexdigest(),
            data=data,
        )
        for name, data in entry.files
    )
    tx.record(what="exchange.duty.logged", subject_kind="duty", subject=id_, person_id=placement.person_id)
    count_anew(tx, book, placement)
    return duty


def theirs(tx: Transaction, placement_id: UUID, asker: Asker) -> tuple[Placement, frozenset[str]]:
    """The placement, and what somebody is to it. Raises NotFound."""
    placement = tx.db.get(Placement, placement_id)
    if placement is None:
        raise no_such_placement()
    parties = asker.parties(
        person_id=placement.person_id,
        origin_school_id=placement.origin_school_id,
        host_school_id=placement.host_school_id,
        origin_region=placement.origin_region,
        host_region=placement.host_region,
    )
    if not parties:
        raise no_such_placement()
    return placement, frozenset(parties)


def opened(tx: Transaction, placement_id: UUID) -> DutyBook:
    """The log, locked; begun where there is none. The placement's own row is locked for the first entry alone."""
    if tx.db.get(DutyBook, placement_id) is None:
        tx.load(Placement, placement_id)  # two first entries have no row of the log to lock
        if tx.db.get(DutyBook, placement_id, populate_existing=True) is None:
            tx.db.add(DutyBook(id=placement_id, version=1, waiting=0, changed_at=tx.now))
            tx.db.flush()
    return tx.load(DutyBook, placement_id)


def count_anew(tx: Transaction, book: DutyBook, placement: Placement) -> None:
    """Say what waits for the host, where that has changed."""
    tx.db.flush()  # what was just written is counted
    waiting = tx.db.scalar(
        sa.select(sa.func.count())
        .select_from(Duty)
        .where(Duty.placement_id == placement.id, Duty.state == "claimed")
    )
    before, book.waiting, book.changed_at = book.waiting, waiting or 0, tx.now
    book.waiting_since = (book.waiting_since or tx.now) if book.waiting else None
    book.advance()
    if before != book.waiting:
        tx.emit(task_of(tx.db, book, placement))
