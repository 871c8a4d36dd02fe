from collections.abc import Sequence
from functools import cache
from uuid import NAMESPACE_OID, uuid5

import pytest

from services.directory.rosters.model import PersonRow
from services.scheduling.agendas.policies.reading import read_workbook
from services.scheduling.matching.model import Asked, Known, Match, Unit
from services.scheduling.matching.policies import People, Units, match_all
from tests.sheets.books import DATA, roster


def unit(name: str, region: str = "632821") -> Unit:
    return Unit(uuid5(NAMESPACE_OID, name), name, region)


SECOND, TWELFTH, FIRST = unit("乌兰县第二小学"), unit("乌兰县第十二小学"), unit("格尔木市第一中学", "632801")
BUREAU = unit("海西蒙古族藏族自治州教育局", "632800")


def somebody(name: str, at: Unit, *, post: str = "教师", n: int = 0, left: bool = False) -> Known:
    return Known(uuid5(NAMESPACE_OID, f"{name}{at.name}{n}"), name, post, at, left)


def matched(asked: Asked, *people: Known) -> Match:
    (found,) = match_all([asked], People(Units([SECOND, TWELFTH, FIRST, BUREAU]), people))
    return found


@pytest.mark.parametrize("written", ["乌兰县第二小学", "乌兰县第 2 小学", "乌兰县 第二小学"])
def test_name_and_unit_as_written_are_found(written: str) -> None:
    wei = somebody("韦艳", SECOND)

    assert matched(Asked("韦 艳", written), wei).found == wei


def test_a_region_in_a_column_of_its_own_completes_the_unit() -> None:
    wei, gao = somebody("韦艳", SECOND), somebody("高东", FIRST)

    assert matched(Asked("韦艳", "第二小学", "乌兰县"), wei).found == wei
    assert matched(Asked("高东", "格尔木市第一中学", "格尔木市"), gao).found == gao
    near = matched(Asked("高东", "一中", "格尔木市"), gao)
    assert (near.found, [offer.person for offer in near.offers]) == (None, [gao])


@pytest.mark.parametrize(
    ("asked", "known", "reason"),
    [
        (Asked("韦艳", "乌兰县二小"), somebody("韦艳", SECOND), "“乌兰县二小”可能是“乌兰县第二小学”的简称"),
        (Asked("韦艳", "二小"), somebody("韦艳", SECOND), "“二小”可能是“乌兰县第二小学”的简称"),
        (Asked("罗成", "海西州教育局"), somebody("罗成", BUREAU), "“海西州教育局”可能是“海西蒙古族藏族自治州教育局”的简称"),
        (Asked("韦艳", "乌兰第二小学校"), somebody("韦艳", unit("乌兰县第二小学校")), "“乌兰第二小学校”可能是“乌兰县第二小学校”的简称"),
        (Asked("高晓东", "格尔木市第一中学"), somebody("高东", FIRST), "姓名只差一个字：名录中是“高东”"),
        (Asked("张晓丽", "格尔木市第一中学"), somebody("张小莉", FIRST), "读音相同：名录中是“张小莉”"),
        (Asked("韦艳", "乌兰县第二小学"), somebody("韦艳", TWELFTH), "同县同名，但在“乌兰县第十二小学”"),
        (Asked("韦艳", "乌兰县第二小学"), somebody("韦艳", SECOND, left=True), "姓名和单位都相同，但名录中已登记为离开"),
    ],
)  # fmt: skip
def test_who_may_be_meant_is_offered_with_the_reason_and_never_taken(
    asked: Asked, known: Known, reason: str
) -> None:
    people = People(Units([SECOND, TWELFTH, FIRST, BUREAU, unit("乌兰县第二小学校")]), [known])

    (found,) = match_all([asked], people)

    assert (found.found, [(offer.person, offer.reason.zh) for offer in found.offers]) == (
        None,
        [(known, reason)],
    )


