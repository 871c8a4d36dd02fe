"""The filing form of Haixi, as it is and in the ways in which offices change it."""

import io
from collections.abc import Callable, Iterable
from datetime import date

import pytest
import sqlalchemy as sa
from openpyxl import Workbook, load_workbook
from werkzeug.test import TestResponse

from services.exchange.filings.policies import days_of, read_form
from services.exchange.placements.commands import take_step
from services.exchange.placements.model import Placement
from services.exchange.placements.queries.filing import COLUMNS
from shared.contracts.directory import PersonChanged, SchoolChanged
from shared.contracts.exchange import PlacementChanged
from shared.errors import Invalid
from shared.ids import named
from tests.builders import House, school
from tests.services.exchange.office import OURS, THEIRS, asker

#: A row of the form, as it is written.
Written = tuple[str | None, ...]

_SURNAMES = "王张刘顾陈侯胡李王朱萧郜王谭高俞李刘黄曾钟林陈祁艾陈饶王梁王"
_PLACES = ("格尔木市第五中学", "乌兰县第一中学", "德令哈市第三中学", "都兰县第四小学", "茫崖市第六中学")
_KINDS = (
    ("支教", "否", "2025.08", "2026.07"),
    ("跟岗学习", "否", "2025.09", "2025.12"),
    ("轮岗交流", "是", "2025.08", "2028.07"),
)


