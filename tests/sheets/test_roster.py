from collections.abc import Sequence

import pytest

from services.directory.rosters.model import Register, Roster
from services.directory.rosters.policies import read_roster
from shared.errors import Invalid
from tests.sheets.books import book, roster

REGIONS = (
    ("行政区划代码", "名称", "上级代码"),
    ("632800", "海西州", "630000"),
    ("632801", "格尔木市", "632800"),
    ("632821", "乌兰县", "632800"),
)
SCHOOL_HEAD = ("学校标识码", "学校名称", "所属区划", "学段", "在校生数", "其中:小学", "其中:初中")
SCHOOLS = (
    SCHOOL_HEAD,
    ("3632801001", "第一小学", "格尔木市", "小学", 100, 100, None),
    ("3632821001", "第一小学", "632821", "小学", 80, 80, None),
    ("3632821002", "乌兰县第二中学", "乌兰", "初中", 300, None, 300),
)
PEOPLE_HEAD = ("姓名", "身份证后四位", "任教学校")


def read(register: Register | None = None, **sheets: Sequence[Sequence[object]]) -> Roster:
    return read_roster(book(sheets), filename="花名册.xlsx", answers={}, register=register)


def told(found: Roster) -> list[tuple[str, str]]:
    return [(problem.severity, problem.told().zh) for problem in found.problems]


@pytest.mark.parametrize(
    ("file", "prefecture", "counts"),
    [
        ("roster-haixi.xlsx", "632800", (7, 36, 8, 5, 1641)),
        ("roster-qixingguan.xlsx", "520500", (2, 14, 3, 2, 663)),
        ("roster-zhaotong.xlsx", "530600", (3, 28, 4, 4, 1330)),
    ],
)
def test_the_rosters_of_three_offices_are_read_whole(
    file: str, prefecture: str, counts: tuple[int, ...]
) -> None:
    found = roster(file)
    assert told(found) == []
    assert found.unknown == ()
    assert tuple(found.counts.values()) == counts
    assert found.prefecture == prefecture
    # Nothing that the sheets say is lost on the way; the figures were counted in the sheets.
    assert all(school.pupils for school in found.schools)
    assert all(p.birth and p.since and len(p.id_last4) == 4 and p.subject and p.stage for p in found.people)
    assert all(len(group.member_codes) >= 5 for group in found.groups)


def test_pupils_of_haixi_that_stand_as_text_count_too() -> None:
    found = roster("roster-haixi.xlsx")
    assert found.schools[6].pupils == 281
    assert sum(1 for school in found.schools if not school.phone) == 8 - 1  # and the row of totals


def test_a_region_may_be_named_and_is_found_by_its_beginning() -> None:
    found = read(行政区划=REGIONS, 学校=SCHOOLS)
    assert told(found) == []
    assert [(s.region_code, s.region_name) for s in found.schools] == [
        ("632801", "格尔木市"), ("632821", "乌兰县"), ("632821", "乌兰县"),
    ]  # fmt: skip


def test_a_region_that_is_nowhere_is_pointed_at() -> None:
    found = read(行政区划=REGIONS, 学校=(SCHOOL_HEAD, ("3632801001", "第一小学", "玉树市", "小学")))
    assert told(found) == [("error", "学校 第 2 行 C 列：没有找到区划“玉树市”。")]
    assert found.schools == ()


def test_two_schools_of_one_code_stop_everything() -> None:
    found = read(行政区划=REGIONS, 学校=(*SCHOOLS, ("3632801001", "第九小学", "632801", "小学")))
    assert told(found) == [
        ("stop", "学校 第 5 行 A 列：学校标识码“3632801001”与“学校”第 2 行重复，这一行没有读取。")
    ]
    assert "row 2" in found.problems[0].sentence.en


def test_pupils_that_contradict_their_stages_are_pointed_at() -> None:
    found = read(
        行政区划=REGIONS,
        学校=(SCHOOL_HEAD, ("3632801001", "第一学校", "632801", "九年一贯制", 500, 300, 100)),
    )
    assert told(found) == [("warning", "学校 第 2 行 E 列：在校生数是 500，而小学与初中相加是 400。")]
    assert found.schools[0].pupils == 500


@pytest.mark.parametrize(
    ("written", "stage"),
    [
        ("完全中学", "complete_secondary"),
        ("完中", "complete_secondary"),
        ("十二年一贯制学校", "twelve_year"),
        ("12年一贯制", "twelve_year"),
        ("完小", "primary"),
        ("九年一贯制", "nine_year"),
    ],
)
def test_schools_of_several_stages_are_known(written: str, stage: str) -> None:
    found = read(行政区划=REGIONS, 学校=(SCHOOL_HEAD, ("3632801001", "第一学校", "632801", written)))
    assert told(found) == []
    assert [school.stage for school in found.schools] == [stage]


