"""The balls and owners of the machine, what a stranger writes, and ids that are counted."""

from collections.abc import Iterator
from contextlib import contextmanager
from unittest import mock
from uuid import UUID

from shared.events.record import Record
from tests.proof.machine.faults import Crash
from tests.proof.toys.contracts import BALLS

#: What a transaction changes: a roll (ball, steps, note) or a name (owner, name).
Change = tuple[int, int, str | None] | tuple[int, str]


def ball_id(number: int) -> UUID:
    """The id of a ball; four of them share two partitions."""
    return UUID(int=0xBA11 << 64 | number)


def owner_id(number: int) -> UUID:
    """The id of an owner."""
    return UUID(int=0x0E << 64 | number)


def poison(kind: str, *, number: int, fresh: UUID) -> Record:
    """A record that can never be applied. Its key is nobody else's."""
    headers = {
        "ce_specversion": "1.0",
        "ce_id": str(fresh),
        "ce_source": "/toys",
        "ce_type": "toys.ball.rolled.v1",
        "ce_subject": f"stranger {number}",
        "ce_time": "2026-09-01T08:00:00Z",
        "ce_sequence": "1",
        "ce_actor": "account:stranger",
        "content-type": "application/json",
    }
    value = b'{"version":1}'
    match kind:
        case "bytes":
            headers, value = {}, b"\x00\xff no event"
        case "unknown type":
            headers["ce_type"] = "toys.ball.exploded.v9"
        case "no id":
            del headers["ce_id"]
        case "no JSON":
            value = b"{"
        case "contract broken":
            pass
    return Record(
        topic=BALLS.name,
        key=f"stranger {number}".encode(),
        value=value,
        headers=tuple((name, text.encode()) for name, text in headers.items()),
    )


@contextmanager
def counted_uuids() -> Iterator[None]:
    """The embedded broker draws the ids of members and topics from uuid4: here it counts."""
    drawn = 0

    def counted() -> UUID:
        nonlocal drawn
        drawn += 1
        return UUID(int=0xC0DE << 64 | drawn)

    with mock.patch("uuid.uuid4", counted):
        yield


def crash() -> None:
    """The process that reaches this is dead."""
    raise Crash


def key_of(change: Change) -> str:
    """The id of what is changed."""
    return str(owner_id(change[0])) if len(change) == 2 else str(ball_id(change[0]))
