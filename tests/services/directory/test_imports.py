"""Imports of rosters: staged, seen, confirmed, done again, taken back; on either database."""

from pathlib import Path
from uuid import UUID

import pytest
import sqlalchemy as sa

from services.directory.app import service
from services.directory.applying import commands as applying
from services.directory.imports import commands
from services.directory.imports.model import Import, ImportRow
from services.directory.people.model import Person
from services.directory.schools.model import School
from shared.db import Transaction
from shared.errors import Forbidden, Invalid, Refusal
from shared.jobs import JobRunner, job
from tests.builders import House

DATA = Path(__file__).parents[4] / "shared" / "data"
ROSTERS = {"haixi": (36, 1641), "qixingguan": (14, 663), "zhaotong": (28, 1330)}
HAIXI, SMALL = "region:632800", "qixingguan"


def workbook(name: str) -> bytes:
    path = DATA / f"roster-{name}.xlsx"
    if not path.exists():
        pytest.skip("The rosters of the three offices are not here.")
    return path.read_bytes()


def work(house: House, *, steps: int | None = None) -> None:
    runner = JobRunner(house.database, service.jobs, service="directory", owner="test")
    done = 0
    while (steps is None or done < steps) and runner.step():
        done += 1
    runner.close()


def staged(house: House, name: str, scope: str = "all") -> Import:
    data = workbook(name)

    def keep(tx: Transaction) -> UUID:
        return commands.stage(tx, data=data, filename=f"{name}.xlsx", scopes=[scope]).id

    id_ = house.database.run(keep, actor="account:x")
    work(house)
    return now(house, id_)


def now(house: House, id_: UUID) -> Import:
    with house.database.reading() as db:
        return db.get_one(Import, id_)


def confirm(house: House, id_: UUID, *, steps: int | None = None, with_gone: bool = False) -> None:
    def sure(tx: Transaction) -> None:
        commands.confirm(tx, import_id=id_, scopes=["all"], with_gone=with_gone)

    house.database.run(sure, actor="account:x")
    work(house, steps=steps)


def undo(house: House, id_: UUID) -> None:
    def back(tx: Transaction) -> None:
        commands.undo(tx, import_id=id_, scopes=["all"])

    house.database.run(back, actor="account:x")
    work(house)


def there(house: House) -> tuple[int, int]:
    with house.database.reading() as db:
        schools = db.scalar(sa.select(sa.func.count()).where(School.retired_at.is_(None)))
        people = db.scalar(sa.select(sa.func.count()).where(Person.left_at.is_(None)))
    return schools or 0, people or 0


@pytest.mark.parametrize("name", ROSTERS)
def test_a_roster_is_applied_as_it_is_and_only_when_confirmed(either: House, name: str) -> None:
    made = staged(either, name)
    assert (made.state, there(either)) == ("staged", (0, 0))
    confirm(either, made.id)
    assert (now(either, made.id).state, there(either)) == ("applied", ROSTERS[name])


def test_done_again_it_changes_nothing_and_says_nothing(either: House) -> None:
    confirm(either, staged(either, SMALL).id)
    said = len(either.said())
    again = staged(either, SMALL)
    assert {kind for kind in again.counts if kind.endswith((".added", ".changed", ".gone"))} == set()
    confirm(either, again.id)
    assert len(either.said()) == said


def test_what_was_killed_between_two_chunks_goes_on(either: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(applying, "CHUNK", {"sqlite": 200, "postgresql": 200})
    made = staged(either, SMALL)
    confirm(either, made.id, steps=2)
    assert 0 < there(either)[1] < ROSTERS[SMALL][1]
    work(either)
    assert (now(either, made.id).state, there(either)) == ("applied", ROSTERS[SMALL])


def test_an_import_is_undone_but_for_what_was_changed_since(either: House) -> None:
    made = staged(either, SMALL)
    confirm(either, made.id)

    def somebody_leaves(tx: Transaction) -> UUID:
        person = tx.db.scalars(sa.select(Person).order_by(Person.id).limit(1)).one()
        tx.emit(person.leave(at=tx.now))
        return person.id

    left = either.database.run(somebody_leaves, actor="account:x")
    undo(either, made.id)
    assert (now(either, made.id).state, there(either)) == ("undone", (0, 0))
    with either.database.reading() as db:
        skipped = db.scalars(sa.select(ImportRow.target_id).where(ImportRow.skipped)).all()
    assert skipped == [left]

    again = staged(either, SMALL)
    confirm(either, again.id)
    assert there(either) == ROSTERS[SMALL]


def test_what_somebody_changed_since_the_preview_is_left_alone(either: House) -> None:
    confirm(either, staged(either, SMALL).id)

    def rename(tx: Transaction) -> None:
        for school in tx.db.scalars(sa.select(School)):
            school.contact = "某某"
            school.advance()

    either.database.run(rename, actor="account:x")
    made = staged(either, SMALL)
    assert made.counts["schools.changed"] == ROSTERS[SMALL][0]
    either.database.run(rename, actor="account:x")
    confirm(either, made.id)
    with either.database.reading() as db:
        assert set(db.scalars(sa.select(School.contact))) == {"某某"}
        assert db.scalar(sa.select(sa.func.count()).where(ImportRow.skipped)) == ROSTERS[SMALL][0]


def test_a_sheet_of_another_region_is_refused(either: House) -> None:
    made = staged(either, "zhaotong", HAIXI)
    with either.database.reading() as db:
        error = job(db, made.job_id).error if made.job_id else None
    assert error is not None
    assert "outside your scope" in error.en
    assert staged(either, "haixi", HAIXI).state == "staged"


def test_nobody_confirms_beyond_their_scope_or_twice(either: House) -> None:
    made = staged(either, "haixi")

    def foreign(tx: Transaction) -> None:
        commands.confirm(tx, import_id=made.id, scopes=["region:632801", "region:630104"])

    with pytest.raises(Forbidden):
        either.database.run(foreign, actor="account:x")
    confirm(either, made.id)
    with pytest.raises(Refusal):
        confirm(either, made.id)


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"name,code\n", bytes.fromhex("D0CF11E0A1B11AE1")])
def test_what_is_no_workbook_is_refused_at_once(either: House, data: bytes) -> None:
    with pytest.raises(Invalid):
        either.database.run(
            lambda tx: commands.stage(tx, data=data, filename="x.xlsx", scopes=["all"]), actor="account:x"
        )
