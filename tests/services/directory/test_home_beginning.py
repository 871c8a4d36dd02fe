"""The home page of an office that has just begun."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from services.directory.accounts.commands import ADMINISTRATOR, administrator
from services.directory.app import service
from services.directory.schools.commands import enter_school
from services.directory.schools.model import School
from shared.auth import Grant, Principal
from shared.auth.tokens import Signer
from shared.db import Transaction
from shared.ids import uuid7
from tests.builders import House, house

COORDINATOR = "coordinator@region:632800"


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[House]:
    """directory as an office gets it, with its first administrator."""
    with house(service, tmp_path) as made:
        made.database.run(administrator, actor="service:test")
        yield made


def test_an_empty_system_leads_through_three_steps_that_tick_themselves_off(empty: House) -> None:
    client = empty.app().test_client()
    client.set_cookie("language", "zh")
    who = Principal(account=ADMINISTRATOR, grants=(Grant.parse("administrator@all"),))
    client.set_cookie("tongxing", Signer(empty.key).sign(who, session=uuid7(), now=empty.clock()))

    def steps() -> tuple[str, str]:
        """How many are done, and where the one leads that comes next."""
        page = client.get("/").text.split('id="begins"')[1].split("</section>")[0]
        return (
            page.split(" 已完成")[0][-5:],
            page.split('class="button button--primary" href="')[1].split('"')[0],
        )

    assert steps() == ("0 / 3", "/directory/regions/new")
    assert "还有 3 步，就可以开始使用" in client.get("/").text
    assert "都办完了" not in client.get("/").text
    found = client.get("/directory/regions/new?q=海西").text
    assert "连同" in found
    assert client.post("/directory/regions", data={"code": "632800", "below": "yes"}).status_code == 303
    assert "格尔木市" in client.get("/directory/regions").text

    assert steps() == ("1 / 3", "/directory/imports")
    empty.database.run(partial(_school, code="3632801001"), actor="service:test")
    assert steps() == ("2 / 3", "/directory/accounts/new")

    invited = {"name": "雷亮", "role": "coordinator", "scope": "region:632800", "region": "632800"}
    assert client.post("/directory/accounts", data=invited).status_code == 200
    done = client.get("/").text
    assert "begins" not in done
    assert "都办完了" in done


def test_the_first_steps_are_the_administrators_alone(empty: House) -> None:
    assert "开始使用" in empty.client("administrator@all").get("/").text
    assert "开始使用" not in empty.client(COORDINATOR).get("/").text


def _school(tx: Transaction, *, code: str) -> None:
    made = School.enter(
        id_=uuid7(),
        code=code,
        name="第一中学",
        stage="junior",
        region_code="632801",
        region_name="格尔木市",
    )
    enter_school(tx, made)
