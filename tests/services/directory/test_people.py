"""People: listed within a reader's scopes, found by sound, and what happens to them between two rosters."""

from functools import partial
from uuid import UUID

import pytest

from services.directory.demonstration import demonstrate
from services.directory.people.commands import come_back, leave, merge, move
from services.directory.people.model import Person
from services.directory.people.queries import people_listed
from shared.contracts.directory import PersonChanged
from shared.db import Transaction
from shared.errors import NotFound, Refusal
from shared.ids import named
from tests.builders import GOLMUD, PARTNER, House, counted

HAIXI = frozenset({"region:632800"})
FIRST = named("person", "3632801001/0")


@pytest.fixture
def register(either: House) -> House:
    either.database.run(demonstrate, actor="service:directory")
    return either


def names(register: House, *scopes: str, **wanted: object) -> list[str]:
    with register.database.reading() as db:
        return [row.name for row in people_listed(db, scopes, **wanted).rows]  # type: ignore[arg-type]


def said_of(register: House, person_id: UUID) -> PersonChanged:
    return [e for e in register.said() if isinstance(e, PersonChanged) and e.person_id == person_id][-1]


def test_each_sees_who_works_in_their_scopes(register: House) -> None:
    with register.database.reading() as db:
        totals = [
            people_listed(db, scopes).total
            for scopes in ([], ["all"], ["region:632800"], [f"school:{GOLMUD}"], ["school:x"])
        ]
    assert totals == [0, 22 * 8, 18 * 8, 8, 0]


@pytest.mark.parametrize("words", ["陈文静", "chenwenjing", "cwj", "CWJ", "陈 静", "chenwenjing\x00"])
def test_somebody_is_found_by_name_sound_or_initials(register: House, words: str) -> None:
    found = names(register, "all", words=words, limit=None)
    assert set(found) == {"陈文静"}


def test_wildcards_are_letters(register: House) -> None:
    assert names(register, "all", words="%") == []


@pytest.mark.parametrize("limit", [1, 3])
def test_a_list_takes_two_queries_however_long(register: House, limit: int) -> None:
    with counted(register.database) as sent:
        assert len(names(register, *HAIXI, limit=limit, region="632801", sort="since")) == limit
    assert len(sent) == 2


def test_who_leaves_is_listed_no_more_until_they_come_back(register: House) -> None:
    register.database.run(partial(leave, person_id=FIRST, scopes=HAIXI), actor="account:x")

    assert said_of(register, FIRST).left
    assert len(names(register, f"school:{GOLMUD}")) == 7
    with pytest.raises(Refusal, match="has left"):
        register.database.run(partial(leave, person_id=FIRST, scopes=HAIXI), actor="account:x")

    register.database.run(partial(come_back, person_id=FIRST, scopes=HAIXI), actor="account:x")
    assert not said_of(register, FIRST).left


def test_who_changes_school_is_told_with_the_new_one(register: House) -> None:
    there = named("school", "3632802009")
    go = partial(move, person_id=FIRST, since="2026-08", scopes=HAIXI)
    register.database.run(partial(go, school_id=there), actor="account:x")

    assert (said_of(register, FIRST).school_id, said_of(register, FIRST).since) == (there, "2026-08")
    with pytest.raises(Refusal, match="already"):
        register.database.run(partial(go, school_id=there), actor="account:x")
    with pytest.raises(NotFound):  # the other school is not this coordinator's
        register.database.run(partial(go, school_id=PARTNER), actor="account:x")


def test_nobody_outside_the_scopes_is_touched(register: House) -> None:
    with pytest.raises(NotFound):
        register.database.run(
            partial(leave, person_id=named("person", "3520502001/0"), scopes=HAIXI), actor="account:x"
        )


def test_two_records_of_one_person_become_one(register: House) -> None:
    twin = named("person", "twin")

    def enter(tx: Transaction) -> None:
        first = tx.load(Person, FIRST)
        tx.db.add(Person.enter(id_=twin, name=first.name, school_id=PARTNER, birth=first.birth))

    register.database.run(enter, actor="service:test")
    join = partial(merge, person_id=twin, into=FIRST, scopes={"all"})
    register.database.run(join, actor="account:x")

    assert said_of(register, twin).merged_into == FIRST
    with pytest.raises(Refusal, match="merged into another"):
        register.database.run(join, actor="account:x")


def test_records_that_contradict_each_other_are_not_merged(register: House) -> None:
    other = named("person", "3632801001/1")
    with pytest.raises(Refusal, match="differ in name"):
        register.database.run(partial(merge, person_id=other, into=FIRST, scopes=HAIXI), actor="account:x")