def rows() -> list[Written]:
    """Thirty rows as in Haixi's form of autumn 2025; row 20 of the sheet names one school twice."""
    made: list[Written] = []
    for number, surname in enumerate(_SURNAMES):
        home, host = _PLACES[number % 5], _PLACES[(number + 1 + number // 5 % 4) % 5]
        if number == 17:
            host = home
        made.append(
            (f"{surname}{chr(0x4E00 + number)}", f"{6000 + number}", *_KINDS[number % 3], home, host, None)
        )
    return made


def workbook(
    head: Iterable[str] = COLUMNS, body: Iterable[Written] | None = None, *, title: str = "教师交流轮岗备案表"
) -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "交流轮岗"
    head = list(head)
    if title:
        sheet.append([title])
        sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=len(head))
    sheet.append(head)
    for row in body if body is not None else rows():
        sheet.append(list(row))
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


@pytest.fixture
def filing_office(office: House) -> House:
    """With everybody of the form in the roster; the eighteenth is a month short of six years."""
    schools: list[SchoolChanged] = [
        school(school_id=named("school", name), code=f"36328010{number}", name=name, name_en="")
        for number, name in enumerate(_PLACES, start=50)
    ]
    people = [
        PersonChanged(
            person_id=named("filed", str(row[0])),
            version=1,
            name=str(row[0]),
            school_id=named("school", str(row[6])),
            id_last4=str(row[1]),
            since="2019-09" if number % 6 == 2 else "2015-08",
            birth="1985-05",
            sex="female",
            backbone="county" if number % 2 else "none",
        )
        for number, row in enumerate(rows())
    ]
    office.hear(*schools, *people)
    return office


def send(office: House, data: bytes, *, by: str = OURS) -> TestResponse:
    return office.client(by).post(
        "/exchange/filings", data={"workbook": (io.BytesIO(data), "交流备案表.xlsx")}
    )


def placements(office: House) -> list[Placement]:
    with office.database.reading() as db:
        return list(db.scalars(sa.select(Placement).order_by(Placement.import_row, Placement.id)))


def test_the_form_comes_in_but_for_the_row_that_is_wrong(filing_office: House) -> None:
    sent = send(filing_office, workbook())
    assert sent.status_code == 303
    path = sent.headers["Location"]
    page = filing_office.client(OURS).get(path).text
    assert "第 20 行" in page
    assert "教师系统要求接收单位不同于原单位" in page
    assert "确认登记 29 条" in page
    assert "不满 6 年" in page
    assert placements(filing_office) == []

    done = filing_office.client(OURS).post(f"{path}/confirmation")

    assert done.status_code == 303
    made = placements(filing_office)
    assert [each.import_row for each in made] == [row for row in range(3, 33) if row != 20]
    assert {each.state for each in made} == {"agreed"}  # it is June still
    assert (made[0].starts_on, made[0].ends_on, made[0].relation_moves) == (
        date(2025, 8, 1),
        date(2026, 7, 31),
        False,
    )
    noted = {each.import_row: [note["rule"] for note in each.notes] for each in made if each.notes}
    assert noted[5] == ["rotation.years"]
    assert noted[3] == ["support.backbone"]
    told = [each for each in filing_office.said() if isinstance(each, PlacementChanged)]
    assert {each.step for each in told} == {"file"}
    assert len(told) == 29


def test_it_is_taken_back_as_a_whole_while_nothing_has_followed(filing_office: House) -> None:
    path = send(filing_office, workbook()).headers["Location"]
    client = filing_office.client(OURS)
    client.post(f"{path}/confirmation")

    assert client.post(f"{path}/undoing").status_code == 303
    assert {each.state for each in placements(filing_office)} == {"withdrawn"}
    assert client.post(f"{path}/confirmation").status_code == 303  # and once more

    one = next(each for each in placements(filing_office) if each.state == "agreed")
    filing_office.database.run(
        lambda tx: take_step(tx, placement_id=one.id, verb="start", asker=asker(OURS)).id, actor="account:a"
    )
    refused = client.post(f"{path}/undoing")
    assert (refused.status_code, "其中 1 条已有后续办理" in refused.text) == (409, True)


def test_the_same_form_again_is_recognised_row_by_row(filing_office: House) -> None:
    path = send(filing_office, workbook()).headers["Location"]
    filing_office.client(OURS).post(f"{path}/confirmation")

    again = filing_office.client(OURS).get(send(filing_office, workbook()).headers["Location"]).text

    assert again.count("已登记过") == 29
    assert "确认登记" not in again


def test_what_is_exported_can_be_imported(filing_office: House) -> None:
    path = send(filing_office, workbook()).headers["Location"]
    filing_office.client(OURS).post(f"{path}/confirmation")

    exported = filing_office.client(OURS).get("/exchange/placements/export.xlsx?sort=starts")

    sheet = load_workbook(io.BytesIO(exported.data)).worksheets[0]
    lines = [tuple(cell.value for cell in row) for row in sheet.iter_rows(min_row=2)]
    assert lines[0] == COLUMNS
    assert sorted(str(line[:8]) for line in lines[1:]) == sorted(
        str(row[:8]) for number, row in enumerate(rows()) if number != 17
    )
    assert len(read_form(exported.data, filename="x.xlsx")[0]) == 29


def test_a_row_can_be_left_out_and_others_of_another_region_are_not_ours(filing_office: House) -> None:
    path = send(filing_office, workbook()).headers["Location"]
    client = filing_office.client(OURS)
    client.post(f"{path}/rows", data={"row": "交流轮岗!3", "out": "yes"})
    assert "确认登记 28 条" in client.get(path).text

    foreign = filing_office.client(THEIRS).get(send(filing_office, workbook(), by=THEIRS).headers["Location"])
    assert "两所学校都不在你负责的区域" in foreign.text
    assert filing_office.client(THEIRS).get(path).status_code == 404


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({0: "王无"}, "名录里没有"),
        ({1: "9999"}, "身份证后四位与名录不一致"),
        ({2: "旅游"}, "类型"),
        ({4: None}, "没有写明起止年月"),
        ({4: "2027.08"}, "早于"),
        ({6: "乌兰县第一中学", 7: "格尔木市第五中学"}, "不在乌兰县第一中学"),
        ({7: "月球第一中学"}, "名录里没有接收单位"),
    ],
)
def test_a_row_that_cannot_be_says_why(
    filing_office: House, change: dict[int, str | None], says: str
) -> None:
    row = list(rows()[0])
    for index, value in change.items():
        row[index] = value
    body = [tuple(row), *rows()[1:3]]

    page = filing_office.client(OURS).get(send(filing_office, workbook(body=body)).headers["Location"]).text

    assert says in page
    assert "确认登记 2 条" in page


def test_somebody_who_stands_twice_in_it_at_one_time_is_taken_once(filing_office: House) -> None:
    first = rows()[0]
    body = [first, (*first[:7], _PLACES[3], None)]

    page = filing_office.client(OURS).get(send(filing_office, workbook(body=body)).headers["Location"]).text

    assert "时间重叠" in page
    assert "确认登记 1 条" in page


