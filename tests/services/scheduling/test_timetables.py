"""The sheets of a programme: what is exported is read again alike, and paper has what offices look for."""

import io
from datetime import date
from uuid import UUID

import pytest
from openpyxl import load_workbook

from services.scheduling.agendas.commands import confirm, stage
from services.scheduling.agendas.policies.reading import read_workbook
from shared.db import Transaction
from tests.services.scheduling.agenda_sheets import HAIXI, PEOPLE, workbook
from tests.services.scheduling.world import World

COORDINATOR = "coordinator@region:632800"


@pytest.fixture
def programme(world: World) -> UUID:
    """Haixi's class, as a draft."""
    data, filename = workbook(HAIXI, seed=0)
    scopes = ["region:632800"]

    def made(tx: Transaction) -> UUID | None:
        id_ = stage(tx, data=data, filename=filename, host_region="", scopes=scopes).id
        return confirm(tx, import_id=id_, seen=None, scopes=scopes).programme_id

    found = world.runtime.database.run(made, actor="account:1")
    assert isinstance(found, UUID)
    return found


@pytest.mark.parametrize("language", ["zh", "en"])
def test_an_exported_agenda_is_read_again_as_it_was(world: World, programme: UUID, language: str) -> None:
    answer = world.client(COORDINATOR, language=language).get(
        f"/scheduling/programmes/{programme}/agenda.xlsx"
    )

    assert answer.headers["Content-Disposition"].isascii()  # others do not pass a server
    found = read_workbook(answer.data, filename="x.xlsx")

    assert [problem.told().zh for problem in found.problems] == []
    assert [
        (entry.days and entry.days[0], entry.title, tuple(speaker.name for speaker in entry.speakers))
        for entry in found.agenda.entries
    ] == [(line.day, line.title, line.who) for line in HAIXI]
    assert [entry.kind for entry in found.agenda.entries][:4] == [
        "ceremony",
        "lecture",
        "lecture",
        "group_discussion",
    ]


def test_the_sign_in_sheet_of_a_day_has_everybody_and_a_column_for_each_session(
    world: World, programme: UUID
) -> None:
    answer = world.client(COORDINATOR).get(f"/scheduling/programmes/{programme}/sign-in.xlsx?on=2025-06-10")

    sheet = load_workbook(io.BytesIO(answer.data)).worksheets[0]
    title, head, *rows = [
        [cell for cell in row if cell is not None] for row in sheet.iter_rows(values_only=True)
    ]

    assert str(title[0]).endswith("签到表 2025年6月10日（星期二）")
    assert head == [
        "序号",
        "姓名",
        "单位",
        "职务",
        "上午 8:30—12:00 集团治理与管理策略",
        "下午 14:30—17:30 优质教育资源的共享与辐射",
    ]
    assert rows == [[number, *(p[0], p[2], p[3])] for number, p in enumerate(PEOPLE, start=1)]


def test_paper_has_the_days_the_people_and_no_phone(world: World, programme: UUID) -> None:
    client = world.client(COORDINATOR)

    agenda = client.get(f"/scheduling/programmes/{programme}/agenda").text
    day = client.get(f"/scheduling/programmes/{programme}/sign-in?on={date(2025, 6, 9)}").text
    every = client.get(f"/scheduling/programmes/{programme}/sign-in").text

    assert "2025年6月9日（星期一）" in agenda
    assert "还有 13 场活动没有发布" in agenda
    assert [day.count('class="page"'), every.count('class="page"')] == [1, 8]
    assert all(person[0] in day for person in PEOPLE)
    assert PEOPLE[1][4] not in day


def test_sheets_of_another_region_are_not_there(world: World, programme: UUID) -> None:
    client = world.client("coordinator@region:520502")

    for sheet in ("agenda", "agenda.xlsx", "sign-in", "sign-in.xlsx"):
        assert client.get(f"/scheduling/programmes/{programme}/{sheet}").status_code == 404
