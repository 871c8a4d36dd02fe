"""One agenda and one list of trainees in as many forms as offices may give them."""

import io
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

_WEEKDAYS = "一二三四五六日"
_FULL = str.maketrans("0123456789:()", "０１２３４５６７８９：（）")


@dataclass(frozen=True)
class Line:
    """A line of an agenda: day, times ("" for a whole day), what, form, who, where."""

    day: date
    times: str
    title: str
    form: str
    who: tuple[str, ...]
    place: str


def _lines(year: int, month: int, text: str) -> tuple[Line, ...]:
    found = []
    for line in text.strip().splitlines():
        day, times, title, form, who, place = (part.strip() for part in line.split("|"))
        found.append(Line(date(year, month, int(day)), times, title, form, tuple(who.split()), place))
    return tuple(found)


#: The class of Haixi and that of Qixingguan, as their offices wrote them.
HAIXI = _lines(2025, 6, """
    9|9:00-10:00|开班仪式|集中|州教育局领导|报告厅
    9|10:10-12:00|教育集团化办学政策解读|专题讲座|专家A|报告厅
    9|14:30-17:30|教育集团化办学的顶层设计与发展模式|专题讲座|专家B|报告厅
    9|19:00-21:00|破冰与分组|小组活动|班主任|各组教室
    10|8:30-12:00|集团治理与管理策略|专题讲座|专家C|报告厅
    10|14:30-17:30|优质教育资源的共享与辐射|专题讲座|专家D|报告厅
    11|8:30-12:00|案例分享:集团内部教师轮岗交流与师资均衡配置|案例分享|先进地区校长|报告厅
    12|8:30-12:00|实地观摩:示范校校园文化与课堂教学|实地观摩|示范校|示范校一
    13|14:30-17:30|集团内联合教研现场(同课异构)|联合教研|教研组|示范校二
    14|8:30-12:00|交流研讨:集团化办学共建、共享、共生|分组研讨|各组组长|各组教室
    15||撰写本地实施方案|自主研修||
    16|8:30-12:00|成果展示与点评|成果验收|专家A 专家B|报告厅
    16|14:30-17:30|结业典礼 颁发结业证书|集中|州教育局领导|报告厅
""")  # fmt: skip
QIXINGGUAN = _lines(2024, 9, """
    23|9:00-10:30|开班仪式|集中|主持人|镇雄校区报告厅
    23|10:40-12:00|以教育家精神办学|专家讲座|专家A|镇雄校区报告厅
    23|14:30-17:30|考察“贯通培养、生涯育人”办学实践|实地考察|校区校长|镇雄校区
    24|8:30-12:00|提升治校能力|专家讲座|专家B|报告厅
    24|14:30-17:30|培训教师队伍|集中研修|专家C|报告厅
    24|19:00-21:00|经典阅读|经典阅读|导师|各组教室
    25|8:30-12:00|增强德育实效|专家讲座|专家D|报告厅
    26||跟岗实习|跟岗|导师|镇雄校区
    27|8:30-12:00|推进教学改革|专家讲座|专家F|报告厅
    28|8:30-12:00|提升教研水平;成果验收|成果验收|专家A 专家B|报告厅
    28|14:30-17:30|结业|集中|主持人|报告厅
""")  # fmt: skip
#: Trainees: name, sex, unit, post, phone.
PEOPLE = tuple(
    (
        f"{'王李赵钱孙周'[n % 6]}{'明芳' if n % 2 else '伟'}{'一二三四五六七八九十'[n // 3]}",
        "男" if n % 3 else "女",
        ("都兰县教育局", "德令哈市第二小学", "茫崖市第四中学", "乌兰县二小")[n % 4],
        ("校长", "副校长", "基教科科长")[n % 3],
        "" if n % 7 == 0 else f"1000{n:07d}",
    )
    for n in range(24)
)

