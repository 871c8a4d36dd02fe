"""What the rows of a resource list mean: 类别, 名称, 学科/用途, 学段, 提供学校, 共享范围, 许可, 备注."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.resources.items.model.item import Content
from services.resources.items.model.words import KINDS, LANGUAGES, LICENCES, PURPOSES, STAGES, names_in
from shared.text import Sentence

#: Columns without which a row is no row of such a list.
HEAD = ("类别", "名称", "提供学校")

#: Sorts of rows that are rooms and equipment; whoever brings in facilities reads them.
FACILITIES = frozenset({"场地", "设备"})

_KINDS = {word.zh: kind for kind, word in KINDS.items()} | {
    "教学设计": "lesson_plan",
    "视频": "recording",
    "试题": "questions",
    "试卷": "questions",
    "阅读": "reading",
    "研究成果": "research",
    "成果": "research",
}
_STAGES = {word.zh: stage for stage, word in STAGES.items()} | {"": "all", "全学段": "all"}
_LANGUAGES = {word.zh: code for code, word in LANGUAGES.items()} | {
    "": "zh",
    "中文": "zh",
    "汉文": "zh",
    "藏文": "bo",
    "蒙文": "mn",
    "英文": "en",
}
_PURPOSES = {word.zh: purpose for purpose, word in PURPOSES.items()} | {"": "teaching"}
_LICENCES = {
    "": "CC-BY-NC-4.0",
    "CCBY": "CC-BY-4.0",
    "CCBYSA": "CC-BY-SA-4.0",
    "CCBYNC": "CC-BY-NC-4.0",
    "CCBYNCSA": "CC-BY-NC-SA-4.0",
    "CC0": "CC0-1.0",
    "仅限校内": "in-school",
    "仅限校内使用": "in-school",
    "保留所有权利": "reserved",
} | {licence: licence for licence in LICENCES}

#: What a row says of its audience → the choice of the form. `groups`: all groups of the school.
SCOPES = {
    "": "county",
    "集团": "groups",
    "仅本校": "school",
    "本校": "school",
    "全县": "county",
    "全州": "region",
    "全市": "region",
    "全省": "province",
    "全区": "all",
    "全国": "all",
    "全部区域": "all",
}


@dataclass(frozen=True, slots=True)
class Row:
    """A row that was understood. scope: a value of SCOPES."""

    kind: str
    content: Content
    school: str
    scope: str

    @property
    def warning(self) -> Sentence | None:
        """What is odd about it, though it can be brought: a licence narrower than its audience."""
        if self.content.licence != "in-school" or self.scope == "school":
            return None
        return Sentence(
            zh="许可是“仅限校内”，共享范围却更宽：请与提供学校核对，先按所写的范围开放。",
            en="Its licence is “within the school only”, yet it is shared more widely. Ask the school; the audience is as written.",
        )


def read_row(row: Mapping[str, str]) -> Row | Sentence | None:
    """What a row says; None where it is about a room or equipment; a sentence where it is not understood."""
    said = row["类别"]
    if said in FACILITIES:
        return None
    kind = _KINDS.get(said)
    if kind is None:
        return Sentence(zh=f"不认识的类别“{said}”。", en=f"“{said}” is no sort that is known.")
    if not row["名称"]:
        return Sentence(zh="没有名称。", en="There is no name.")
    stage = _STAGES.get(row.get("学段", ""))
    licence = _licence(row.get("许可", ""))
    scope = SCOPES.get(row.get("共享范围", ""))
    language = _LANGUAGES.get(row.get("语言", ""))
    purpose = _PURPOSES.get(row.get("用途", ""))
    for word, value in (
        ("学段", stage),
        ("许可", licence),
        ("共享范围", scope),
        ("语言", language),
        ("用途", purpose),
    ):
        if value is None:
            return Sentence(
                zh=f"不认识的{word}“{row[word]}”。", en=f"“{row[word]}” is no {_EN[word]} that is known."
            )
    return Row(
        kind=kind,
        content=Content(
            title=row["名称"][:100],
            summary=row.get("备注", "")[:2000],
            subject=row.get("学科/用途", row.get("学科", ""))[:60],
            stage=stage or "all",
            grade=row.get("年级", "")[:60],
            textbook=row.get("教材版本", "")[:60],
            people=names_in(row.get("制作人", "") or row.get("主讲", "") or row.get("作者", ""))[:20],
            keywords=tuple(dict.fromkeys(row.get("关键词", "").replace("、", " ").split())),
            language=language or "zh",
            licence=licence or "CC-BY-NC-4.0",
            purpose=purpose or "teaching",
        ),
        school=row["提供学校"],
        scope=scope or "county",
    )


def headed(rows: Sequence[tuple[int, Sequence[object]]]) -> list[tuple[int, dict[str, str]]]:
    """The rows below the head, by their number in the sheet, each cell under its column's name."""
    head: dict[str, int] = {}
    found = []
    for number, cells in rows:
        said = [_plain(cell) for cell in cells]
        if not head:
            head = {word: place for place, word in enumerate(said) if word} if set(HEAD) <= set(said) else {}
        elif any(said):
            found.append(
                (number, {word: said[place] if place < len(said) else "" for word, place in head.items()})
            )
    return found


def same(title: str) -> str:
    """A title as two lists that mean the same thing both have it: width of characters, marks and space do not count."""
    plain = unicodedata.normalize("NFKC", title).casefold()
    return "".join(each for each in plain if each.isalnum())


_EN = {"学段": "stage", "许可": "licence", "共享范围": "audience", "语言": "language", "用途": "purpose"}


def _licence(said: str) -> str | None:
    short = said.upper().replace(" ", "").replace("-", "").removesuffix("4.0")
    return _LICENCES.get(said) or _LICENCES.get(short)


def _plain(cell: object) -> str:
    return " ".join(str(cell).split()) if cell is not None else ""
