from datetime import UTC, datetime

import pytest

from shared.sheets.cells import Cell
from shared.sheets.parsers import BadCell, choice, code, last, listed, month, name, phone, text, whole
from shared.sheets.words import key, plain


@pytest.mark.parametrize(
    "cell",
    [
        "2003-08", "2003.08", "2003.8", "2003/08", "2003年8月", "2003年08月", "２００３年８月", "200308", 200308, 2003.08,
        "20030815", "2003-8-15", "2003年8月15日", "2003.8.1", datetime(2003, 8, 15, tzinfo=UTC), 37834, " 2003 . 8 ",
    ],
)  # fmt: skip
def test_a_month_is_read_however_it_is_written(cell: Cell) -> None:
    assert month(cell) == "2003-08"


@pytest.mark.parametrize("cell", ["八月", "2003-13", "1003-01", "2003", 2003, "2003.08-2005.07", "3-8"])
def test_what_is_no_month_is_a_bad_cell(cell: Cell) -> None:
    with pytest.raises(BadCell):
        month(cell)


def test_a_number_that_lost_its_zero_is_never_guessed() -> None:
    with pytest.raises(BadCell, match="January and October"):
        month(2003.1)
    assert month(2003.11) == "2003-11"
    assert month(2003.2) == "2003-02"


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        (5, 5),
        ("5", 5),
        ("１，９４５", 1945),
        ("1,945人", 1945),
        (" 7 名", 7),
        ("12.0", 12),
        ("—", None),
        (None, None),
    ],
)
def test_whole_numbers(cell: Cell, number: int | None) -> None:
    assert whole(cell) == number


@pytest.mark.parametrize("cell", [-1, 1.5, "约五百", "1,2", True, "#REF!"])
def test_what_is_no_whole_number(cell: Cell) -> None:
    with pytest.raises(BadCell):
        whole(cell)


def test_texts_and_names() -> None:
    assert text("　ＡＢ１２\u200b　") == "AB12"
    assert text("—") == text("/") == text("暂无") == text(None) == ""
    assert name("张　三") == name("张 三") == "张三"
    assert name("第一小学（分校）") == "第一小学(分校)"
    assert name("John Smith") == "John Smith"
    assert plain("一，二：三") == "一，二：三"


def test_codes_and_last_digits() -> None:
    assert code("３６３ 2801001") == code(3632801001)
    assert last(4)(727) == "0727"
    assert last(4)("632801199001011 12x") == "112X"
    with pytest.raises(BadCell):
        last(4)("12")
    with pytest.raises(BadCell):
        code("甲乙")


def test_phones() -> None:
    assert phone("１０００１６９６９１６") == phone(10001696916) == phone("1000 1696 916") == "10001696916"
    assert phone("0977-8221234") == "0977-8221234"
    assert phone("10001696916；10001696917") == "10001696916、10001696917"
    assert phone("—") == ""
    with pytest.raises(BadCell):
        phone("问校长")


def test_choices_name_what_they_know() -> None:
    colour = choice({"红": "red", "红色": "red", "绿": "green"})
    assert colour(" 红色 ") == "red"
    assert colour(None) == colour("/") == ""
    with pytest.raises(BadCell) as bad:
        colour("蓝")
    assert bad.value.sentence.zh == "不认识“蓝”，应是：红、绿。"


@pytest.mark.parametrize(
    "cell",
    [
        "甲、乙(分、校)、丙",
        "甲，乙(分、校)；丙",
        "甲/乙（分、校）/丙/甲",
        "甲  乙（分、校）\n丙",
        "甲,乙(分、校),—,丙",
    ],
)
def test_lists(cell: str) -> None:
    assert listed(cell) == ("甲", "乙(分、校)", "丙")


def test_headers_are_the_same_however_they_are_typed() -> None:
    assert key("在校生数（人）*") == key(" 在 校 生 数 ") == key("在校生数\n【必填】") == "在校生数"
    assert key("其中：小学") == key("其中:小学") == key("（小学）") == "小学"
    assert key("School Code") == key("school_code") == key("ＳＣＨＯＯＬ ＣＯＤＥ") == "schoolcode"