@pytest.mark.parametrize(
    ("asked", "known"),
    [
        (Asked("韦艳", "乌兰县二小"), somebody("韦艳", TWELFTH)),  # another number is another school
        (Asked("李华", "格尔木市第一中学"), somebody("李莉", FIRST)),  # half of a short name
        (Asked("王红", "格尔木市第一中学"), somebody("张红", FIRST)),  # another family
        (Asked("韦艳", "格尔木市第一中学"), somebody("韦艳", SECOND)),  # another county
    ],
)
def test_who_is_too_far_away_is_not_even_offered(asked: Asked, known: Known) -> None:
    found = matched(asked, known)

    assert (found.found, [offer.reason.zh for offer in found.offers if "简称" in offer.reason.zh or "差" in offer.reason.zh]) == (None, [])  # fmt: skip


@pytest.mark.parametrize(
    ("asked", "known", "likely"),
    [
        (Asked("韦艳", "乌兰县二小", post="校长"), somebody("韦艳", SECOND), True),
        (Asked("高晓东", "格尔木市第一中学", post="校长"), somebody("高东", FIRST, post="校长"), True),
        (Asked("高晓东", "格尔木市第一中学", post="校长"), somebody("高东", FIRST), False),
        (Asked("高晓东", "格尔木市第一中学"), somebody("高东", FIRST, post=""), False),
        (Asked("韦艳", "乌兰县第二小学", post="校长"), somebody("韦艳", TWELFTH, post="校长"), False),
    ],
)
def test_an_offer_is_likely_by_the_unit_or_by_the_post(asked: Asked, known: Known, *, likely: bool) -> None:
    (offer,) = matched(asked, known).offers

    assert (offer.person, offer.likely) == (known, likely)


def test_two_of_one_name_at_a_school_are_both_offered() -> None:
    two = [somebody("李梅", FIRST, post="校长"), somebody("李梅", FIRST, n=1)]

    found = matched(Asked("李梅", "格尔木市第一中学"), *two)

    assert (found.found, [offer.person for offer in found.offers]) == (None, two)


def test_somebody_who_stands_twice_on_a_list_is_found_once() -> None:
    wei = somebody("韦艳", SECOND)

    first, second = match_all([Asked("韦艳", "乌兰县第二小学")] * 2, People(Units([SECOND]), [wei]))

    assert (first.found, second.found, [offer.person for offer in second.offers]) == (wei, None, [wei])


@cache
def demonstration() -> People:
    """Everybody of the three rosters that the demonstration is made of."""
    units: dict[object, Unit] = {}
    people: list[tuple[PersonRow, object]] = []
    for file in ("roster-haixi.xlsx", "roster-qixingguan.xlsx", "roster-zhaotong.xlsx"):
        found = roster(file)
        units |= {school.code: unit(school.name, school.region_code) for school in found.schools}
        units |= {(o.region_code, o.name): unit(o.name, o.region_code) for o in found.organisations}
        people += [(person, person.school_code or person.organisation) for person in found.people]
    known = [somebody(p.name, units[at], post=p.post, n=n) for n, (p, at) in enumerate(people)]
    return People(Units(units.values()), known)


def offered(matches: Sequence[Match], asked: Sequence[Asked]) -> list[tuple[str, str]]:
    return [
        (one.name, match.offers[0].person.name)
        for one, match in zip(asked, matches, strict=True)
        if match.offers and match.offers[0].person.post == "校长"
    ]


@pytest.mark.parametrize(
    ("file", "people", "found", "principals_offered", "others_offered"),
    [
        (
            "agenda-haixi-2025.xlsx",
            40,
            22,
            [("詹晓鑫", "詹鑫"), ("高晓东", "高东"), ("韦艳", "韦艳"), ("高旭", "高旭")],
            0,
        ),
        (
            "agenda-zhenxiong-2024.xlsx",
            66,
            26,
            [("陈晓丽娟", "陈丽娟"), ("张晓凤英", "张凤英"), ("黄晓红", "黄红")],
            5,
        ),
    ],
)
def test_the_offices_lists_beside_the_demonstrations_rosters(
    file: str, people: int, found: int, principals_offered: list[tuple[str, str]], others_offered: int
) -> None:
    known = demonstration()
    trainees = read_workbook((DATA / file).read_bytes(), filename=file).roster.trainees
    asked = [Asked(trainee.name, trainee.unit) for trainee in trainees]

    matches = match_all(asked, known)

    assert (len(matches), sum(match.found is not None for match in matches)) == (people, found)
    assert offered(matches, asked) == principals_offered
    assert sum(bool(match.offers) for match in matches) == len(principals_offered) + others_offered
