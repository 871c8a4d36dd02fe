"""Keeping the copy: the newest state of each task, in whatever order and however often states come."""

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from services.directory.tasks.model import KnownTask, Waiting
from services.directory.tasks.policies import Audience
from shared.contracts.tasks import Task
from shared.db import Transaction
from shared.events.contract import CONTRACTS


def keep_task(tx: Transaction, event: Task) -> None:
    """Keep a task's newest state and for whom it waits, if it does; older ones are ignored."""
    insert = postgresql.insert if tx.db.get_bind().dialect.name == "postgresql" else sqlite.insert
    state = msgspec.structs.asdict(event)
    audiences = state.pop("audiences")
    fresh = insert(KnownTask).values(state | {"service": CONTRACTS.of(type(event)).publisher})
    changed = {column.name: column for column in fresh.excluded if column.name != "task_id"}
    newer = fresh.on_conflict_do_update(
        index_elements=["task_id"], set_=changed, where=KnownTask.version < fresh.excluded.version
    )
    if tx.db.scalar(newer.returning(KnownTask.task_id)) is None:
        return
    tx.db.execute(sa.delete(Waiting).where(Waiting.task_id == event.task_id))
    if event.closed_at is None:
        whom = dict.fromkeys(Audience.parse(text) for text in audiences)
        rows = [
            {"task_id": event.task_id, "role": one.role, "kind": one.kind, "value": one.value} for one in whom
        ]
        if rows:
            tx.db.execute(sa.insert(Waiting), rows)
