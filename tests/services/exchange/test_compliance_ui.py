"""Pages of compliance: the answer for each county, every number opens to its people, and nobody sees another's."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.builders import House, counted
from tests.services.exchange.office import HOME, OURS, THEIRS
from tests.services.exchange.rota import COUNTY, a_school, a_teacher, opened, placed

AFTER = datetime(2026, 9, 20, tzinfo=UTC)
PAGE = "/exchange/compliance"


@pytest.fixture
def haixi(office: House) -> House:
    """One county that misses the rule by a person, one to which it does not apply."""
    office.clock.now = datetime(2025, 11, 3, tzinfo=UTC)
    office.hear(a_school("S1", pupils=400), a_school("host", region="632822", setting="rural", pupils=90))
    office.hear(
        *(a_teacher(f"甲{n}", "S1", backbone="county" if n < 4 else "none", degree="硕士") for n in range(20))
    )
    opened(office)
    placed(office, "甲0", from_="S1")
    placed(office, "甲1", from_="S1", state="agreed")
    return office


def test_each_county_has_its_answer_and_every_number_opens_to_its_people(haixi: House) -> None:
    client = haixi.client(OURS)

    page = client.get(f"{PAGE}?region=632800&year=2025").text
    assert "0 个县市达标，1 个未达标，3 个不适用" in page
    assert "5.0%" in page
    assert "还差 1 人" in page
    assert "到岗后达标" in page
    for what, names in (("exchanged", {"甲0"}), ("planned", {"甲1"}), ("backbone", {"甲0"})):
        link = f"{PAGE}/{COUNTY}/people?year=2025&amp;what={what}"
        assert link in page
        people = client.get(link.replace("&amp;", "&")).text
        assert {f"甲{n}" for n in range(20) if f"甲{n}</a>" in people or f"甲{n}\n" in people} == names

    county = client.get(f"{PAGE}/{COUNTY}?year=2025").text
    assert "里选" not in county  # enough are agreed to
    assert "国家文件的默认值" in county


def test_the_people_are_filtered_and_leave_as_a_workbook(haixi: House) -> None:
    client = haixi.client(OURS)

    staying = client.get(f"{PAGE}/{COUNTY}/people?what=staying&q=甲1&year=2025").text
    exported = client.get(f"{PAGE}/{COUNTY}/people/export.xlsx?what=staying&year=2025")
    all_of_it = client.get(f"{PAGE}/export.xlsx?year=2025")

    assert "10 人" in staying  # 甲10 to 甲19: 甲1 herself is to go
    assert (exported.status_code, "sheet" in str(exported.mimetype)) == (200, True)
    assert all_of_it.status_code == 200


@pytest.mark.parametrize(
    ("grant", "path", "status"),
    [
        (HOME, PAGE, 403),
        (THEIRS, f"{PAGE}/{COUNTY}", 404),
        (THEIRS, f"{PAGE}/{COUNTY}/people", 404),
        (THEIRS, f"{PAGE}?region=632800", 404),
        (OURS, f"{PAGE}/{COUNTY}?year=2009", 404),
        (OURS, f"{PAGE}?year=soon", 422),
        ("auditor@all", f"{PAGE}/{COUNTY}/balance?year=2025", 200),
    ],
)
def test_whose_a_county_is(haixi: House, grant: str, path: str, status: int) -> None:
    assert haixi.client(grant).get(path).status_code == status


def test_a_year_is_closed_once_it_is_over_and_says_so(haixi: House) -> None:
    client = haixi.client(OURS)
    early = client.post(f"{PAGE}/{COUNTY}/closing", data={"year": "2025"})
    assert (early.status_code, "2026-08-31 结束" in early.text) == (409, True)

    haixi.clock.now = AFTER
    client = haixi.client(OURS)
    assert "封存这个学年" in client.get(f"{PAGE}/{COUNTY}?year=2025").text
    assert client.post(f"{PAGE}/{COUNTY}/closing", data={"year": "2025"}).status_code == 303

    page = client.get(f"{PAGE}/{COUNTY}?year=2025").text
    assert "名单和数字不再变动" in page
    assert "封存这个学年" not in page
    assert client.get(f"{PAGE}/{COUNTY}/balance?year=2025").status_code == 200

    county = haixi.client(f"coordinator@region:{COUNTY}")
    assert "重新打开这个学年" not in county.get(f"{PAGE}/{COUNTY}?year=2025").text
    again = {"year": "2025", "reason": "省里核查后更正"}
    assert county.post(f"{PAGE}/{COUNTY}/reopening", data=again).status_code == 403
    long = client.post(f"{PAGE}/{COUNTY}/reopening", data={**again, "reason": "更" * 501})
    assert (long.status_code, "更" * 501 in long.text, "最多 500 个字" in long.text) == (422, True, True)
    assert client.post(f"{PAGE}/{COUNTY}/reopening", data=again).status_code == 303
    page = client.get(f"{PAGE}/{COUNTY}?year=2025").text
    assert "省里核查后更正" in page
    assert "封存这个学年" in page
    twice = client.post(f"/exchange/api/v1/compliance/{COUNTY}/reopening", json={**again, "year": 2025})
    assert twice.status_code == 409


def test_more_counties_are_no_more_queries(haixi: House) -> None:
    client = haixi.client(OURS)
    client.get(PAGE)  # what a worker keeps is read once
    with counted(haixi.database) as before:
        client.get(f"{PAGE}?year=2025")
    haixi.hear(*(a_school(f"T{n}", region=f"63282{n}") for n in (1, 3, 4, 5)))
    with counted(haixi.database) as after:
        assert client.get(f"{PAGE}?year=2025").status_code == 200

    assert len(after) == len(before)


def test_who_teaches_pe_beside_something_else_is_none_of_the_full_time_ones(haixi: House) -> None:
    haixi.hear(
        a_teacher("体1", "S1", subject="体育"),
        a_teacher("体2", "S1", subject="体育", post="兼职教师"),
        a_teacher("体3", "S1", subject="数学（兼美术）"),
    )
    client = haixi.client(OURS)

    found: dict[str, Any] = client.get(f"/exchange/api/v1/compliance/{COUNTY}/balance?year=2025").get_json()

    assert found["schools"][0]["have"][2] == 1
    assert "指标 3 只计专任" in client.get(f"{PAGE}/{COUNTY}/balance?year=2025").text