@pytest.mark.parametrize(
    "data",
    [b"", b"PK\x03\x04 no book", workbook(head=["书名", "作者"], body=[("红楼梦", "曹雪芹")], title="书目")],
)
def test_what_is_no_form_is_refused_with_a_sentence(filing_office: House, data: bytes) -> None:
    answer = send(filing_office, data)

    assert answer.status_code == 422
    assert 'id="workbook-error"' in answer.text


HEADS: dict[str, str] = {
    "name": "姓名|教师姓名|交流教师|交流人员|人员姓名",
    "last4": "身份证后四位|身份证号后四位|后四位|证件号后四位|身份证号",
    "kind": "交流类型|类型|交流形式|交流方式|交流类别",
    "relation": "是否调动人事关系|人事关系是否调动|是否转人事关系|人事关系|是否调动",
    "starts": "起始年月|开始时间|起始时间|交流开始时间|开始日期",
    "ends": "终止年月|结束时间|终止时间|交流结束时间|截止日期",
    "home": "原单位|派出单位|派出学校|原任教学校|原工作单位",
    "host": "接收单位|接收学校|交流学校|受援学校|派往学校",
    "remark": "备注|说明|备注说明|备注|说明",
}
_MONTHS: tuple[Callable[[str], str], ...] = (
    str,
    lambda month: month.replace(".", "-"),
    lambda month: month.replace(".", "年") + "月",
    lambda month: month.replace(".", "/"),
    lambda month: month.replace(".", ""),
)


def variant(number: int) -> bytes:
    """The form as another office has it: its words, its order, its way to write months, what else it keeps."""
    names = {field: words.split("|")[number % 5] for field, words in HEADS.items()}
    months = _MONTHS[number // 2 % 5]
    order = list(HEADS)
    if number % 3 == 1:
        order = [*order[6:8], *order[:6], order[8]]
    if number % 3 == 2:
        order = order[::-1]
    head = [names[field] for field in order]
    body: list[Written] = []
    for row in rows():
        said = dict(zip(HEADS, row, strict=True))
        said["starts"], said["ends"] = months(str(row[4])), months(str(row[5]))
        if number % 4 == 3:
            said["name"] = f" {said['name']}　"
        if number % 5 == 4:
            said["kind"] = {"支教": "支教", "跟岗学习": "跟岗", "轮岗交流": "轮岗"}[str(row[2])]
        line: Written = tuple(said[field] for field in order)
        body.append((str(len(body) + 1), *line) if number % 2 else line)
    if number % 2:
        head = ["序号", *head]
    if number % 8 == 5:
        body.append(("合计", *[None] * (len(head) - 1)))
    return workbook(
        head=head, body=body, title="" if number % 7 == 6 else f"{2025 + number % 2} 年教师交流备案"
    )


@pytest.mark.parametrize("number", range(40))
def test_forty_ways_to_write_the_form_say_the_same(number: int) -> None:
    entries, problems, _ = read_form(variant(number), filename="x.xlsx")

    wanted = [
        (row[0], row[1], kind, row[3] == "是", row[6], row[7])
        for row, kind in zip(rows(), ("support_teaching", "job_shadowing", "rotation") * 10, strict=True)
    ]
    assert [(e.name, e.last4, e.kind, e.relation_moves, e.home, e.host) for e in entries] == wanted
    assert [days_of(e) for e in entries[:3]] == [
        (date(2025, 8, 1), date(2026, 7, 31)),
        (date(2025, 9, 1), date(2025, 12, 31)),
        (date(2025, 8, 1), date(2028, 7, 31)),
    ]
    assert problems == []


def test_a_period_in_one_cell_is_two_months() -> None:
    head = ["姓名", "交流类型", "起止年月", "原单位", "接收单位"]
    body = [
        ("王一", "支教", "2025.08-2026.07", "甲", "乙"),
        ("王二", "支教", "2025年8月至2026年7月", "甲", "乙"),
        ("王三", "支教", "待定", "甲", "乙"),
    ]

    entries, _, _ = read_form(workbook(head=head, body=body), filename="x.xlsx")

    assert [(e.starts, e.ends) for e in entries] == [("2025-08", "2026-07")] * 2 + [("", "")]


def test_a_workbook_without_a_form_is_told_what_one_has() -> None:
    with pytest.raises(Invalid, match="holds no filing form"):
        read_form(workbook(head=["书名", "作者"], body=[("红楼梦", "曹雪芹")], title=""), filename="x.xlsx")
