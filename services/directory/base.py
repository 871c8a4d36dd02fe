"""The declarative base of directory's tables, and how a published state is taken back into them."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy.orm import DeclarativeBase

from shared.db import TYPES, Transaction, new_metadata
from shared.events.contract import Event
from shared.pinyin import spelt


class Base(DeclarativeBase):
    """What all of them inherit."""

    metadata = new_metadata()
    type_annotation_map = TYPES


def adopting(kind: type[Any], *, id_of: Callable[[Any], UUID]) -> Callable[[Transaction, Any], None]:
    """How a state of `kind` is taken into a register that was restored to an earlier copy; older ones change nothing.

    What is not published, such as phones, is empty for what the restored register never had.
    """

    def adopt(tx: Transaction, event: Event) -> None:
        id_ = id_of(event)
        found = tx.db.get(kind, id_)
        if found is None:
            found = kind(id=id_, version=0, **_unpublished(kind))
            tx.db.add(found)
        if found.version < event.version:
            for name, value in _columns(kind, event, now=tx.now).items():
                setattr(found, name, value)

    return adopt


def _unpublished(kind: type[Any]) -> dict[str, str]:
    return {name: "" for name in ("contact", "phone") if name in kind.__table__.columns}


def _columns(kind: type[Any], event: Event, *, now: datetime) -> dict[str, Any]:
    columns = kind.__table__.columns
    state = msgspec.structs.asdict(event)
    values = {name: value for name, value in state.items() if name in columns}
    if "member_ids" in values:
        values["member_ids"] = [str(member) for member in values["member_ids"]]
    for flag, since in (("retired", "retired_at"), ("left", "left_at")):
        if flag in state:
            values[since] = now if state[flag] else None
    if "pinyin" in columns:
        values["pinyin"] = spelt(state["name"], person="id_last4" in columns)
    return values
