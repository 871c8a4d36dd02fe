"""The columns of agendas and of lists of trainees, under all the names that offices give them, and words of their cells."""

import re
from collections.abc import Mapping

from services.scheduling.agendas.model.sheets import Speaker
from services.scheduling.agendas.policies.days import written
from shared.sheets.cells import Cell
from shared.sheets.fields import Field, Kind
from shared.sheets.parsers import Parser, choice, name, phone, text
from shared.sheets.words import NOTHING, close, plain
from shared.text import Sentence

_NUMBERS = ("序号", "编号", "no", "no.", "#", "次序", "顺序")
SEXES = {
    "男": "男",
    "男性": "男",
    "male": "男",
    "m": "男",
    "女": "女",
    "女性": "女",
    "female": "女",
    "f": "女",
}


def _as_written(cell: Cell) -> str:
    """A cell of an agenda: read where its row is read, because a day needs the year and a time the day."""
    return written(cell)


def _field(
    name_: str, zh: str, en: str, parse: Parser, words: str, *, required: bool = False, pattern: str = ""
) -> Field:
    return Field(
        name_, Sentence(zh=zh, en=en), tuple(words.split("|")), parse, required=required, pattern=pattern
    )


AGENDA = Kind(
    "agenda",
    Sentence(zh="日程", en="Agenda"),
    (
        _field("date", "日期", "Date", _as_written, "月日|培训日期|活动日期|上课日期|研修日期|日期星期|日期及星期|日程|具体日期|年月日|day|dates"),
        _field("weekday", "星期", "Weekday", _as_written, "周次|星期几|周几|day of week"),
        _field("part", "时段", "Part of the day", _as_written, "午别|半天|半日|上下午|时间段|单元时段|上午下午|half day|part"),
        _field("time", "时间", "Time", _as_written, "具体时间|起止时间|时刻|培训时间|活动时间|上课时间|时间安排|研修时间|授课时间|日期时间|日期与时间|开始结束时间|时间节点|duration|hours of the day"),
        _field("start", "开始时间", "Start", _as_written, "开始|起始时间|起|上课|自|from|start time|begin|starts"),
        _field("end", "结束时间", "End", _as_written, "结束|终止时间|截止时间|止|下课|至|to|end time|finish|ends"),
        _field("title", "内容", "Content", _as_written, "培训内容|课程|课程名称|课程内容|主题|专题|课题|题目|活动内容|研修内容|议程|议题|事项|项目|项目内容|活动名称|培训专题|专题名称|培训课程|授课内容|学习内容|日程内容|讲座题目|活动主题|活动安排|培训主题|内容安排|主要内容|topic|subject|activity|session|title|programme|program|course", required=True),
        _field("form", "形式", "Form", _as_written, "类型|方式|培训形式|研修形式|培训方式|活动形式|活动类型|课程类型|课程形式|类别|活动类别|学习方式|授课形式|授课方式|教学形式|教学方式|组织形式|kind|type|format"),
        _field("speakers", "主讲/主持", "Speakers", _as_written, "主讲|主讲人|主讲专家|主讲教师|主讲老师|主讲嘉宾|主讲人员|主讲人姓名|授课教师|授课专家|授课人|授课老师|授课人员|专家|讲师|专家姓名|培训者|培训师|培训教师|主讲主持人|主讲人主持人|授课人主持人|授课专家主持人|报告人|主讲单位|负责人|责任人|负责人主讲人|执教|执教者|speaker|lecturer|trainer|expert|speaker host|speakers hosts|taught by"),
        _field("unit", "主讲人单位", "Speaker's unit", _as_written, "单位|专家单位|工作单位|单位职务|单位及职务|专家简介|主讲人单位职务|职务职称|专家单位及职务|affiliation|organisation"),
        _field("hosts", "主持", "Host", _as_written, "主持人|主持者|班主任|带队|host|chair|chaired by|moderator"),
        _field("place", "地点", "Place", _as_written, "培训地点|活动地点|上课地点|研修地点|授课地点|场地|教室|会场|场所|地址|集合地点|venue|location|room|where"),
        _field("link", "线上链接", "Online link", _as_written, "链接|会议链接|会议号|腾讯会议|腾讯会议号|直播链接|直播地址|线上地址|网址|url|meeting"),
        _field("remark", "备注", "Remarks", _as_written, "说明|注意事项|要求|备注说明|参加人员|参会人员|参加对象|note|notes|comment"),
    ),
    titles=("日程", "安排", "议程", "课程表", "课表", "agenda", "schedule"),
    ignored=(*_NUMBERS, "课时", "学时", "天数", "模块", "hours", "周"),
)  # fmt: skip

