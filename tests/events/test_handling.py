import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from shared.events.handling import Handling, NotOurs, Readable, Unreadable
from shared.events.outbox import Outbox
from shared.events.record import MAX_RECORD_BYTES, StoredRecord
from tests.events.box import envelope
from tests.proof.machine.things import ball_id
from tests.proof.toys.contracts import NEW, Rolled

HANDLING = Handling("shelf", {Rolled: lambda _tx, _event: None}, NEW, Outbox(registry=NEW))
GOOD = f'{{"ball_id":"{ball_id(9)}","version":1,"steps":2,"unknown":[1]}}'.encode()


def record(headers: dict[str, bytes], value: bytes | None = GOOD, key: bytes | None = b"k") -> StoredRecord:
    return StoredRecord(
        topic="toys.balls", partition=0, offset=0, key=key, value=value, headers=tuple(headers.items())
    )


def test_a_good_event_is_read_and_fields_that_we_do_not_know_are_ignored() -> None:
    read = HANDLING.read(record(envelope()))

    assert isinstance(read, Readable)
    assert read.event == Rolled(ball_id=ball_id(9), version=1, steps=2, note="from an older release")


@pytest.mark.parametrize("missing", ["id", "source", "type", "subject", "time", "sequence", "actor"])
@pytest.mark.parametrize("value", [None, ""])
def test_an_event_without_one_of_its_headers_is_none(missing: str, value: str | None) -> None:
    """The library would make up an id for a record that has none, another one at each reading."""
    read = HANDLING.read(record(envelope(**{missing: value})))

    assert isinstance(read, Unreadable)
    assert f"ce_{missing}" in read.failure.sentence
    assert (read.type, read.event_id, read.failure.final) == (None, None, True)


@pytest.mark.parametrize(
    ("headers", "value", "says", "type_"),
    [
        ({}, GOOD, "no CloudEvents headers", None),
        (envelope(type="toys.ball.exploded.v1"), GOOD, "Nobody here knows the type", None),
        (envelope(type="toys.ball.rolled.v2"), GOOD, "Nobody here knows the type", None),
        (envelope(sequence="one"), GOOD, "cannot be read", None),
        (envelope(sequence="0"), GOOD, "versions count from 1", None),
        (envelope(sequence="9" * 30), GOOD, "versions count from 1", None),
        (envelope(time="yesterday"), GOOD, "cannot be read", None),
        (envelope(id="a\x00b"), GOOD, "zero byte", None),
        (envelope(), b"{", "breaks the contract", "toys.ball.rolled.v1"),
        (envelope(), None, "breaks the contract", "toys.ball.rolled.v1"),
        (envelope(), b'{"version":1,"ball_id":"x","steps":2}', "breaks the contract", "toys.ball.rolled.v1"),
        (envelope(), b" " * (MAX_RECORD_BYTES + 1), "the limit is", "toys.ball.rolled.v1"),
    ],
)
def test_what_cannot_be_applied_says_why(
    headers: dict[str, bytes], value: bytes, says: str, type_: str | None
) -> None:
    read = HANDLING.read(record(headers, value))

    assert isinstance(read, Unreadable)
    assert says in read.failure.sentence
    assert (read.type, read.failure.final) == (type_, True)
    assert "Traceback" in read.failure.stack or "NoEvent" in read.failure.stack


def test_a_known_event_without_a_reaction_is_not_ours() -> None:
    read = HANDLING.read(record(envelope(type="toys.owner.renamed.v1"), b"not even read"))

    assert read == NotOurs("0199c0de-0000-7000-8000-000000000001", "toys.owner.renamed.v1")


HEADERS = st.dictionaries(
    st.sampled_from([*envelope(), "ce_", "traceparent", "ce_traceparent", "ce_dataschema"])
    | st.text(max_size=5),
    st.binary(max_size=20) | st.sampled_from(sorted(set(envelope().values()))),
)


@given(
    base=st.booleans(),
    headers=HEADERS,
    value=st.none() | st.binary(max_size=50) | st.just(GOOD),
    key=st.none() | st.binary(max_size=5),
)
@example(base=True, headers={"ce_specversion": b"2.0"}, value=GOOD, key=b"k")
@example(base=True, headers={"content-type": b"\xff"}, value=GOOD, key=b"\xff")
@example(base=True, headers={"ce_traceparent": b"nonsense"}, value=GOOD, key=None)
def test_reading_never_raises_whatever_a_stranger_wrote(
    *, base: bool, headers: dict[str, bytes], value: bytes | None, key: bytes | None
) -> None:
    HANDLING.read(record((envelope() if base else {}) | headers, value, key))
