"""Accounts and the register: whom they are of is chosen there, and what becomes of people is followed."""

from uuid import UUID

import pytest
import sqlalchemy as sa

from services.directory.accounts.commands import follow_people
from services.directory.accounts.model import Account
from services.directory.people.model import Person
from shared.db import Transaction
from shared.db.audit import audit_entries
from shared.ids import uuid7
from tests.builders import DELINGHA, GOLMUD, PARTNER, House

HAIXI = "coordinator@region:632800"


@pytest.fixture
def somebody(directory: House) -> UUID:
    """Somebody who works at the school in Golmud."""
    return entered(directory, "卓玛措", GOLMUD)


def entered(house: House, name: str, school: UUID) -> UUID:
    def work(tx: Transaction) -> UUID:
        person = Person.enter(id_=uuid7(), name=name, school_id=school)
        tx.db.add(person)
        tx.emit(person.state())
        return person.id

    return house.database.run(work, actor="service:directory")


def account_of(house: House, person: UUID) -> Account:
    with house.database.reading() as db:
        return db.scalars(sa.select(Account).where(Account.person_id == person)).one()


def invited(house: House, person: UUID, **typed: str) -> Account:
    asked = {"person": str(person), "role": "liaison", "name": ""} | typed
    assert house.client(HAIXI).post("/directory/accounts", data=asked).status_code == 200
    return account_of(house, person)


def followed(house: House) -> None:
    house.database.run(follow_people, actor="service:directory")


def test_somebody_is_found_by_pinyin_chosen_and_invited_for_their_own_school(
    directory: House, somebody: UUID
) -> None:
    client = directory.client(HAIXI)
    offers = client.get("/directory/accounts/people", query_string={"person_q": "zhuomac"}).text
    assert f'value="{somebody}"' in offers
    assert "格尔木市第一中学" in offers

    # Without scripts the button looks, and the form comes back with what was typed and what was found.
    typed = {"person_q": "卓玛措", "mail": "someone@example.org", "role": "liaison", "find": "person"}
    page = client.post("/directory/accounts", data=typed)
    assert page.status_code == 200
    assert f'value="{somebody}"' in page.text
    assert 'value="someone@example.org"' in page.text

    account = invited(directory, somebody)

    assert (account.name, account.grants) == ("卓玛措", [f"liaison@school:{GOLMUD}"])
    again = client.post("/directory/accounts", data={"person": str(somebody), "role": "liaison", "name": ""})
    assert again.status_code == 422
    assert "已经有账号" in again.text


def test_nobody_of_another_region_is_offered_or_chosen(directory: House) -> None:
    stranger = entered(directory, "卓玛措", PARTNER)
    client = directory.client(HAIXI)

    offers = client.get("/directory/accounts/people", query_string={"person_q": "卓玛措"}).text
    schools = client.get("/directory/accounts/schools", query_string={"school_q": "qixingguan"}).text
    answer = client.post(
        "/directory/accounts", data={"person": str(stranger), "role": "liaison", "name": "x"}
    )

    assert str(stranger) not in offers
    assert str(PARTNER) not in schools
    assert answer.status_code == 404


def test_who_leaves_is_let_in_no_more_until_they_are_back(directory: House, somebody: UUID) -> None:
    account, client = invited(directory, somebody), directory.client(HAIXI)
    followed(directory)
    assert account_of(directory, somebody).enabled

    client.post(f"/directory/people/{somebody}/leave")
    followed(directory)
    followed(directory)

    page = client.get(f"/directory/accounts/{account.id}").text
    assert "已停用：名录中本人已经离开" in page
    assert client.post(f"/directory/accounts/{account.id}/enabling").status_code == 409
    with directory.database.reading() as db:
        reasons = db.scalars(
            sa.select(audit_entries.c.what).where(audit_entries.c.subject == str(account.id))
        ).all()
    assert reasons.count("account.holder_left") == 1

    client.post(f"/directory/people/{somebody}/return")
    assert client.post(f"/directory/accounts/{account.id}/enabling").status_code == 303
    assert account_of(directory, somebody).grants == [f"liaison@school:{GOLMUD}"]


def test_who_leaves_a_school_and_has_another_role_keeps_that_one(directory: House, somebody: UUID) -> None:
    account, client = invited(directory, somebody), directory.client(HAIXI)
    client.post(
        f"/directory/accounts/{account.id}/grants", data={"role": "coordinator", "scope": "region:632801"}
    )

    client.post(f"/directory/people/{somebody}/leave")
    followed(directory)

    kept = account_of(directory, somebody)
    assert (kept.enabled, kept.grants) == (True, ["coordinator@region:632801"])
    assert "已经离开" in client.get(f"/directory/accounts/{account.id}").text


def test_who_changes_school_keeps_the_old_role_until_a_coordinator_confirms(
    directory: House, somebody: UUID
) -> None:
    account, client = invited(directory, somebody), directory.client(HAIXI)

    client.post(f"/directory/people/{somebody}/move", data={"school": str(DELINGHA), "since": "2025-08"})
    followed(directory)

    assert account_of(directory, somebody).grants == [f"liaison@school:{GOLMUD}"]
    assert "1 个账号的本人换了学校" in client.get("/directory/accounts").text
    page = client.get(f"/directory/accounts/{account.id}").text
    assert f'name="school" value="{DELINGHA}"' in page

    client.post(f"/directory/accounts/{account.id}/school", data={"school": str(DELINGHA)})

    assert account_of(directory, somebody).grants == [f"liaison@school:{DELINGHA}"]
    assert "换了学校" not in client.get("/directory/accounts").text


def test_of_two_records_that_are_one_person_the_accounts_are_listed_together(
    directory: House, somebody: UUID
) -> None:
    twin = entered(directory, "卓玛措", DELINGHA)
    first, second = invited(directory, somebody), invited(directory, twin, name="卓玛措老师")
    client = directory.client(HAIXI)

    client.post(f"/directory/people/{twin}/merge", data={"into": str(somebody)})
    followed(directory)

    with directory.database.reading() as db:
        held = {account.id: account.person_id for account in db.scalars(sa.select(Account))}
    assert (held[first.id], held[second.id]) == (somebody, somebody)
    assert f"/directory/accounts/{second.id}" in client.get(f"/directory/accounts/{first.id}").text


def test_an_account_that_was_nobodys_is_said_to_be_somebodys(directory: House, somebody: UUID) -> None:
    client = directory.client(HAIXI)
    client.post("/directory/accounts", data={"name": "联络员", "role": "liaison", "school": str(GOLMUD)})
    with directory.database.reading() as db:
        nobodys = db.scalars(sa.select(Account.id).where(Account.name == "联络员")).one()

    assert client.post(f"/directory/accounts/{nobodys}/person").status_code == 422
    answer = client.post(f"/directory/accounts/{nobodys}/person", data={"person": str(somebody)})

    assert answer.status_code == 303
    assert account_of(directory, somebody).id == nobodys
