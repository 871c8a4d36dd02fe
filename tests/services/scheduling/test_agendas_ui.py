"""Pages and JSON of staged agendas: from the upload to the programme, with nothing lost on the way."""

import io
import re

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.services.scheduling.agenda_sheets import HAIXI, workbook
from tests.services.scheduling.test_agendas_commands import NAMESAKE, SMALL, know
from tests.services.scheduling.world import World
from tests.sheets.books import book

COORDINATOR = "coordinator@region:632800"
AGENDAS = "/scheduling/agendas"


def send(client: FlaskClient, data: bytes, filename: str = "日程.xlsx", path: str = AGENDAS) -> TestResponse:
    return client.post(path, data={"workbook": (io.BytesIO(data), filename)})


@pytest.fixture
def client(world: World) -> FlaskClient:
    know(world)
    return world.client(COORDINATOR)


def test_from_the_upload_to_the_programme_and_back(client: FlaskClient) -> None:
    at = send(client, book(SMALL)).location
    page = client.get(at).text
    assert "确认后建立：1 个项目草稿、2 项活动、3 名学员" in page
    assert "没有 25:00 这个时间。" in page
    assert 'name="cell:B4" value="25:00-26:00"' in page
    assert "等你选的 1 人" in page
    assert "6月10日 周二" in page

    answer = client.post(
        f"{at}/corrections", data={"sheet": "日程", "cell:B4": "14:30-17:30", "back": "row-2"}
    )
    assert (answer.status_code, answer.location) == (303, f"{at}#row-2")
    client.post(f"{at}/people", data={"who:学员名单!3": str(NAMESAKE)})
    page = client.get(at).text
    assert "3 项活动、3 名学员" in page
    assert "表中原来是 25:00-26:00" in client.get(at, query_string={"row": "日程!4"}).text

    seen = re.search(r'name="seen" value="(\d+)"', page)
    assert seen is not None
    form = {"seen": seen[1], "title": "研修班", "kind": "principals_class", "year": ""}
    assert client.post(f"{at}/confirmation", data=form).status_code == 303
    page = client.get(at).text
    assert "已建立项目草稿：3 项活动、3 名学员" in page
    programme = re.search(r'href="(/scheduling/programmes/[^"]+)"[^>]*>打开项目', page)
    assert programme is not None
    assert "研修班" in client.get(programme[1]).text

    assert client.post(f"{at}/undoing").status_code == 303
    assert "确认后建立" in client.get(at).text
    assert client.get(programme[1]).status_code == 404


def test_a_page_that_is_out_of_date_confirms_nothing(client: FlaskClient) -> None:
    at = send(client, book(SMALL)).location
    client.post(f"{at}/rows", data={"row": "日程!3", "out": "yes"})

    answer = client.post(f"{at}/confirmation", data={"seen": "1", "kind": "series"})

    assert answer.status_code == 412
    assert "别人改过这份日程" in answer.text
    assert "确认后建立" in answer.text


def test_an_upload_that_holds_no_agenda_is_refused_where_it_was_chosen(client: FlaskClient) -> None:
    for data, filename, sentence in (
        (b"nothing", "日程.xlsx", "不是电子表格"),
        (book({"库存": [["货物", "数量"], ["粉笔", 3]]}), "库存.xlsx", "没有认出日程或学员名单"),
    ):
        answer = send(client, data, filename)
        assert answer.status_code == 422
        assert sentence in answer.text
    assert client.post(AGENDAS).status_code == 422


def test_likely_offers_are_taken_at_one_word_and_any_choice_can_be_made_again(
    client: FlaskClient,
) -> None:
    at = send(client, book(SMALL)).location
    client.post(f"{at}/people", data={"all": "likely"})
    assert "等你选" not in client.get(at).text

    client.post(f"{at}/people", data={"who:学员名单!3": "again"})
    assert "等你选的 1 人" in client.get(at).text


def test_an_agenda_as_json_says_what_is_wrong_with_which_cell(client: FlaskClient) -> None:
    answer = send(client, book(SMALL), path="/scheduling/api/v1/agendas")
    assert answer.status_code == 201
    assert answer.json is not None
    assert answer.json["problems"] == [
        {
            "sheet": "日程",
            "row": 4,
            "column": "B",
            "severity": "error",
            "sentence": {"zh": "没有 25:00 这个时间。", "en": "There is no such time as 25:00."},
        }
    ]
    at = answer.location

    right = client.post(f"{at}/corrections", json={"sheet": "日程", "cells": {"B4": "14:30-17:30"}})
    assert right.json is not None
    assert (right.json["problems"], [entry["taken"] for entry in right.json["entries"]]) == ([], [True] * 3)
    made = client.post(f"{at}/confirmation")
    assert made.json is not None
    assert made.json["state"] == "confirmed"
    assert made.json["programme_id"] is not None
    assert client.post(f"{at}/confirmation").status_code == 409


def test_a_page_is_read_in_english_and_by_auditors_who_change_nothing(world: World) -> None:
    data, filename = workbook(HAIXI, seed=1)
    at = send(world.client(COORDINATOR), data, filename).location

    english = world.client(COORDINATOR, language="en").get(at).text
    auditor = world.client("auditor@all")

    assert "Confirming drafts one programme: sessions 13, people 24" in english
    assert auditor.get(at).status_code == 200
    assert "确认，建立项目" not in auditor.get(at).text
    assert world.client("coordinator@region:520502").get(at).status_code == 404


def test_days_off_are_pointed_out_before_anything_is_drafted(client: FlaskClient) -> None:
    before = client.get(send(client, book(SMALL)).location).text
    client.post("/scheduling/holidays", data={"day": "2025-06-11", "kind": "holiday", "name": "高考放假"})

    after = client.get(send(client, book(SMALL)).location).text

    assert "休息日" not in before
    assert "6月11日（高考放假）" in after
