"""The toy service: balls roll and are seen; boxes have labels, as whole states."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from uuid import UUID

import click
import sqlalchemy as sa
from flask import Blueprint
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from shared.auth import PUBLIC
from shared.db import TYPES, Aggregate, Transaction, new_metadata
from shared.events.contract import Event, Topic, published
from shared.ids import uuid7
from shared.runtime import Runtime
from shared.service import Service
from shared.text import Sentence

BALLS = Topic("toys.balls", partitions=2, retention=timedelta(days=30))
BOXES = Topic("toys.boxes", partitions=1, compacted=True)

#: How a ball must roll for the reaction to fail.
BROKEN = "broken"


@published("toys.ball.rolled.v1", on=BALLS, key="ball_id")
class BallRolled(Event, frozen=True, kw_only=True):
    """A ball rolled."""

    ball_id: UUID
    how: str


@published("toys.box.labelled.v1", on=BOXES, key="box_id")
class BoxLabelled(Event, frozen=True, kw_only=True):
    """A box has this label."""

    box_id: UUID
    label: str


class _Base(DeclarativeBase):
    metadata = new_metadata()
    type_annotation_map = TYPES


class Ball(Aggregate, _Base):  # a base made at run time
    __tablename__ = "balls"
    how: Mapped[str]

    def roll(self, how: str) -> BallRolled:
        self.how = how
        return BallRolled(ball_id=self.id, version=self.advance(), how=how)


class Box(Aggregate, _Base):  # a base made at run time
    __tablename__ = "boxes"
    label: Mapped[str]

    def mark(self, label: str) -> BoxLabelled:
        self.label = label
        return BoxLabelled(box_id=self.id, version=self.advance(), label=label)


class Seen(_Base):  # a base made at run time
    __tablename__ = "seen"
    id: Mapped[int] = mapped_column(primary_key=True)
    ball_id: Mapped[UUID]
    how: Mapped[str]


#: While it holds a way to roll, the reaction fails on it; a test empties it to mend the service.
failing: set[str] = {BROKEN}


def see(tx: Transaction, event: BallRolled) -> None:
    if event.how in failing:
        raise ValueError(f"a ball that rolls {event.how}")
    tx.db.add(Seen(ball_id=event.ball_id, how=event.how))


def new_ball(tx: Transaction, *, how: str) -> UUID:
    ball = Ball(id=uuid7(), version=0, how="")
    tx.db.add(ball)
    tx.emit(ball.roll(how))
    return ball.id


def roll(tx: Transaction, *, ball_id: UUID, how: str) -> None:
    tx.emit(tx.load(Ball, ball_id).roll(how))


def new_box(tx: Transaction, *, label: str) -> UUID:
    box = Box(id=uuid7(), version=0, label="")
    tx.db.add(box)
    tx.emit(box.mark(label))
    return box.id


def relabel(tx: Transaction, *, box_id: UUID, label: str) -> None:
    tx.emit(tx.load(Box, box_id).mark(label))


def seen(db: Session) -> list[str]:
    return list(db.scalars(sa.select(Seen.how).order_by(Seen.id)))


def boxes(db: Session) -> Iterator[BoxLabelled]:
    for box in db.scalars(sa.select(Box).order_by(Box.id)):
        yield BoxLabelled(box_id=box.id, version=box.version, label=box.label)


def _blueprints() -> Sequence[Blueprint]:
    pages = Blueprint("toys", __name__)

    @pages.get("/toys/")
    @PUBLIC
    def home() -> str:
        return "Toys."

    return [pages]


def _demonstrate(tx: Transaction) -> None:
    new_ball(tx, how="as a demonstration")


def _welcome(runtime: Runtime) -> Sequence[Sentence]:
    return [Sentence(zh="欢迎。", en=f"Sign in at {runtime.settings.base_url}/toys/?once=secret")]


@click.command
def count() -> None:
    """Count nothing."""
    click.echo("none")


service = Service(
    name="toys",
    package="tests.cli.toys",
    version="1.0",
    reactions={BallRolled: see},
    blueprints=_blueprints,
    states={BOXES: boxes},
    demonstrate=_demonstrate,
    welcome=_welcome,
    commands=lambda: [count],
)
