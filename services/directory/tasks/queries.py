"""What waits for somebody."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.directory.tasks.model import LONG_PAST, KnownTask, Waiting
from services.directory.tasks.policies import DOES
from shared.auth import Grant
from shared.auth.grants import significant
from shared.text import Sentence

#: How many lines a page shows at once; how many wait is counted all the same.
AT_ONCE = 20


@dataclass(frozen=True, slots=True)
class TaskRow:
    """Something that waits for the reader."""

    id: UUID
    service: str
    sentence: Sentence
    verb: Sentence
    link: str
    due: datetime | None


@dataclass(frozen=True, slots=True)
class Waits:
    """What waits, due first, and how much of it each service has."""

    rows: Sequence[TaskRow]
    by_service: Mapping[str, int]

    @property
    def total(self) -> int:
        """How many there are in all, shown or not."""
        return sum(self.by_service.values())


def waiting_for(db: Session, grants: Iterable[Grant], *, account: UUID, now: datetime) -> Waits:
    """What waits for somebody with these grants, or for this account, due first; last what is long past. Two queries."""
    long_past = sa.and_(KnownTask.due.is_not(None), KnownTask.due < now - timedelta(days=LONG_PAST))
    theirs = KnownTask.task_id.in_(sa.select(Waiting.task_id).where(_for(tuple(grants), account)))
    rows = db.execute(
        sa.select(KnownTask)
        .where(theirs)
        .order_by(long_past, KnownTask.due.is_(None), KnownTask.due, KnownTask.opened_at, KnownTask.task_id)
        .limit(AT_ONCE)
    ).scalars()
    shown = [
        TaskRow(
            task.task_id,
            task.service,
            Sentence(zh=task.sentence_zh, en=task.sentence_en),
            Sentence(zh=task.verb_zh, en=task.verb_en),
            _local(task.link),
            task.due,
        )
        for task in rows
    ]
    return Waits(shown, waiting_by_service(db, grants, account=account))


def waiting_by_service(db: Session, grants: Iterable[Grant], *, account: UUID) -> dict[str, int]:
    """How much waits for somebody, by the service where it is done. One query."""
    counts = db.execute(
        sa.select(KnownTask.service, sa.func.count().label("number"))
        .where(KnownTask.task_id.in_(sa.select(Waiting.task_id).where(_for(tuple(grants), account))))
        .group_by(KnownTask.service)
    )
    return {row.service: row.number for row in counts}


def _for(grants: Iterable[Grant], account: UUID) -> sa.ColumnElement[bool]:
    return sa.or_(
        sa.and_(Waiting.kind == "account", Waiting.value == str(account)),
        *(
            sa.and_(Waiting.role == role, _below(grant.scope))
            for grant in grants
            for role in DOES.get(grant.role, ())
        ),
    )


def _below(scope: str) -> sa.ColumnElement[bool]:
    """Whether what waits in a place waits in the scope too: a coordinator sees to all that lies below."""
    kind, _, value = scope.partition(":")
    if scope == "all":
        # Whoever looks after everything has the planning of all regions before them, not each school's letters.
        return Waiting.kind.in_(["all", "region", "group"])
    if kind == "region":
        part = significant(value)
        return sa.and_(
            Waiting.kind == "region", Waiting.value.between(part.ljust(6, "0"), part.ljust(6, "9"))
        )
    return sa.and_(Waiting.kind == kind, Waiting.value == value)


def _local(link: str) -> str:
    """A path of ours, or the home page: a link never leads elsewhere, whoever wrote it."""
    return link if link.startswith("/") and not link.startswith(("//", "/\\")) else "/"