def test_a_person_at_an_unknown_school_is_left_out() -> None:
    found = read(行政区划=REGIONS, 学校=SCHOOLS, 教师=(PEOPLE_HEAD, ("王明", "1234", "第八小学")))
    assert told(found) == [("error", "教师 第 2 行 C 列：没有找到学校“第八小学”。")]
    assert found.people == ()


def test_a_name_that_two_schools_share_is_never_guessed() -> None:
    found = read(行政区划=REGIONS, 学校=SCHOOLS, 教师=(PEOPLE_HEAD, ("王明", "1234", "第一小学")))
    assert told(found) == [("error", "教师 第 2 行 C 列：有 2 个学校叫“第一小学”，请改写为代码。")]


@pytest.mark.parametrize(
    ("head", "cell"),
    [("所属区县", "乌兰县"), ("学校标识码", "3632821001")],
    ids=["by its region", "by its code"],
)
def test_schools_of_one_name_are_told_apart(head: str, cell: str) -> None:
    found = read(
        行政区划=REGIONS, 学校=SCHOOLS, 教师=((*PEOPLE_HEAD, head), ("王明", "1234", "第一小学", cell))
    )
    assert told(found) == []
    assert found.people[0].school_code == "3632821001"


def test_a_person_twice_is_told_where_the_first_stands() -> None:
    rows = (
        PEOPLE_HEAD,
        ("王明", "1234", "乌兰县第二中学"),
        ("王明", "0001", "乌兰县第二中学"),
        ("王 明", 1234, "3632801001"),
    )
    found = read(行政区划=REGIONS, 学校=SCHOOLS, 教师=rows)
    assert told(found) == [("error", "教师 第 4 行 A 列：姓名“王明”与“教师”第 2 行重复，这一行没有读取。")]
    assert len(found.people) == 2


def test_a_member_that_exists_nowhere_is_left_out_of_its_group() -> None:
    groups = (
        ("集团名称", "牵头校", "成员校(园)"),
        ("甲集团", "乌兰县第二中学", "乌兰县第九中学、3632801001、乌兰县第二中学"),
        ("乙集团", "没有的学校", ""),
    )
    found = read(行政区划=REGIONS, 学校=SCHOOLS, 教育集团=groups)
    assert told(found) == [
        ("warning", "教育集团 第 2 行 C 列：没有找到学校“乌兰县第九中学”。"),
        ("error", "教育集团 第 3 行 B 列：没有找到学校“没有的学校”。"),
    ]
    assert [(group.name, group.member_codes) for group in found.groups] == [("甲集团", ("3632801001",))]


def test_people_work_at_organisations_too() -> None:
    units = (("单位名称", "类别", "所属区划"), ("格尔木市教育局", "教育行政部门", "632801"))
    found = read(
        行政区划=REGIONS, 教育行政与直属单位=units, 教师=(PEOPLE_HEAD, ("王明", "1234", "格尔木市教育局"))
    )
    assert told(found) == []
    assert found.people[0].organisation == ("632801", "格尔木市教育局")


def test_people_alone_are_read_by_what_the_register_knows() -> None:
    register = Register(
        regions={"632801": "格尔木市"},
        schools={"3632801001": "第一小学"},
        organisations=frozenset({("632801", "格尔木市教育局")}),
    )
    found = read(
        register, 教师=(PEOPLE_HEAD, ("王明", "1234", "第一小学"), ("李明", "1234", "格尔木市教育局"))
    )
    assert told(found) == []
    assert [p.school_code for p in found.people] == ["3632801001", None]


def test_a_region_with_a_code_that_is_none_is_left_out() -> None:
    found = read(行政区划=(*REGIONS, ("6328", "某县", "某州"), ("632823000000", "天峻县", "某州")))
    assert told(found) == [
        ("error", "行政区划 第 5 行 A 列：区划代码应是 6 位数字。"),
        ("warning", "行政区划 第 6 行 C 列：没有找到上级“某州”。"),
    ]
    assert found.regions[-1].code == "632823"


def test_a_workbook_without_a_roster_is_refused() -> None:
    with pytest.raises(Invalid) as refused:
        read(随便=(("甲", "乙"), (1, 2)))
    assert "行政区划、学校" in refused.value.sentence.zh
