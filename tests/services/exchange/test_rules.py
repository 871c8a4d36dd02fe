"""Dated rules of regions: which version holds where and when, who decides, and that a placement is refused by the region's own."""

from datetime import date
from typing import Any

import pytest
from werkzeug.test import TestResponse

from services.exchange.rules.model import InForce, RegionRules, Rulebook
from services.exchange.rules.policies import changes
from services.exchange.rules.schemas import decision_in, merged, typed_of
from shared.errors import Invalid, Stale
from tests.builders import House
from tests.services.exchange.office import HOME, LIU, OURS, THEIRS, plan, proposed
from tests.services.exchange.rota import decided

PAGE = "/exchange/rules/632800"
API = "/exchange/api/v1/rules/632800"


def version(region: str, number: int, since: date, years: int) -> InForce:
    return InForce(rules=RegionRules(years=years), region_code=region, number=number, valid_from=since)


def now(answer: TestResponse) -> dict[str, Any]:
    found: dict[str, Any] = answer.get_json()
    return found


BOOK = Rulebook(
    (
        version("632800", 1, date(2024, 9, 1), 5),
        version("632800", 2, date(2026, 9, 1), 4),
        version("632801", 1, date(2025, 9, 1), 3),
        version("632800", 3, date(2026, 9, 1), 8),  # corrects the second before it holds
    )
)


@pytest.mark.parametrize(
    ("region", "day", "years"),
    [
        ("632801", date(2024, 8, 31), 6),  # nobody had decided: the default
        ("632801", date(2025, 8, 31), 5),
        ("632801", date(2025, 9, 1), 3),
        ("632801", date(2027, 1, 1), 3),  # its own goes before the prefecture's, however old
        ("632802", date(2026, 8, 31), 5),
        ("632802", date(2026, 9, 1), 8),
        ("520502", date(2026, 9, 1), 6),
    ],
)
def test_a_region_has_its_own_rules_then_those_above_it(region: str, day: date, years: int) -> None:
    assert BOOK.on(region, day).rules.years == years


def test_a_placement_is_refused_by_the_regions_rule_of_its_first_day_with_its_source(
    either_office: House,
) -> None:
    office = either_office
    decided(
        office, region="632800", since=date(2026, 1, 1), years=3, rotation_source="海西州实施办法（2026年）"
    )
    moving: dict[str, Any] = {"person_id": LIU, "kind": "rotation", "ends_on": date(2028, 7, 15)}

    with pytest.raises(Invalid, match="2 years by 2025-09; 6 are wanted") as then:
        proposed(office, plan(starts_on=date(2025, 9, 1), **moving))
    assert "教师〔2014〕4号" in then.value.sentence.zh
    with pytest.raises(Invalid) as now:
        proposed(office, plan(starts_on=date(2026, 2, 1), **moving))
    assert "不满 3 年" in now.value.sentence.zh
    assert (
        "海西州实施办法（2026年）（海西蒙古族藏族自治州规定第 1 版（2026-01-01 起））"
        in now.value.sentence.zh
    )
    proposed(office, plan(starts_on=date(2026, 8, 15), **moving))  # three years at the school by then


def test_versions_never_change_and_a_stale_page_is_told(office: House) -> None:
    assert decided(office, region="632800", years=5) == 1
    with pytest.raises(Invalid, match="holds from that day on already"):
        decided(office, region="632800", years=5)
    assert decided(office, region="632800", years=4) == 2

    answer = office.client(OURS).post(
        f"{API}/versions", json={"valid_from": "2026-09-01", "why": "试行", "seen": 1, "rules": {"years": 3}}
    )
    assert answer.status_code == Stale.status
    page = office.client(HOME).get(PAGE).text
    assert ("第 2 版" in page, "州教育局文件" in page, "制定新的一版" in page) == (True, True, False)
    assert "<del>5</del> → <ins>4</ins>" in page


def test_json_changes_what_it_names_and_leaves_the_rest(office: House) -> None:
    decided(office, region="632800", since=date(2025, 1, 1), years=4, senders=("urban", "town"))

    made = office.client(OURS).post(
        f"{API}/versions",
        json={"valid_from": "2025-06-01", "why": "城区学校先行", "rules": {"senders": ["urban"]}},
    )

    assert (made.status_code, now(made)["number"], made.headers["ETag"]) == (201, 2, '"2"')
    assert (now(made)["rules"]["senders"], now(made)["rules"]["years"]) == (["urban"], 4)
    assert [each["number"] for each in now(made)["versions"]] == [2, 1]


@pytest.mark.parametrize(
    ("rules", "field"),
    [
        ({"exchanged_share": 101}, "exchanged_share"),
        ({"kinds": []}, "kinds"),
        ({"kinds": ["holiday"]}, "kinds"),
        ({"snapshot": "02-29"}, "snapshot"),
        ({"named": ["999"]}, "named"),
        ({"surprise": 1}, "rules.surprise"),
    ],
)
def test_what_cannot_be_is_refused_by_its_field(office: House, rules: dict[str, Any], field: str) -> None:
    answer = office.client(OURS).post(
        f"{API}/versions", json={"valid_from": "2026-09-01", "why": "试行", "rules": rules}
    )

    assert answer.status_code == 422
    assert field.rpartition(".")[2] in answer.text


def test_another_regions_rules_are_read_and_not_changed(office: House) -> None:
    client = office.client(THEIRS)

    assert client.get(PAGE).status_code == 200
    assert client.get(f"{PAGE}/revision").status_code == 403
    assert (
        client.post(f"{API}/versions", json={"valid_from": "2026-09-01", "why": "x", "rules": {}}).status_code
        == 403
    )
    assert client.get("/exchange/rules/999999").status_code == 404


def test_the_form_says_what_holds_and_comes_back_with_what_was_typed(office: House) -> None:
    client = office.client(OURS)
    typed = typed_of(RegionRules()).to_dict(flat=False) | {
        "valid_from": ["2026-09-01"],
        "why": ["州局文件"],
        "seen": ["0"],
    }
    assert client.get(f"{PAGE}/revision").status_code == 200

    wrong = client.post(
        f"{PAGE}/revision", data={**typed, "exchanged_share": ["很多"], "why": ["写了很久的理由"]}
    )
    assert (wrong.status_code, "写了很久的理由" in wrong.text, 'value="很多"' in wrong.text) == (
        422,
        True,
        True,
    )
    made = client.post(
        f"{PAGE}/revision", data={**typed, "years": [""], "cv_junior": ["0.4"], "named": ["3632801001"]}
    )
    assert made.status_code == 303
    held = now(client.get(API))
    assert held["newest"] == 1
    [version_] = held["versions"]
    assert {key: version_["rules"][key] for key in ("years", "cv_junior", "named")} == {
        "years": None,
        "cv_junior": 40,
        "named": ["3632801001"],
    }
    stale = client.post(f"{PAGE}/revision", data=typed)
    assert stale.status_code == 412


def test_a_form_that_is_sent_as_it_came_changes_nothing() -> None:
    rules = RegionRules(years=None, named=("1", "2"), least_junior=(535, 101, 90), senders=())

    typed = typed_of(rules)
    typed["valid_from"], typed["why"] = "2026-09-01", "x"

    assert changes(rules, merged(RegionRules(), decision_in(typed)["rules"])) == []
