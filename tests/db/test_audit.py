"""The audit trail on both databases: written with the change, of fields that changed, and never touched again."""

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DatabaseError

from shared.db import Database, Transaction
from shared.db.audit import audit_entries
from shared.db.migrations import migrate
from shared.db.transaction import Cause
from shared.events.outbox import Outbox
from shared.observe.masking import MASK
from tests.databases import postgres_database
from tests.proof.toys.contracts import NEW, Rolled
from tests.proof.toys.model import Ball

BALL = UUID(int=1)


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    if request.param == "sqlite":
        yield from prepared(f"sqlite:///{tmp_path / 'toys.db'}")
        return
    with postgres_database(request.getfixturevalue("postgres_server"), of="tests.proof.toys") as url:
        yield from prepared(url)


def prepared(url: str) -> Iterator[Database]:
    made = Database(url, emitter=Outbox(registry=NEW), sleep=lambda _seconds: None)
    migrate(made.engine, "tests.proof.toys")
    made.run(lambda tx: tx.db.add(Ball(id=BALL, version=1, steps=0, note="")), actor="account:1")
    yield made
    made.close()


def entries(database: Database) -> list[sa.RowMapping]:
    with database.reading() as db:
        return list(db.execute(sa.select(audit_entries).order_by(audit_entries.c.id)).mappings())


def roll(tx: Transaction) -> None:
    ball = tx.load(Ball, BALL)
    ball.steps += 3
    ball.note = "下山"
    tx.db.flush()
    ball.steps += 4
    tx.emit(Rolled(ball_id=BALL, version=ball.advance(), steps=7))


def test_an_event_brings_an_entry_with_what_changed(database: Database) -> None:
    database.run(roll, actor="account:7", origin="10.0.0.9")

    (entry,) = entries(database)
    assert (entry["actor"], entry["origin"], entry["subject"]) == ("account:7", "10.0.0.9", str(BALL))
    assert (entry["what"], entry["subject_kind"]) == (NEW.of(Rolled).type, NEW.of(Rolled).topic.name)
    assert entry["changes"] == {"steps": [0, 7], "note": ["", "下山"]}


def test_what_was_rolled_back_left_no_entry(database: Database) -> None:
    def fails(tx: Transaction) -> None:
        roll(tx)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        database.run(fails, actor="account:7")

    assert entries(database) == []


def test_what_no_event_tells_of_is_recorded_by_word(database: Database) -> None:
    database.run(
        lambda tx: tx.record(what="toys.list.exported", subject_kind="toys.balls", subject="all"),
        actor="account:7",
    )

    assert [(entry["what"], entry["changes"]) for entry in entries(database)] == [("toys.list.exported", {})]


def test_a_reaction_is_the_services_own_act_and_names_its_cause(database: Database) -> None:
    def reacts(tx: Transaction) -> None:
        tx.cause = Cause(event_id=str(BALL), consumer="shelf", happened_at=tx.now)
        roll(tx)

    database.run(reacts, actor="account:7")

    (entry,) = entries(database)
    assert (entry["actor"], entry["cause"], entry["origin"]) == ("service:shelf", str(BALL), None)


def test_of_personal_fields_it_says_only_that_they_changed(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Ball, "personal", frozenset({"note"}))

    database.run(roll, actor="account:7")

    assert entries(database)[0]["changes"]["note"] == [None, MASK]


@pytest.mark.parametrize("change", ["UPDATE audit_entries SET actor = 'x'", "DELETE FROM audit_entries"])
def test_nobody_changes_or_removes_an_entry(database: Database, change: str) -> None:
    database.run(roll, actor="account:7")
    before = entries(database)

    with pytest.raises(DatabaseError, match="can only be appended to"), database.engine.begin() as connection:
        connection.execute(sa.text(change))

    assert entries(database) == before


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)  # SQLite has no TRUNCATE
def test_a_trail_is_not_emptied_at_once_either(database: Database) -> None:
    with pytest.raises(DatabaseError, match="can only be appended to"), database.engine.begin() as connection:
        connection.execute(sa.text("TRUNCATE audit_entries"))
