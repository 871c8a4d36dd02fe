"""Back-ups of an embedded installation: one moment in all files, whole or not at all, and the way back."""

import json
import shutil
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
import sqlalchemy as sa

from shared.errors import Invalid, Refusal, Unavailable
from shared.events.operations import diverging
from shared.events.outbox import outbox, unsent
from shared.serving.copies import back_up, put_back
from shared.serving.holding import held
from shared.settings import Settings
from tests.cli.toys import app as toys
from tests.events.standing import Standing, standing

NOW = datetime(2026, 9, 1, 8, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)


def settings(data: Path) -> Settings:
    return Settings(data=data)


def copied(data: Path, to: Path, *, whole: bool = True) -> Path:
    back_up(settings(data), ["toys"], to, whole=whole, now=NOW, version="0.1.0")
    return to


def returned(data: Path, of: Path, *, whole: bool = True) -> Path:
    return put_back(settings(data), ["toys"], of, whole=whole, now=LATER)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """The data directory of a toy service that has told of one ball and heard of it."""
    toys.failing.clear()
    directory = tmp_path / "data"
    directory.mkdir()
    with office(directory) as toy:
        roll(toy, "first")
        toy.flow()
    return directory


@contextmanager
def office(data: Path) -> Iterator[Standing]:
    """The toy service as it stands on `data`; it gives its leases back at the end, as a process that ends does."""
    with standing(data) as toy:
        yield toy
        toy.relay.close()


def roll(toy: Standing, how: str) -> UUID:
    return toy.do(lambda tx: toys.new_ball(tx, how=how))


@contextmanager
def busy(toy: Standing) -> Iterator[None]:
    """Balls roll, are told of and heard of as fast as they can, meanwhile; the first has rolled when it begins."""
    stop, rolls = threading.Event(), threading.Event()
    failed: list[BaseException] = []

    def rolling() -> None:
        roll(toy, "under way")
        rolls.set()

    def telling() -> None:
        toy.relay.step()
        toy.consumer.step(timeout=0.01)

    def again_and_again(step: Callable[[], None]) -> None:
        try:
            while not stop.is_set():
                with suppress(Unavailable):  # a machine that is busy: as every loop does, once more
                    step()
        except BaseException as error:  # noqa: BLE001  the test must not pass because nothing happened
            failed.append(error)

    threads = [threading.Thread(target=again_and_again, args=(step,)) for step in (rolling, telling)]
    for thread in threads:
        thread.start()
    try:
        assert rolls.wait(60)  # on a busy machine a copy may be made before a thread has its first turn
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join()
        assert failed == []


def told(toy: Standing) -> tuple[set[str], set[str], set[str]]:
    """The ids of events: all that the database knows, those that it knows as sent, those in the broker."""
    with toy.runtime.database.reading() as db:
        known = {str(id_) for id_ in db.scalars(sa.select(outbox.c.id))}
        waits = sa.select(outbox.c.id).join(unsent, unsent.c.seq == outbox.c.seq)
        waiting = {str(id_) for id_ in db.scalars(waits)}
    there = set()
    for topic in toy.runtime.broker.describe(["toys.balls"]).values():
        for partition, span in topic.spans.items():
            stretch = toy.runtime.broker.read(topic.name, partition, start=span.start, limit=1_000_000)
            there |= {dict(stored.headers)["ce_id"].decode() for stored in stretch.records}
    return known, known - waiting, there


def test_copies_under_load_show_one_moment(data: Path, tmp_path: Path) -> None:
    with office(data) as toy, busy(toy):
        copies = [copied(data, tmp_path / f"copy-{number}") for number in range(3)]
    sizes = []
    for copy in copies:
        with office(copy) as toy:
            known, sent, there = told(toy)
            assert sent <= there <= known  # a batch that is under way lies between
            toy.runtime.settle()
            toy.pass_time(timedelta(minutes=5))  # the leases of the one that was copied
            toy.send()
            deadline = time.monotonic() + 40  # the member that was copied counts as alive for a while
            while len(toy.seen()) < len(known) and time.monotonic() < deadline:
                toy.receive()
            toy.receive()
            with toy.runtime.database.reading() as db:
                assert diverging.listed(db) == []
            assert len(toy.seen()) == len(known)  # each once: nothing lost, nothing doubled
            sizes.append(len(known))
    assert 1 < sizes[0] <= sizes[-1]


