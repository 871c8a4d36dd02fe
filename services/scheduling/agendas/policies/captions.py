"""What stands above and below the table of an agenda: its title, who holds it, where, and remarks."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from shared.sheets.cells import Cell
from shared.sheets.words import plain

_LABELS = {
    "host": "主办单位|主办方|主办|举办单位|组织单位|host|hosted by|organi[sz]ed for",
    "organiser": "承办单位|承办方|承办|协办单位|协办|实施单位|organi[sz]er|organi[sz]ed by",
    "place": "培训地点|活动地点|研修地点|集中地点|举办地点|会议地点|上课地点|地点|地址|venue|place|location",
    "span": "培训时间|活动时间|研修时间|举办时间|会议时间|起止时间|时间|日期|dates?|time",
    "remark": "备注|注意事项|温馨提示|说明|注|notes?|remarks?",
    "other": "培训对象|参训对象|参加对象|参加人员|参会人员|对象|人数|学员人数|班主任|联系人|联系电话|项目名称|主题|带队|填表人|制表人|制表|contact|audience",
}
_LABEL = re.compile(
    "|".join(rf"(?P<{name}>{words})" for name, words in _LABELS.items()).join(
        (r"(?:(?<=[\s;；,，。:：])|^)(?:", r")\s*[:：]\s*")
    ),
    re.IGNORECASE,
)
_SPEAKING = re.compile("日程|安排|议程|培训|研修|活动|班|课程|教研|agenda|schedule|programme", re.IGNORECASE)
_END = re.compile(
    r"[\s\-—–:：]*(?:(?:培训|活动|研修|课程|教学|会议|工作|学习)?(?:日程|议程|行程|课程|时间)?(?:安排|一览)?表?|(?:training )?(?:agenda|schedule|timetable))\s*(?:\([^()]*\))?$",
    re.IGNORECASE,
)
_SHORTEST, _LONGEST = 4, 500  # characters of a title, and of what is looked at


@dataclass
class Captions:
    """What was found so far; the first of each counts, remarks are gathered."""

    titles: list[str]
    said: dict[str, str]
    remarks: list[str]

    @classmethod
    def none(cls) -> "Captions":
        """Nothing yet."""
        return cls([], {}, [])

    def above(self, rows: Iterable[Sequence[Cell]]) -> None:
        """Take in the rows above a table."""
        for cells in rows:
            for text in dict.fromkeys(cell for cell in cells if isinstance(cell, str)):
                self._take(text, title=True)

    def note(self, text: str) -> None:
        """Take in a row that is no record."""
        self._take(text, title=False)

    @property
    def title(self) -> str:
        """What the programme is called, without the words for the sheet that describes it; empty where nothing says."""
        speaking = [title for title in self.titles if _SPEAKING.search(title)]
        found = max(speaking or self.titles, key=len, default="")
        bare = _END.sub("", found)
        return bare if len(bare) >= _SHORTEST else found

    def _take(self, text: str, *, title: bool) -> None:
        found = plain(text[:_LONGEST])
        marks = list(_LABEL.finditer(found))
        if not marks:
            if title and len(found) >= _SHORTEST:
                self.titles.append(found)
            elif not title and found:
                self.remarks.append(found)
            return
        ends = [*(mark.start() for mark in marks[1:]), len(found)]
        if (before := found[: marks[0].start()].strip(" ;；,，。")) and title:
            self.titles.append(before)
        for mark, end in zip(marks, ends, strict=True):
            name, value = mark.lastgroup or "", found[mark.end() : end].strip(" ;；,，")
            if name == "remark":
                self.remarks.append(value)
            elif value:
                self.said.setdefault(name, value)
