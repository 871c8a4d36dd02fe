"""What of a log waits for the host."""

from collections.abc import Iterator

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.exchange.duties.model import DutyBook
from services.exchange.placements.model import Placement
from services.exchange.placements.queries.people import people_named
from shared.contracts.exchange import ExchangeTask
from shared.ids import named


def task_of(db: Session, book: DutyBook, placement: Placement) -> ExchangeTask:
    """The host's task, as of the log's version."""
    name = people_named(db, [placement.person_id]).get(placement.person_id, "—")
    return ExchangeTask(
        task_id=named("exchange.duties", str(book.id)),
        version=book.version,
        audiences=(f"liaison@school:{placement.host_school_id}",) if book.waiting else (),
        sentence_zh=f"确认工作记录：{name}，{book.waiting} 条待确认",
        sentence_en=f"Confirm the log: {name}, {book.waiting} to be confirmed",
        verb_zh="去确认",
        verb_en="Confirm",
        link=f"/exchange/placements/{placement.id}/duties",
        opened_at=book.waiting_since or book.changed_at,
        closed_at=None if book.waiting else book.changed_at,
    )


def duty_tasks(db: Session) -> Iterator[ExchangeTask]:
    """Of every log what waits for its host."""
    for book, placement in db.execute(
        sa.select(DutyBook, Placement).join(Placement, Placement.id == DutyBook.id).order_by(DutyBook.id)
    ):
        yield task_of(db, book, placement)