def test_a_back_up_is_for_its_owner_alone_and_says_what_it_is(data: Path, tmp_path: Path) -> None:
    (data / "signing-key.pem").write_text("a key")
    copy = copied(data, tmp_path / "deep" / "copy")
    assert copy.stat().st_mode & 0o777 == 0o700
    said = json.loads((copy / "backup.json").read_text())
    assert said == {
        "at": "2026-09-01T08:00:00+00:00",
        "version": "0.1.0",
        "files": ["toys.db", "broker.db", "signing-key.pem"],
    }
    assert {path.name for path in copy.iterdir()} == {"backup.json", *said["files"]}
    assert all((copy / name).stat().st_mode & 0o777 == 0o600 for name in said["files"])


def test_what_was_done_since_is_gone_and_kept_aside(data: Path, tmp_path: Path) -> None:
    copy = copied(data, tmp_path / "copy")
    with office(data) as toy:
        roll(toy, "second")
        toy.flow()
    aside = returned(data, copy)
    with office(data) as toy:
        assert toy.seen() == ["first"]
    with office(aside) as toy:
        assert toy.seen() == ["first", "second"]


def test_one_service_put_back_learns_from_the_broker_what_it_had_told(data: Path, tmp_path: Path) -> None:
    copy = copied(data, tmp_path / "copy", whole=False)
    assert {path.name for path in copy.iterdir()} == {"backup.json", "toys.db"}
    with office(data) as toy:
        ball = roll(toy, "second")
        toy.flow()
    returned(data, copy, whole=False)
    with office(data) as toy:
        toy.runtime.settle()
        with toy.runtime.database.reading() as db:
            (found,) = diverging.listed(db)
        assert (found.key, found.type) == (str(ball), "toys.ball.rolled.v1")
        toy.flow()
        assert toy.seen() == ["first", "second"]  # as a reader it goes on from its restored position


def unchanged(data: Path) -> bool:
    with office(data) as toy:
        return toy.seen() == ["first"] and not list(data.glob("before-restore-*"))


def test_a_file_that_is_in_use_is_left_alone(data: Path, tmp_path: Path) -> None:
    copy = copied(data, tmp_path / "copy")
    with closing(sqlite3.connect(data / "toys.db")) as other:
        other.execute("SELECT count(*) FROM sqlite_master").fetchone()
        with pytest.raises(Refusal, match=r"toys\.db is in use by another process"):
            returned(data, copy)
    assert unchanged(data)


def test_nothing_is_put_back_while_up_holds_the_directory(data: Path) -> None:
    with held(data), pytest.raises(Unavailable, match="in use by another tongxing up"), held(data):
        pass


def test_a_damaged_copy_is_not_put_back(data: Path, tmp_path: Path) -> None:
    copy = copied(data, tmp_path / "copy")
    (copy / "broker.db").write_bytes(b"SQLite format 3\0" + bytes(5_000))
    with pytest.raises(Refusal, match=r"broker\.db is damaged .* Nothing was changed"):
        returned(data, copy)
    assert unchanged(data)


def test_what_is_damaged_is_replaced(data: Path, tmp_path: Path) -> None:
    copy = copied(data, tmp_path / "copy")
    (data / "toys.db").write_bytes(b"no database" * 1_000)
    returned(data, copy)
    with office(data) as toy:
        assert toy.seen() == ["first"]


def test_what_is_no_back_up_or_lacks_a_service_is_refused(data: Path, tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="is no back-up"):
        returned(data, tmp_path)
    copy = copied(data, tmp_path / "copy", whole=False)
    with pytest.raises(Invalid, match=r"holds no broker\.db"):
        returned(data, copy)
    assert unchanged(data)


def test_a_full_disk_leaves_everything_as_it_was(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = copied(data, tmp_path / "copy")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(shutil, "copyfile", full)
    with pytest.raises(Refusal, match="No space left on device"):
        returned(data, copy)
    assert unchanged(data)
    assert not list(data.glob(".*restored"))


def test_a_back_up_that_fails_leaves_nothing_behind(data: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(Refusal, match="The back-up was not made"):
        copied(data, tmp_path / "file" / "copy")
    with pytest.raises(Refusal, match="is there already"):
        copied(data, data)
    with pytest.raises(Refusal, match=r"There is no .*nowhere/toys\.db"):
        copied(tmp_path / "nowhere", tmp_path / "copy")
    assert {path.name for path in tmp_path.iterdir()} == {"data", "file"}


def test_postgresql_has_tools_of_its_own(data: Path, tmp_path: Path) -> None:
    elsewhere = Settings(data=data, database="postgresql+psycopg://localhost/{service}")
    with pytest.raises(Invalid, match="use pg_dump"):
        back_up(elsewhere, ["toys"], tmp_path / "copy", whole=True, now=NOW, version="0.1.0")
