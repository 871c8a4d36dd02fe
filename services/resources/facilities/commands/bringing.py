"""The rooms and equipment of a resource list, as offices send it (类别, 名称, 学科/用途, …, 提供学校, 共享范围, 许可, 备注).

Rows of other kinds (课程, 录像, …) are for whoever reads the rest of the list, and left alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from services.resources.facilities.commands.keeping import keep_facility
from services.resources.facilities.model.facility import Facility, Terms
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
_HOURS = {str(day): "08:00-18:00" for day in range(5)}


@dataclass(frozen=True, slots=True)
class Brought:
    """How many came in, how many were there already, and which rows were not understood, by their number."""

    new: int
    known: int
    problems: Mapping[int, Sentence]


def bring_facilities(
    tx: Transaction, rows: Sequence[tuple[int, Sequence[object]]], *, asker: Asker | None = None
) -> Brought:
    """Bring the facilities of a list, those of schools that `asker` answers for (None: of all); what is there already is left as it is, so that a list may come twice.

    Each is lent by its owner's word in the working week until the owner says otherwise.
    """
    head: dict[str, int] = {}
    new, known, problems = 0, 0, dict[int, Sentence]()
    for number, cells in rows:
        said = [str(cell).strip() if cell is not None else "" for cell in cells]
        if not head:
            head = {word: place for place, word in enumerate(said)} if set(_HEAD) <= set(said) else {}
            continue
        row = {word: said[place] if place < len(said) else "" for word, place in head.items()}
        if row["类别"] not in OURS:
            continue
        problem = _bring(tx, row, asker)
        if isinstance(problem, Sentence):
            problems[number] = problem
        elif problem:
            new += 1
        else:
            known += 1
    return Brought(new, known, problems)


def _bring(tx: Transaction, row: Mapping[str, str], asker: Asker | None) -> bool | Sentence:
    """Whether it is new; a sentence where it cannot be brought."""
    name, school = row["名称"], row["提供学校"]
    if not name:
        return Sentence(zh="没有名称。", en="There is no name.")
    schools = roster_schools.c
    found = tx.db.execute(
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
    if tx.db.get(Facility, id_) is not None or facility_called(tx.db, owner.school_id, name) is not None:
        return False
    kind = next((kind for word, kind in _KIND_WORDS if word in name), "")
    terms = Terms(
        name=name,
        kind=kind or ("mobile" if row["类别"] == "设备" else "classroom"),
        hours=_HOURS,
        audiences=_audiences(tx, row.get("共享范围", ""), owner.school_id, owner.region_code),
        note="；".join(each for each in (row.get("学科/用途", ""), row.get("备注", "")) if each),
    )
    keep_facility(tx, id_=id_, school_id=owner.school_id, region_code=owner.region_code, terms=terms)
    return True


def _audiences(tx: Transaction, said: str, school_id: object, region: str) -> tuple[str, ...]:
    """集团: the owner's groups, 全州: its prefecture, 全区: everybody; else the owner's county."""
    if "集团" in said:
        groups = tx.db.scalars(
            sa.select(roster_group_schools.c.group_id).where(roster_group_schools.c.school_id == school_id)
        )
        return tuple(f"group:{id_}" for id_ in groups) or (f"school:{school_id}",)
    if said in {"全州", "全市"}:
        return (f"region:{region[:4]}00",)
    return ("all",) if said == "全区" else (f"region:{region}",)
