"""Saying whose turn it is: a task for schools and people who have something to hand in, and for hosts who have to judge it."""

from uuid import UUID

import msgspec
import sqlalchemy as sa

from services.scheduling.outcomes.model import Wait
from services.scheduling.outcomes.queries import owed
from services.scheduling.outcomes.queries.owed import tasks_of
from shared.contracts.scheduling import SchedulingTask
from shared.db import Transaction

#: What is added to a version that must exceed those that a lost row may have had.
_BEYOND = 1_000_000


def say_who_owes(tx: Transaction) -> None:
    """Of all programmes, since rosters, releases and accounts change in many ways: what is different from what was said."""
    _say(tx, None)


def say_who_owes_what(tx: Transaction, programme_id: UUID) -> None:
    """Of one programme, at once: somebody has handed in, or judged."""
    tx.db.flush()  # what was done is counted
    _say(tx, programme_id)


def _say(tx: Transaction, programme_id: UUID | None) -> None:
    now = {(each.programme_id, each.whom): each.count for each in owed(tx.db, programme_id)}
    kept = (
        sa.select(Wait) if programme_id is None else sa.select(Wait).where(Wait.programme_id == programme_id)
    )
    waits = {(each.programme_id, each.whom): each for each in tx.db.scalars(kept)}
    changed = [wait for key, wait in waits.items() if wait.turn(now.get(key, 0), at=tx.now)]
    for (id_, whom), count in now.items():
        if (id_, whom) not in waits:
            wait = Wait(programme_id=id_, whom=whom, version=1, count=count, opened_at=tx.now)
            tx.db.add(wait)
            changed.append(wait)
    if changed:
        for task in tasks_of(tx.db, changed):
            tx.emit(task)


def adopt_owed_task(tx: Transaction, event: SchedulingTask) -> None:
    """After a restore: what was said is newer; it counts on from there. A row that is lost waits for nobody."""
    written = event.link.partition("?programme=")[2] or event.link.split("/")[3]
    programme_id, whom = UUID(written), event.audiences[0]
    wait = tx.db.get(Wait, (programme_id, whom))
    if wait is not None:
        wait.version = max(wait.version, event.version)
    elif event.closed_at is None:
        tx.emit(msgspec.structs.replace(event, version=event.version + _BEYOND, closed_at=tx.now))
