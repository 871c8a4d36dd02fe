"""Imports that stop half-way, are overtaken, reach beyond a scope, or grow old: nothing is stuck and nothing is half."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from services.directory.app import service
from services.directory.applying import commands as applying
from services.directory.comparing import commands as comparing
from services.directory.comparing import queries
from services.directory.imports import commands
from services.directory.imports.model import Import, ImportRow
from services.directory.people.model import Person
from services.directory.regions.model import Region
from services.directory.schools.model import School
from shared.db import Transaction
from shared.db.audit import audit_entries
from shared.errors import Forbidden, Refusal, Unavailable
from shared.jobs import JobHandler, Outcome, Step
from shared.text import Sentence
from tests.builders import House, house
from tests.services.directory.rosters import (
    GOLMUD,
    HAIXI,
    applied,
    book,
    changes,
    confirmed,
    now,
    sent,
    staged,
    work,
)

FORTY = [(f"王{n:02d}", "女", f"{n:04d}", "1980.01", GOLMUD) for n in range(40)]


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    """Works in pieces of ten, so that forty people are several of them."""
    monkeypatch.setattr(applying, "CHUNK", {"sqlite": 10})
    for name in ("CHUNK", "LOOKED_AT"):
        monkeypatch.setattr(comparing, name, 10)
    with house(service, tmp_path) as made:
        yield made


def count(house_: House, table: object = Person) -> int:
    with house_.database.reading() as db:
        return db.scalar(sa.select(sa.func.count()).select_from(table)) or 0  # type: ignore[arg-type]  # a class


def broken_after(kind: str, steps: int) -> dict[str, JobHandler]:
    """The jobs, of which one refuses after so many steps."""
    done = 0

    def refuse(step: Step) -> Outcome:
        nonlocal done
        done += 1
        if done > steps:
            raise Refusal(commands.why_not_bring([]) or pytest.fail("no sentence"))
        return service.jobs[kind](step)

    return {**service.jobs, kind: refuse}


def do(house_: House, command: object, id_: UUID, scopes: tuple[str, ...] = ("all",)) -> None:
    house_.database.run(lambda tx: command(tx, import_id=id_, scopes=scopes), actor="account:x")  # type: ignore[operator]  # a command


def page(house_: House, id_: UUID) -> str:
    return house_.client("administrator@all", language="en").get(f"/directory/imports/{id_}").text


def test_applying_that_failed_says_so_and_goes_on(office: House) -> None:
    made = staged(office, book(FORTY))
    confirmed(office, made.id)
    work(office, jobs=broken_after("imports.apply", 2))
    there = count(office)
    assert 0 < there < len(FORTY)
    text = page(office, made.id)
    assert "education group" in text  # the sentence that it failed with
    assert "Try again" in text
    assert "Take back what was written" in text
    do(office, commands.try_again, made.id)
    work(office)
    assert (now(office, made.id).state, count(office)) == ("applied", len(FORTY))
    versions = {event.version for event in office.said() if hasattr(event, "person_id")}
    assert versions == {1}


def test_applying_that_failed_can_be_taken_back(office: House) -> None:
    made = staged(office, book(FORTY))
    confirmed(office, made.id)
    work(office, jobs=broken_after("imports.apply", 2))
    do(office, commands.undo, made.id)
    work(office)
    assert now(office, made.id).state == "undone"
    with office.database.reading() as db:
        assert db.scalar(sa.select(sa.func.count()).where(Person.left_at.is_(None))) == 0


def test_undoing_that_failed_goes_on(office: House) -> None:
    made = applied(office, book(FORTY))
    do(office, commands.undo, made.id)
    work(office, jobs=broken_after("imports.undo", 2))
    assert "Try again" in page(office, made.id)
    do(office, commands.try_again, made.id)
    work(office)
    assert now(office, made.id).state == "undone"
    with office.database.reading() as db:
        people = db.scalars(sa.select(Person)).all()
    assert {(one.version, one.left_at is None) for one in people} == {(2, False)}


def test_reading_that_failed_is_tried_again_or_discarded(office: House) -> None:
    one, two = (sent(office, book(FORTY)) for _ in range(2))
    work(office, jobs=broken_after("imports.read", 0))
    assert "Nothing in the register has changed" in page(office, one)
    do(office, commands.try_again, one)
    do(office, commands.discard, two)
    work(office)
    assert now(office, two).state == "discarded"
    assert changes(now(office, one))["people.added"] == len(FORTY)


def test_what_has_not_failed_is_not_tried_again(office: House) -> None:
    made = applied(office, book(FORTY))
    with pytest.raises(Refusal):
        do(office, commands.try_again, made.id)


def test_reading_goes_on_in_another_process(office: House, monkeypatch: pytest.MonkeyPatch) -> None:
    id_ = sent(office, book(FORTY))
    work(office, steps=3)
    assert 0 < count(office, ImportRow) < len(FORTY)
    monkeypatch.setattr(comparing, "_PREVIEWS", {})  # what another process knows
    work(office)
    made = now(office, id_)
    assert made.state == "staged"
    assert count(office, ImportRow) == sum(changes(made).values())


def test_a_step_that_was_not_saved_is_done_again(office: House) -> None:
    id_ = sent(office, book(FORTY))

    def read_twice(step: Step) -> Outcome:
        """A step that compares prepares twice, as where its commit failed in between."""
        if (step.checkpoint or {}).get("told", 0) is None:
            comparing.read(step)
        return comparing.read(step)

    work(office, jobs={**service.jobs, "imports.read": read_twice})
    made = now(office, id_)
    assert made.state == "staged"
    assert changes(made)["people.added"] == len(FORTY)
    assert count(office, ImportRow) == sum(changes(made).values())


def test_comparing_that_broke_off_begins_anew(office: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "AT_ONCE", 15)
    asked, look_up = 0, queries.Comparison._of_names

    def away_once(self: queries.Comparison, *arguments: Any) -> Any:
        nonlocal asked
        asked += 1
        if asked == 2:
            raise Unavailable(Sentence(zh="数据库没有响应。", en="The database does not answer."))
        return look_up(self, *arguments)

    monkeypatch.setattr(queries.Comparison, "_of_names", away_once)
    id_ = sent(office, book(FORTY))
    for _ in range(2):
        work(office)
        office.clock.move(timedelta(minutes=1))
    made = now(office, id_)
    assert changes(made)["people.added"] == len(FORTY)
    assert count(office, ImportRow) == sum(changes(made).values())


def test_discarded_while_it_is_read_it_holds_nothing(office: House) -> None:
    id_ = sent(office, book(FORTY))
    work(office, steps=3)
    do(office, commands.discard, id_)
    work(office)
    made = now(office, id_)
    assert made.state == "discarded"
    assert str(made.job_id) not in comparing._PREVIEWS


def test_a_preview_that_was_overtaken_is_read_again(office: House) -> None:
    one, two = staged(office, book(FORTY)), staged(office, book(FORTY))
    confirmed(office, one.id)
    work(office)
    office.clock.move(timedelta(minutes=1))
    with pytest.raises(Refusal, match="has written to the same region"):
        confirmed(office, two.id)
    assert "Read it again" in page(office, two.id)
    do(office, commands.try_again, two.id)
    work(office)
    assert changes(now(office, two.id)) == {}
    assert count(office) == len(FORTY)


def test_what_an_undo_left_alone_is_listed_with_why(office: House) -> None:
    made = applied(office, book(FORTY[:3]))

    def leave_and_change(tx: Transaction) -> None:
        gone, changed, _ = tx.db.scalars(sa.select(Person).order_by(Person.name))
        tx.emit(gone.leave(at=tx.now))
        changed.subject = "语文"
        changed.advance()

    office.database.run(leave_and_change, actor="account:y")
    do(office, commands.undo, made.id)
    work(office)
    text = page(office, made.id)
    assert "Left alone (2)" in text
    assert "has left or was retired since" in text
    assert "was changed by somebody since" in text


def test_the_regions_above_are_entered_as_the_standard_has_them(office: House) -> None:
    applied(office, book())
    with office.database.reading() as db:
        found = db.execute(sa.select(Region.code, Region.name, Region.parent_code).order_by(Region.code))
        assert [tuple(row) for row in found] == [
            ("630000", "青海省", None),
            ("632800", "海西蒙古族藏族自治州", "630000"),
            ("632801", "格尔木市", "632800"),
            ("632802", "德令哈市", "632800"),
        ]
        assert set(db.scalars(sa.select(School.region_name))) == {"格尔木市", "德令哈市"}


def test_a_coordinator_confirms_what_an_administrator_staged_for_their_region(office: House) -> None:
    made = staged(office, book(FORTY))
    client = office.client(f"coordinator@{HAIXI}", language="en")
    assert made.filename in client.get("/directory/imports").text
    for beyond in ("region:632801", "region:520000"):
        with pytest.raises(Forbidden):
            confirmed(office, made.id, scopes=[beyond])
    assert client.post(f"/directory/imports/{made.id}/confirmation").status_code == 303
    work(office)
    assert count(office) == len(FORTY)


def test_who_looks_after_a_group_is_told_why_not(office: House) -> None:
    client = office.client("coordinator@group:0197a000-0000-7000-8000-000000000009", language="en")
    assert "Rosters are imported region by region" in client.get("/directory/imports").text
    with pytest.raises(Forbidden, match="region by region"):
        sent(office, book(FORTY), scopes=["group:0197a000-0000-7000-8000-000000000009"])


def test_the_trail_names_the_file_and_what_became_of_it(office: House) -> None:
    made = applied(office, book(FORTY[:1]))
    with office.database.reading() as db:
        wanted = sa.select(audit_entries).where(audit_entries.c.subject == str(made.id))
        entries = db.execute(wanted.order_by(audit_entries.c.id)).mappings().all()
    assert [entry["what"].rpartition(".")[2] for entry in entries] == ["sent", "confirmed", "applied"]
    assert entries[0]["changes"]["filename"] == [None, "花名册.xlsx"]
    assert entries[0]["changes"]["sha256"] == [None, made.sha256]
    assert entries[0]["actor"] == "account:x"


def test_workbooks_are_forgotten_and_what_nobody_confirmed_with_them(either: House) -> None:
    kept, never = applied(either, book(FORTY[:1])), staged(either, book(FORTY[:2]))
    keep = timedelta(days=30)

    def forget(tx: Transaction) -> int:
        return commands.forget_workbooks(tx, keep=keep)

    assert either.database.run(forget, actor="service:directory") == 0
    either.clock.move(keep)
    assert either.database.run(forget, actor="service:directory") == 2
    with either.database.reading() as db:
        assert [len(data) for data in db.scalars(sa.select(Import.data))] == [0, 0]
        left = set(db.scalars(sa.select(ImportRow.import_id)))
    assert (now(either, never.id).state, left) == ("discarded", {kept.id})
    do(either, commands.undo, kept.id)
    work(either)
    assert now(either, kept.id).state == "undone"