_HEADS = {
    "date": ("日期", "培训日期", "月 日", "日期（星期）", "Date"),
    "time": ("时间", "起止时间", "具体时间", "时　间", "Time"),
    "title": ("内容", "培训内容", "课程名称", "活动内容", "主题", "Content"),
    "form": ("形式", "培训形式", "方式", "活动形式", "Form"),
    "who": ("主讲/主持", "主讲人", "授课专家", "主讲（主持）人", "负责人", "Speakers"),
    "place": ("地点", "培训地点", "场地", "地点（教室）", "Venue"),
}
_PEOPLE_HEADS = {
    "name": ("姓名", "姓 名", "学员姓名", "Name"),
    "sex": ("性别", "Gender"),
    "unit": ("单位", "工作单位", "所在学校（单位）", "单位名称", "Workplace"),
    "post": ("职务", "现任职务", "职 务", "Post"),
    "phone": ("手机号码", "联系电话", "手机", "联系方式", "Phone number"),
}
_DAYS: Sequence[Callable[[date], object]] = (
    lambda d: f"{d.month}月{d.day}日\n(星期{_WEEKDAYS[d.weekday()]})",
    lambda d: f"{d.month}.{d.day}(周{_WEEKDAYS[d.weekday()]})",
    lambda d: f"{d.month}月{d.day}日",
    lambda d: f"{d.month}月{d.day}日 周{_WEEKDAYS[d.weekday()]}",
    lambda d: f"{d:%Y-%m-%d}",
    lambda d: f"{d.year}年{d.month}月{d.day}日",
    lambda d: f"{d.month}/{d.day}",
    lambda d: f"{d.year}.{d.month}.{d.day} 星期{_WEEKDAYS[d.weekday()]}",
    lambda d: datetime.combine(d, time()),
    lambda d: f"{d:%B} {d.day}",
    lambda d: f"{d:%a}, {d.day} {d:%b} {d.year}",
    lambda d: f"{'〇一二三四五六七八九十'[d.month]}月{_han(d.day)}日",
)
_SIGNS = ("—", "-", "~", "～", "至", "——", "－", "–", " - ", "到")


def _han(number: int) -> str:
    tens, ones = divmod(number, 10)
    digits = "〇一二三四五六七八九"
    return f"{digits[tens] if tens > 1 else ''}{'十' if tens else ''}{digits[ones] if ones else ''}"


def _time(text: str) -> time:
    hour, _, minute = text.partition(":")
    return time(int(hour), int(minute))


def workbook(lines: Sequence[Line], *, seed: int) -> tuple[bytes, str]:
    """The agenda and the people in one of their forms, and what the file is called; the same seed gives the same."""
    form = _Form(random.Random(seed))  # noqa: S311  only to vary
    return form.book(lines)