#: The same with a column for each part of the day, where a cell says everything.
GRID = Kind(
    "grid",
    Sentence(zh="按半天排的日程", en="Agenda by parts of the day"),
    (
        _field("date", "日期", "Date", _as_written, "月日|培训日期|活动日期|日期星期|日期时间|时间|day|dates", required=True),
        _field("weekday", "星期", "Weekday", _as_written, "周次|星期几|周几|day of week"),
        _field("morning", "上午", "Morning", _as_written, "上午内容|上午安排|早上|am", required=True),
        _field("afternoon", "下午", "Afternoon", _as_written, "下午内容|下午安排|pm", required=True),
        _field("evening", "晚上", "Evening", _as_written, "晚上内容|晚上安排|晚间|晚|night"),
        _field("place", "地点", "Place", _as_written, "培训地点|活动地点|场地|教室|会场|venue|location"),
        _field("remark", "备注", "Remarks", _as_written, "说明|注意事项|要求|note|notes"),
    ),
    titles=("日程", "安排", "议程", "agenda", "schedule"),
    ignored=_NUMBERS,
)  # fmt: skip

TRAINEES = Kind(
    "trainees",
    Sentence(zh="学员名单", en="Trainees"),
    (
        _field("name", "姓名", "Name", name, "学员姓名|学员|参训人员|参训教师|教师姓名|参训学员|人员姓名|参训人员姓名|学员名字|full name|trainee|participant", required=True),
        _field("sex", "性别", "Sex", choice(SEXES), "gender", pattern="男|女"),
        _field("unit", "单位", "Unit", name, "工作单位|所在单位|学校|单位名称|学校名称|所在学校|任职学校|任教学校|单位全称|现工作单位|工作单位全称|选派单位|派出单位|学校单位|单位学校|school|organisation|organization|workplace|affiliation"),
        _field("post", "职务", "Post", text, "现任职务|行政职务|岗位|职务职称|职位|担任职务|职务岗位|position|role|job"),
        _field("phone", "手机号码", "Phone", phone, "手机|手机号|电话|联系电话|联系方式|电话号码|移动电话|联系手机|手机电话|mobile|tel|telephone|phone number", pattern=r"1\d{10}"),
        _field("region", "区县", "County", name, "县区|所属区县|所在县区|区域|地区|所属区域|县市|县市区|市县|所在区县|所在县|所属县区|行政区划|county|district|region"),
        _field("subject", "学科", "Subject", text, "任教学科|所教学科|教学学科|科目|任课学科|subject taught"),
        _field("group", "组别", "Group", text, "小组|分组|组|所在小组|编组|组号|team"),
        _field("remark", "备注", "Remarks", text, "说明|住宿|房号|是否住宿|note|notes"),
    ),
    titles=("学员", "名单", "花名册", "参训", "报名", "trainees", "participants"),
    ignored=(*_NUMBERS, "签名", "签到", "民族", "身份证号", "身份证号码", "年龄", "出生年月", "职称", "学历", "政治面貌", "邮箱", "email", "学段", "照片"),
)  # fmt: skip

#: What the words of a form, or of a title, are as kinds of session; the first that fits counts.
_KIND_WORDS: tuple[tuple[str, str], ...] = (
    (r"同课异构", "same_lesson"),
    (r"联合教研|教研现场|校际教研|集团教研|教研活动|主题教研|区域教研", "joint_research"),
    (r"集体备课|联合备课|备课", "collective_preparation"),
    (r"示范课|公开课|观摩课|展示课|优质课", "demonstration_lesson"),
    (r"直播|线上课|网络课", "live_class"),
    (r"成果验收|成果展示|验收|答辩|考核", "outcome_acceptance"),
    (r"跟岗|影子", "job_shadowing"),
    (r"实地|观摩|考察|参访|走访|访校|参观|现场教学|visit", "site_visit"),
    (r"案例|经验分享|经验交流|典型发言", "case_sharing"),
    (r"导师|指导|诊断|把脉", "mentoring"),
    (
        r"分组|小组|研讨|讨论|座谈|交流|沙龙|论坛|汇报|破冰|工作坊|discussion|workshop|group",
        "group_discussion",
    ),
    (r"自主|自学|自修|个人|撰写|阅读|线上学习|self", "self_study"),
    (r"开班|结业|开幕|闭幕|典礼|仪式|开营|结营|ceremony|opening|closing", "ceremony"),
    (r"讲座|报告|专题|专家|解读|lecture|talk|keynote", "lecture"),
    (r"培训|研修|集中|课程|学习|training|course", "training"),
)
#: Forms that say how people sit, not what happens: the title says more.
_GENERAL = frozenset({"", "集中", "面授", "线下", "线上", "全体", "会议", "活动", "其他", "其它"})

