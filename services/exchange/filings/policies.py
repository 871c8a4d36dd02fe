"""What a filing form says: its columns under all the names that offices give them, and its rows."""

import re
from collections.abc import Mapping
from datetime import date, timedelta

from services.exchange.filings.model import Entry
from shared.auth import Rule, holders, readers
from shared.errors import Invalid
from shared.sheets.fields import Field, Kind
from shared.sheets.parsers import Parser, choice, last, listed, month, name, text
from shared.sheets.problems import Problem, UnknownColumn
from shared.sheets.records import Record, records_of
from shared.sheets.tables import tables_of
from shared.sheets.upload import named
from shared.sheets.workbook import sheets_of
from shared.text import Sentence

__all__ = ["FORM", "MAY_FILE", "MAY_SEE", "days_of", "read_form"]

MAY_SEE: Rule = readers("administrator", "coordinator")
MAY_FILE: Rule = holders("administrator", "coordinator")

#: What a cell calls a kind of exchange.
KIND_WORDS: Mapping[str, str] = {
    "支教": "support_teaching",
    "支教交流": "support_teaching",
    "对口支教": "support_teaching",
    "送教支教": "support_teaching",
    "support teaching": "support_teaching",
    "跟岗学习": "job_shadowing",
    "跟岗": "job_shadowing",
    "跟岗培训": "job_shadowing",
    "跟岗研修": "job_shadowing",
    "挂职跟岗": "job_shadowing",
    "影子培训": "job_shadowing",
    "job shadowing": "job_shadowing",
    "轮岗交流": "rotation",
    "轮岗": "rotation",
    "交流轮岗": "rotation",
    "定期交流": "rotation",
    "校际交流": "rotation",
    "rotation": "rotation",
}
_YES_NO = {
    word: said
    for said, words in (
        ("yes", "是|有|调动|转|转移|随迁|yes|y|√|✓"),
        ("no", "否|无|不|不调动|未调动|不转|保留|no|n|×|✕"),
    )
    for word in words.split("|")
}


def _field(
    name_: str, zh: str, en: str, parse: Parser, words: str, *, required: bool = False, pattern: str = ""
) -> Field:
    return Field(
        name_, Sentence(zh=zh, en=en), tuple(words.split("|")), parse, required=required, pattern=pattern
    )


FORM = Kind(
    "filing",
    Sentence(zh="教师交流轮岗备案表", en="Filing form"),
    (
        _field("name", "姓名", "Name", name, "教师姓名|交流教师|交流人员|教师|人员姓名|交流教师姓名|full name|teacher", required=True),
        _field("last4", "身份证后四位", "Last four of the id", last(4), "身份证号后四位|身份证|身份证号|身份证号码|身份证件号|证件号码|后四位|证件号后四位|id number", pattern=r"\d{3}[\dXx]"),
        _field("kind", "交流类型", "Kind", choice(KIND_WORDS), "类型|交流形式|交流方式|交流类别|类别|形式|交流轮岗类型|轮岗类型|type"),
        _field("relation", "是否调动人事关系", "Relation moves", choice(_YES_NO), "人事关系是否调动|是否转人事关系|人事关系|是否调动|人事关系调动|关系是否调动|是否随调人事关系|是否迁转人事关系|moves"),
        _field("starts", "起始年月", "From", month, "开始年月|开始时间|起始时间|起|交流开始时间|交流起始年月|开始日期|起始日期|交流起始时间|派出时间|start|starts|from"),
        _field("ends", "终止年月", "To", month, "结束年月|结束时间|终止时间|截止时间|止|交流结束时间|交流终止年月|结束日期|终止日期|截止年月|截止日期|返回时间|end|ends|to|until"),
        _field("period", "起止年月", "Period", listed, "起止时间|交流时间|交流期限|交流起止时间|交流起止年月|期限|起讫时间|起讫年月|period|term"),
        _field("home", "原单位", "Home school", name, "派出单位|派出学校|原学校|原任教学校|原工作单位|所在学校|所在单位|现单位|流出学校|交流前学校|交流前单位|选派学校|选派单位|home school"),
        _field("host", "接收单位", "Host school", name, "接收学校|交流学校|受援学校|交流到学校|交流后学校|交流后单位|流入学校|现任教学校|到岗学校|支教学校|受援单位|派往学校|交流单位|host school"),
        _field("remark", "备注", "Remark", text, "说明|备注说明|note|notes|remarks"),
    ),
    titles=("交流", "轮岗", "备案", "支教", "exchange"),
    ignored=("序号", "编号", "no", "no.", "性别", "年龄", "学科", "任教学科", "职称", "职务", "学历", "骨干级别", "联系电话", "手机", "电话", "民族", "出生年月", "学段", "区县", "县区", "签名"),
)  # fmt: skip

#: Two months in one cell: 2025.08-2026.07, 2025年8月至2026年7月.
_MONTH = re.compile(r"(?P<year>20\d\d)\D{1,3}(?P<month>1[0-2]|0?[1-9])(?!\d)")


def read_form(data: bytes, *, filename: str) -> tuple[list[Entry], list[Problem], list[UnknownColumn]]:
    """The rows of every table of the workbook that is a filing form, with what is wrong. Raises Invalid for what holds none."""
    entries: list[Entry] = []
    problems: list[Problem] = []
    unknown: list[UnknownColumn] = []
    found = False
    for sheet in sheets_of(data, filename=filename):
        for table in tables_of(sheet, [FORM], {}):
            found = True
            unknown += table.unknown()
            entries += [_entry(record) for record in records_of(table, problems)]
    if not found:
        raise Invalid(
            Sentence(
                zh=f"“{named(filename)}”里没有找到交流轮岗备案表：需要有姓名、交流类型、起止年月、原单位和接收单位这些列。",
                en=f"“{named(filename)}” holds no filing form: it has columns for name, kind, months, home and host school.",
            ),
            field="workbook",
        )
    return entries, problems, unknown


def days_of(entry: Entry) -> tuple[date, date] | None:
    """The first and the last day that its months mean; None where it does not say both."""
    if not (entry.starts and entry.ends):
        return None
    first = date(int(entry.starts[:4]), int(entry.starts[5:7]), 1)
    begins = date(int(entry.ends[:4]), int(entry.ends[5:7]), 1)
    return first, (begins.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def _entry(record: Record) -> Entry:
    starts, ends = record.text("starts"), record.text("ends")
    if not (starts and ends) and (period := " ".join(record.listed("period"))):
        months = [f"{found['year']}-{int(found['month']):02}" for found in _MONTH.finditer(period)]
        starts, ends = (starts or months[0], ends or months[-1]) if len(months) > 1 else (starts, ends)
    relation = record.text("relation")
    return Entry(
        sheet=record.sheet,
        row=record.row,
        name=record.text("name"),
        last4=record.text("last4"),
        kind=record.text("kind"),
        relation_moves={"yes": True, "no": False}.get(relation),
        starts=starts,
        ends=ends,
        home=record.text("home"),
        host=record.text("host"),
        remark=record.text("remark"),
    )
