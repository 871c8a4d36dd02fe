"""The rooms and equipment of a resource list, as offices send it (类别, 名称, 学科/用途, …, 提供学校, 共享范围, 许可, 备注).

Rows of other kinds (课程, 录像, …) are for whoever reads the rest of the list, and left alone.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.resources.facilities.commands.keeping import keep_facility
from services.resources.facilities.model.facility import WEEKDAYS, Facility, Terms, opening
from services.resources.facilities.model.lending import Asker
from services.resources.facilities.queries import facility_called
from shared.db import Transaction
from shared.ids import named
from shared.roster import roster_schools
from shared.roster.tables import roster_group_schools
from shared.text import Sentence

#: The kinds of rows that are facilities.
OURS = frozenset({"场地", "设备"})

_HEAD = ("类别", "名称", "提供学校")
_KIND_WORDS = (
    ("录播车", "mobile"),
    ("录播", "studio"),
    ("演播", "studio"),
    ("报告厅", "hall"),
    ("礼堂", "hall"),
)
#: A day and its hours. Digits of a number of seats.
_OPEN = re.compile(rf"({'|'.join(WEEKDAYS)}) ?([0-9:]+-[0-9:]+)")
_DIGITS = 4
#: Of a name, in characters.
_LONGEST = 60
_HOURS = {str(day): "08:00-18:00" for day in range(5)}


@dataclass(frozen=True, slots=True)
class Brought:
    """How many came in, how many were there already, and which rows were not understood, by their number."""

    new: int
    known: int
    problems: Mapping[int, Sentence]


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a list that is about a room or equipment: its number there, what it says, and what would come of it.

    stands: the facility that it would become, a sentence where it cannot be brought, None where it is there already.
    """

    number: int
    said: Mapping[str, str]
    stands: "Planned | Sentence | None"


@dataclass(frozen=True, slots=True)
class Planned:
    """What a row becomes."""

    id: UUID
    school_id: UUID
    region_code: str
    terms: Terms


def rows_of(rows: Sequence[tuple[int, Sequence[object]]]) -> list[tuple[int, dict[str, str]]]:
    """The rows of a list that are about rooms and equipment, each cell under its column's name."""
    head: dict[str, int] = {}
    found = []
    for number, cells in rows:
        said = [str(cell).strip() if cell is not None else "" for cell in cells]
        if not head:
            head = {word: place for place, word in enumerate(said)} if set(_HEAD) <= set(said) else {}
            continue
        row = {word: said[place] if place < len(said) else "" for word, place in head.items() if word}
        if row["类别"] in OURS:
            found.append((number, row))
    return found


def look_at(
    db: Session, rows: Sequence[tuple[int, Mapping[str, str]]], *, asker: Asker | None = None
) -> list[Line]:
    """What would come of the rows, those of schools that `asker` answers for (None: of all)."""
    lines, planned = [], set[UUID]()
    for number, row in rows:
        stands = _plan(db, row, asker)
        if isinstance(stands, Planned):
            stands = None if stands.id in planned else stands
            planned |= {stands.id} if stands else set()
        lines.append(Line(number, row, stands))
    return lines


def bring_facilities(
    tx: Transaction, rows: Sequence[tuple[int, Sequence[object]]], *, asker: Asker | None = None
) -> Brought:
    """Bring the facilities of a list, those of schools that `asker` answers for (None: of all); what is there already is left as it is, so that a list may come twice.

    Each is lent by its owner's word in the working week until the owner says otherwise.
    """
    return bring_rows(tx, rows_of(rows), asker=asker)


def bring_rows(
    tx: Transaction, rows: Sequence[tuple[int, Mapping[str, str]]], *, asker: Asker | None = None
) -> Brought:
    """The same of rows that somebody has looked through."""
    new, known, problems = 0, 0, dict[int, Sentence]()
    for line in look_at(tx.db, rows, asker=asker):
        if isinstance(line.stands, Sentence):
            problems[line.number] = line.stands
        elif line.stands is None:
            known += 1
        else:
            to_be = line.stands
            keep_facility(
                tx,
                id_=to_be.id,
                school_id=to_be.school_id,
                region_code=to_be.region_code,
                terms=to_be.terms,
            )
            new += 1
    return Brought(new, known, problems)


def _plan(db: Session, row: Mapping[str, str], asker: Asker | None) -> Planned | Sentence | None:
    name, school = row["名称"], row["提供学校"]
    if not name or len(name) > _LONGEST:
        return Sentence(
            zh=f"请写明名称，最多 {_LONGEST} 个字。", en=f"Give it a name, of at most {_LONGEST} characters."
        )
    schools = roster_schools.c
    found = db.execute(
        sa.select(schools.school_id, schools.code, schools.region_code).where(
            schools.name == school, sa.not_(schools.retired)
        )
    ).all()
    if len(found) != 1:
        return Sentence(
            zh=f"名录里没有“{school}”，或不止一所。", en=f"The register has no “{school}”, or several."
        )
    [owner] = found
    if asker is not None and not asker.answers_for(school=owner.school_id, region=owner.region_code):
        return Sentence(
            zh=f"“{school}”不由你负责，没有导入。", en=f"You do not answer for “{school}”; it was left out."
        )
    id_ = named("facility", f"{owner.code}/{name}")
    if db.get(Facility, id_) is not None or facility_called(db, owner.school_id, name) is not None:
        return None
    kind = next((kind for word, kind in _KIND_WORDS if word in name), "")
    terms = Terms(
        name=name,
        kind=kind or ("mobile" if row["类别"] == "设备" else "classroom"),
        capacity=_seats(row.get("座位", "")),
        equipment=tuple(row.get("设备", "").replace("、", " ").replace("，", " ").split()),
        hours=_hours(row.get("开放时间", "")),
        audiences=_audiences(db, row.get("共享范围", ""), owner.school_id, owner.region_code),
        note="；".join(each for each in (row.get("学科/用途", ""), row.get("备注", "")) if each),
    )
    return Planned(id_, owner.school_id, owner.region_code, terms)


def _seats(said: str) -> int:
    number = said.removesuffix("座").strip()
    return int(number) if number.isascii() and number.isdigit() and len(number) <= _DIGITS else 0


def _hours(said: str) -> Mapping[str, str]:
    """The hours of a list that went out (周一 08:00-18:00；周二 …); the working week where it says none that can be read."""
    found = {
        str(WEEKDAYS.index(day)): hours
        for day, hours in _OPEN.findall(said)
        if (open_ := opening(hours)) is not None and open_[0] < open_[1]
    }
    return found or _HOURS


def _audiences(db: Session, said: str, school_id: object, region: str) -> tuple[str, ...]:
    """集团: the owner's groups, 全州: its prefecture, 全区: everybody; else the owner's county."""
    if "集团" in said:
        groups = db.scalars(
            sa.select(roster_group_schools.c.group_id).where(roster_group_schools.c.school_id == school_id)
        )
        return tuple(f"group:{id_}" for id_ in groups) or (f"school:{school_id}",)
    if said in {"全州", "全市"}:
        return (f"region:{region[:4]}00",)
    return ("all",) if said == "全区" else (f"region:{region}",)