_ROLE = re.compile(
    r"(?:(?P<host>主\s*持\s*人?|host|chair)|主\s*讲\s*人?|授课\s*人?|点评\s*人?|嘉宾|speaker)\s*[:：]\s*"
)
_APART = re.compile(r"[、，,;；/|\n]+(?![^(]*\))")
_NOTE = re.compile(r"^(?P<name>[^()]+)\((?P<note>[^()]*)\)$")
_TITLED = re.compile(
    r"^(?P<name>[\u3400-\u9fff·]{2,4}|[A-Z][\w.]+ [A-Z]\w+)[ \-—:](?P<note>[\u3400-\u9fff].{2,})$"
)
_NAME = re.compile(r"[\u3400-\u9fff·]{2,4}")
_POST = re.compile(
    r"(?P<post>(?:副|总|常务副|党委|党支部|高级|特级|首席|博士生|硕士生|学科)*"
    r"(?:校长|园长|局长|院长|所长|处长|科长|主任|书记|会长|理事长|教授|研究员|教研员|讲师|教师|老师|导师|专家|督学|科员|名师|博士))$"
)
_NOBODY = re.compile(
    r"专家\s*[A-Za-z0-9甲乙丙丁一二三四五六七八九十]?|待定|另行通知|.*(领导|校长|组长|教研组|班主任|导师|主持人|学员|代表|总校|示范校\S?|全体.*|各组|会务组|工作人员|负责人|专家|组|学校|中学|小学|教育局)|tba|tbd|n\.?n\.?",
    re.IGNORECASE,
)


def kind_of(form: str, title: str) -> tuple[str, bool]:
    """The kind of session that a form means, else the title; and whether any word of them was known."""
    said = "" if close(form) in _GENERAL else form
    for words in (said, title):
        for pattern, kind in _KIND_WORDS:
            if words and re.search(pattern, words, re.IGNORECASE):
                return kind, True
    return "training", not said


def people_of(written_: str, *, unit: str = "", host: bool = False) -> tuple[Speaker, ...]:
    """The people of a cell, each once: several with 、 between, with a unit and a post in brackets or behind the name."""
    found: dict[tuple[str, str], Speaker] = {}
    leads = host
    for part in _APART.split(plain_lines(written_)):
        piece = part.strip()
        if match := _ROLE.search(piece):
            leads, piece = host or bool(match["host"]), piece[match.end() :].strip()
        if not piece or piece.lower() in NOTHING:
            continue
        who, note = _who_and_note(piece, close(unit))
        place, post = split_post(note)
        speaker = Speaker(name=who, unit=place, post=post, host=leads, placeholder=is_placeholder(who))
        found.setdefault((who, place), speaker)
    return tuple(found.values())


def _who_and_note(piece: str, unit: str) -> tuple[str, str]:
    match = _NOTE.match(piece) or _TITLED.match(piece)
    if match is None or is_placeholder(close(match["name"])):
        return close(piece), unit
    return close(match["name"]), close(match["note"])


def split_post(note: str) -> tuple[str, str]:
    """州教研室主任 as the unit and the post."""
    match = _POST.search(note)
    return (note[: match.start()].strip(), match["post"]) if match else (note, "")


def is_placeholder(who: str) -> bool:
    """Whether words stand for somebody who is not chosen yet: 专家A, 示范校, 各组组长."""
    return bool(_NOBODY.fullmatch(who.partition("(")[0]))


def plain_lines(written_: str) -> str:
    """Lines kept, each in plain signs; spaces and roles that stand between several people become signs."""
    return "\n".join(_with_signs(plain(line)) for line in written_.splitlines())


def _with_signs(line: str) -> str:
    line = re.sub(r"(?<=\)) (?=\S)", "、", _ROLE.sub(lambda match: f"、{match[0]}", line).lstrip("、"))
    words = line.split(" ")
    if len(words) > 1 and all(_NAME.fullmatch(word) and not _POST.fullmatch(word) for word in words):
        return "、".join(words)
    return line


LABELS: Mapping[str, Sentence] = {
    field.name: field.label for kind in (AGENDA, TRAINEES) for field in kind.fields
}


_SAYS = re.compile(
    r"(?P<speakers>主\s*讲\s*人?|授课\s*人?|授课专家|专家|speakers?)|(?P<hosts>主\s*持\s*人?|host)|(?P<place>地\s*点|venue|place)|(?P<form>形\s*式|方\s*式|form)",
    re.IGNORECASE,
)


def said_in(cell: str) -> dict[str, str]:
    """What one cell says of a whole session: lines with a label, and the rest as its title."""
    found: dict[str, str] = {}
    for line in re.split(r"[\n；;]+", cell):
        label, sign, rest = plain(line).replace("：", ":").partition(":")
        match = _SAYS.fullmatch(label.strip()) if sign else None
        name, text = (match.lastgroup or "", rest.strip()) if match else ("title", plain(line))
        if text:
            found[name] = f"{found[name]} {text}" if name in found else text
    return found
