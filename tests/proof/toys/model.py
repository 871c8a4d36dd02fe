"""The tables of both toys, their commands and their reactions."""

from collections.abc import Callable, Mapping
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from shared.db import TYPES, Aggregate, Transaction, new_metadata
from shared.events.contract import Event
from shared.service import Reaction
from tests.proof.toys.contracts import Filled, Renamed, Rolled, RolledBefore


class Base(DeclarativeBase):
    metadata = new_metadata()
    type_annotation_map = TYPES


class Ball(Aggregate, Base):
    """Of `toys`: it has come so far."""

    __tablename__ = "balls"
    steps: Mapped[int]
    note: Mapped[str]


class Owner(Aggregate, Base):
    """Of `toys`: published as a whole state."""

    __tablename__ = "owners"
    name: Mapped[str]


class Shelf(Aggregate, Base):
    """Of `shelf`: one for each ball, because of whose rolls it emits."""

    __tablename__ = "shelves"
    steps: Mapped[int]


class Effect(Base):
    """Of `shelf`: what reactions did, in order. Nothing keeps it unique: an effect done twice must show."""

    __tablename__ = "effects"
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    event_id: Mapped[str]
    key: Mapped[str]
    version: Mapped[int]


class BallCopy(Base):
    """Of `shelf`: its copy of a ball, by adding up, so that an effect lost or done twice shows."""

    __tablename__ = "ball_copies"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    steps: Mapped[int]
    note: Mapped[str]


class OwnerCopy(Base):
    """Of `shelf`: its copy of an owner, by version."""

    __tablename__ = "owner_copies"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    name: Mapped[str]


def roll(tx: Transaction, *, ball_id: UUID, steps: int, note: str | None) -> None:
    """The command: roll a ball. Without a note it is the older release that speaks."""
    ball = _of(tx, Ball, ball_id, steps=0, note="")
    version = ball.advance()
    ball.steps += steps
    ball.note = Rolled.__struct_defaults__[0] if note is None else note
    if note is None:
        tx.emit(RolledBefore(ball_id=ball_id, version=version, steps=steps))
    else:
        tx.emit(Rolled(ball_id=ball_id, version=version, steps=steps, note=note))


def rename(tx: Transaction, *, owner_id: UUID, name: str) -> None:
    """The command: give an owner another name."""
    owner = _of(tx, Owner, owner_id, name="")
    owner.name = name
    tx.emit(Renamed(owner_id=owner_id, version=owner.advance(), name=name))


def adopt_owner(tx: Transaction, event: Renamed) -> None:
    """Take the published state into a restored database."""
    owner = _of(tx, Owner, event.owner_id, name="")
    if owner.version < event.version:
        owner.version, owner.name = event.version, event.name


def put_on_shelf(tx: Transaction, event: Rolled | RolledBefore) -> None:
    """The reaction: one effect, the copy, and for even steps an event of its own."""
    assert tx.cause
    tx.db.add(Effect(event_id=tx.cause.event_id, key=str(event.ball_id), version=event.version))
    copy = tx.db.get(BallCopy, event.ball_id) or BallCopy(id=event.ball_id, version=0, steps=0, note="")
    copy.version = event.version
    copy.steps += event.steps
    copy.note = event.note if isinstance(event, Rolled) else ""
    tx.db.add(copy)
    if event.steps % 2 == 0 and isinstance(event, Rolled):
        shelf = _of(tx, Shelf, event.ball_id, steps=0)
        shelf.steps += event.steps
        tx.emit(Filled(shelf_id=event.ball_id, version=shelf.advance(), steps=shelf.steps))


def copy_owner(tx: Transaction, event: Renamed) -> None:
    """The reaction: keep the newest state."""
    copy = tx.db.get(OwnerCopy, event.owner_id) or OwnerCopy(id=event.owner_id, version=0, name="")
    if copy.version < event.version:
        copy.version, copy.name = event.version, event.name
        tx.db.add(copy)


def reactions(before: Callable[[Event], None] = lambda _event: None) -> Mapping[type[Event], Reaction]:
    """What `shelf` reacts to; `before` is called with each event first, and may raise."""

    def rolled(tx: Transaction, event: Rolled) -> None:
        before(event)
        put_on_shelf(tx, event)

    return {Rolled: rolled, Renamed: copy_owner}


def _of(tx: Transaction, kind: type, id_: UUID, **fresh: object):  # type: ignore[no-untyped-def]  # noqa: ANN202  whichever aggregate
    if tx.db.get(kind, id_) is None:
        tx.db.add(kind(id=id_, version=0, **fresh))
        tx.db.flush()  # `load` locks what is there
    return tx.load(kind, id_)


def balls(db: Session) -> dict[str, tuple[int, int, str]]:
    """Each ball's version, steps and note, as its publisher knows it."""
    return {str(row.id): (row.version, row.steps, row.note) for row in db.scalars(sa.select(Ball))}


def owners(db: Session) -> dict[str, tuple[int, str]]:
    """Each owner's version and name, as its publisher knows it."""
    return {str(row.id): (row.version, row.name) for row in db.scalars(sa.select(Owner))}


def ball_copies(db: Session) -> dict[str, tuple[int, int, str]]:
    """Each ball's version, steps and note, as a reader knows it."""
    return {str(row.id): (row.version, row.steps, row.note) for row in db.scalars(sa.select(BallCopy))}


def owner_copies(db: Session) -> dict[str, tuple[int, str]]:
    """Each owner's version and name, as a reader knows it."""
    return {str(row.id): (row.version, row.name) for row in db.scalars(sa.select(OwnerCopy))}


def effects(db: Session) -> list[tuple[str, int, str]]:
    """Key, version and event of each effect, in the order in which they were done."""
    return [
        (row.key, row.version, row.event_id) for row in db.scalars(sa.select(Effect).order_by(Effect.seq))
    ]