class _Form:
    """One form: how it writes everything."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.day = chance.choice(_DAYS)
        self.sign = chance.choice(_SIGNS)
        self.clock = chance.choice(("colon", "colon", "wide", "dots", "part", "twelve", "digits"))
        self.layout = chance.choice(
            ("merged", "repeated", "blank", "heading", "together", "columns", "parts")
        )
        self.wide = chance.random() < 0.3
        self.apart = chance.choice("、，；/\n")

    def book(self, lines: Sequence[Line]) -> tuple[bytes, str]:
        book = Workbook()
        del book["Sheet"]
        year = lines[0].day.year
        in_title = self.chance.random() < 0.5
        title = f"国培计划{f'({year})' if in_title else ''}校长研修班日程安排"
        if self.chance.random() < 0.3:
            half = len(lines) // 2
            parts = [lines[:half], lines[half:]]
        else:
            parts = [lines]
        for number, part in enumerate(parts):
            sheet = book.create_sheet("日程安排" if len(parts) == 1 else f"第{number + 1}段日程")
            self.agenda(sheet, part, title)
        heads = {field: self.chance.choice(words) for field, words in _PEOPLE_HEADS.items()}
        order = self.order(list(heads), first="name")
        if self.chance.random() < 0.3:
            for number, chunk in enumerate((PEOPLE[:10], PEOPLE[10:])):
                self.people(book.create_sheet(f"学员{number + 1}组"), chunk, order, heads)
        else:
            sheet = book.create_sheet("学员名单") if self.chance.random() < 0.8 else book.worksheets[-1]
            if sheet.max_row > 1:
                sheet.append([])
            self.people(sheet, PEOPLE, order, heads)
        stream = io.BytesIO()
        book.save(stream)
        return stream.getvalue(), "研修班日程.xlsx" if in_title else f"agenda-{year}.xlsx"

    def order(self, fields: list[str], *, first: str) -> list[str]:
        rest = [field for field in fields if field != first]
        self.chance.shuffle(rest)
        rest.insert(self.chance.choice((0, 0, len(rest))), first)
        return rest

    def agenda(self, sheet: Worksheet, lines: Sequence[Line], title: str) -> None:
        heads = {field: self.chance.choice(words) for field, words in _HEADS.items()}
        if self.layout in {"heading", "together"}:
            del heads["date"]
        if self.layout == "columns":
            del heads["time"]
            heads |= {"start": "开始时间", "end": "结束时间"}
        if self.layout == "parts":
            heads["part"] = self.chance.choice(("时段", "午别"))
        fields = self.order(list(heads), first="time" if "date" not in heads else "date")
        if self.chance.random() < 0.4:
            fields.insert(0, "number")
        sheet.append([title])
        sheet.merge_cells(start_row=1, end_row=1, start_column=1, end_column=len(fields))
        if self.chance.random() < 0.5:
            sheet.append(["主办单位：海西州教育局", None, None, "地点：培训中心"])
        else:
            sheet.append(["主办单位:海西州教育局   地点:培训中心"])
        sheet.append([heads.get(field, "序号") for field in fields])
        self.lines(sheet, lines, fields)
        sheet.append(["备注：请学员提前10分钟签到。"])

    def lines(self, sheet: Worksheet, lines: Sequence[Line], fields: list[str]) -> None:
        before: date | None = None
        start = 0
        for number, line in enumerate(lines, start=1):
            fresh = line.day != before
            if fresh and self.layout == "heading":
                text = self.day(line.day)
                sheet.append([str(text)[:10] if isinstance(text, datetime) else text])
                if self.chance.random() < 0.7:
                    row = sheet.max_row
                    sheet.merge_cells(start_row=row, end_row=row, start_column=1, end_column=len(fields))
            cells = {**self.cells(line), "number": number}
            if not fresh and self.layout in {"merged", "blank"}:
                cells["date"] = None
            sheet.append([cells[field] for field in fields])
            if self.layout == "merged":
                start = sheet.max_row if fresh else start
                last = number == len(lines) or lines[number].day != line.day
                if last and sheet.max_row > start:
                    column = fields.index("date") + 1
                    sheet.merge_cells(
                        start_row=start, end_row=sheet.max_row, start_column=column, end_column=column
                    )
            before = line.day

    def cells(self, line: Line) -> dict[str, object]:
        day = self.day(line.day)
        whole = not line.times
        times = "全天" if whole else self.times(line.times)
        start, _, end = line.times.partition("-")
        found: dict[str, object] = {
            "date": day,
            "time": times,
            "part": "全天"
            if whole
            else ("上午", "下午", "晚上")[(int(start[:-3]) >= 13) + (int(start[:-3]) >= 18)],
            "start": start,
            "end": end,
            "title": line.title,
            "form": line.form,
            "who": self.apart.join(line.who) or self.chance.choice((None, "—", "/")),
            "place": line.place or None,
        }
        if self.layout == "columns" and whole:
            found |= {"start": "8:30", "end": "17:30"}
        elif self.layout == "columns" and self.wide:
            found |= {name: _time(str(found[name])) for name in ("start", "end")}
        if self.layout == "together":
            text = f"{day:%Y-%m-%d}" if isinstance(day, datetime) else str(day)
            found["time"] = f"{text} {times}" if "/" not in text else f"{line.day:%m月%d日} {times}"
        if self.layout == "parts" and whole:
            found["time"] = None
        return {
            name: value.translate(_FULL)
            if self.wide and isinstance(value, str) and name in {"date", "time"}
            else value
            for name, value in found.items()
        }

    def times(self, times: str) -> str:
        start, end = ((int(part[:-3]), part[-2:]) for part in times.split("-"))
        if self.clock == "digits":
            return f"{start[0]:02d}{start[1]}-{end[0]:02d}{end[1]}"
        part = "上午" if end[0] <= 12 else "下午" if start[0] < 18 else "晚上"
        if self.clock == "twelve":
            later = 12 if part != "上午" else 0
            return f"{part}{start[0] - later}:{start[1]}{self.sign}{end[0] - later}:{end[1]}"
        if self.clock == "dots":
            return f"{start[0]}点{start[1]}分{self.sign}{end[0]}点{end[1]}分"
        text = f"{start[0]}:{start[1]}{self.sign}{end[0]}:{end[1]}"
        if self.clock == "part":
            return f"{part} {text}"
        return text.translate(_FULL) if self.clock == "wide" else text

    def people(
        self, sheet: Worksheet, people: Sequence[tuple[str, ...]], order: Sequence[str], heads: dict[str, str]
    ) -> None:
        numbered = self.chance.random() < 0.7
        sheet.append(["学员名单"])
        sheet.append([*(["序号"] if numbered else []), *(heads[field] for field in order)])
        for number, person in enumerate(people, start=1):
            said: dict[str, object] = dict(zip(("name", "sex", "unit", "post", "phone"), person, strict=True))
            said["phone"] = said["phone"] or self.chance.choice(("—", None, "/"))
            if self.wide and isinstance(said["phone"], str) and said["phone"].isdigit():
                said["phone"] = int(said["phone"])
            if self.wide and len(person[0]) == 2:
                said["name"] = "　".join(person[0])
            sheet.append([*([number] if numbered else []), *(said[field] for field in order)])
