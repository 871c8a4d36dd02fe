"""What the embedded broker promises alone: several processes, its file, retention by age."""

import multiprocessing
import sqlite3
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from shared.events.broker import BrokerUnavailable, Failed, Span
from shared.events.embedded import EmbeddedBroker
from tests.contracts.broker.ground import EmbeddedGround, fresh_topic
from tests.contracts.broker.readers import Reader, everything, per_key, publish, record, until

PROCESSES = 3
BATCHES = 20


def test_processes_share_the_file(tmp_path: Path) -> None:
    ground = EmbeddedGround(tmp_path)
    topic = fresh_topic()
    context = multiprocessing.get_context("spawn")
    with ground.open() as broker:
        broker.apply([topic])
        reader = Reader(broker.join(group="all", topics=[topic.name]), {})
        writers = [context.Process(target=_write, args=(ground, topic.name, n)) for n in range(PROCESSES)]
        for writer in writers:
            writer.start()

        until(lambda: len(reader.records) == PROCESSES * BATCHES * 10, stepping=[reader], what="all is read")
        for writer in writers:
            writer.join()

        one = [f"{batch}/{n}".encode() for batch in range(BATCHES) for n in range(10)]
        assert per_key(reader.records) == {f"writer {n}".encode(): one for n in range(PROCESSES)}
        reader.member.close()


def test_retention_forgets_by_age(tmp_path: Path) -> None:
    kept = fresh_topic(partitions=1)
    forgotten = replace(fresh_topic(partitions=1), retention=timedelta(days=3))
    with EmbeddedBroker(tmp_path / "broker.db") as broker:
        broker.apply([kept, forgotten])
        for topic in (kept, forgotten):
            publish(broker, [record(topic.name, "a", f"{n}") for n in range(5)])

        broker.maintain(now=datetime.now(UTC) + timedelta(days=2))
        assert broker.describe([forgotten.name])[forgotten.name].spans == {0: Span(0, 5)}
        broker.maintain(now=datetime.now(UTC) + timedelta(days=4))
        publish(broker, [record(forgotten.name, "a", "5")])

        assert broker.describe([forgotten.name])[forgotten.name].spans == {0: Span(5, 6)}
        assert [one.value for one in everything(broker, forgotten.name)] == [b"5"]
        assert len(everything(broker, kept.name)) == 5


def test_compaction_leaves_the_newest_of_each_key_at_its_offset(tmp_path: Path) -> None:
    topic = fresh_topic(partitions=1, compacted=True)
    with EmbeddedBroker(tmp_path / "broker.db") as broker:
        broker.apply([topic])
        publish(broker, [record(topic.name, key, f"{n}") for n in range(3) for key in "ab"])

        broker.maintain(now=datetime.now(UTC))

        assert [(one.offset, one.key, one.value) for one in everything(broker, topic.name)] == [
            (4, b"a", b"2"),
            (5, b"b", b"2"),
        ]
        reader = Reader(broker.join(group="late", topics=[topic.name]), {})
        until(lambda: reader.values == [b"2", b"2"], stepping=[reader], what="a late group reads the newest")
        reader.member.close()


def test_a_file_made_anew_has_other_identities_and_members_join_it(tmp_path: Path) -> None:
    path = tmp_path / "broker.db"
    topic = fresh_topic(partitions=1)
    with EmbeddedBroker(path) as broker:
        broker.apply([topic])
        before = broker.describe([topic.name])[topic.name].identity
        reader = Reader(broker.join(group="g", topics=[topic.name]), {})
        until(lambda: len(reader.places) == 1, stepping=[reader], what="the member has its partition")
        for part in tmp_path.iterdir():
            part.unlink()
        with EmbeddedBroker(path) as other:
            other.apply([topic])
            publish(other, [record(topic.name, "a", "new")])
            assert other.describe([topic.name])[topic.name].identity != before
            assert other.describe([topic.name]) == broker.describe([topic.name])

        until(lambda: reader.values == [b"new"], stepping=[reader], what="the member reads the new file")
        assert len(reader.revoked) == 1
        reader.member.close()


@pytest.mark.parametrize("damage", ["no directory", "no database", "another database", "a directory"])
def test_a_file_that_will_not_do_is_named_with_what_to_do(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "broker.db"
    if damage == "no directory":
        path = tmp_path / "missing" / "broker.db"
    elif damage == "no database":
        path.write_bytes(b"something else entirely, longer than the header of a database" * 100)
    elif damage == "a directory":
        path.mkdir()
    else:
        other = sqlite3.connect(path)
        other.execute("CREATE TABLE theirs (id INTEGER)")
        other.close()

    with EmbeddedBroker(path) as broker:
        with pytest.raises(BrokerUnavailable, match=str(path.parent)):
            broker.ping()
        (answer,) = broker.publish([record("suite.any", "a", "1")])

    assert isinstance(answer, Failed)
    assert not answer.own_fault


def test_a_full_disk_leaves_nothing_half_written(tmp_path: Path) -> None:
    topic = fresh_topic(partitions=1)
    with EmbeddedBroker(tmp_path / "broker.db") as broker:
        broker.apply([topic])
        publish(broker, [record(topic.name, "a", "before")])
        with broker._session.reading() as db:  # stands for the disk: SQLite says the same of both
            db.execute("PRAGMA max_page_count = 1")

        answers = broker.publish([record(topic.name, "a", "x" * 500_000) for _ in range(3)])

        assert {(type(answer), getattr(answer, "own_fault", None)) for answer in answers} == {(Failed, False)}
        assert "Make room" in getattr(answers[0], "reason", "")
        assert [one.value for one in everything(broker, topic.name)] == [b"before"]


def _write(ground: EmbeddedGround, topic: str, number: int) -> None:
    """In a process of its own: many small batches."""
    with ground.open() as broker:
        for batch in range(BATCHES):
            publish(broker, [record(topic, f"writer {number}", f"{batch}/{n}") for n in range(10)])
