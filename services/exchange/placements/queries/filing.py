"""Placements as the filing form 教师交流轮岗备案表 has them."""

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.exchange.placements.model import KINDS
from services.exchange.placements.queries.rows import PlacementRow
from shared.roster import roster_people

TITLE = "教师交流轮岗备案表"
COLUMNS = (
    "姓名",
    "身份证后四位",
    "交流类型",
    "是否调动人事关系",
    "起始年月",
    "终止年月",
    "原单位",
    "接收单位",
    "备注",
)
#: Rows of one form.
LARGEST = 20_000

#: Ids asked for in one statement.
_AT_ONCE = 5_000


def filed(db: Session, rows: Sequence[PlacementRow]) -> list[tuple[str, ...]]:
    """The rows of the form, in the order in which they come."""
    digits = _last_four(db, [row.person_id for row in rows])
    return [
        (
            row.name,
            digits.get(row.person_id, ""),
            KINDS[row.kind].zh if row.kind in KINDS else row.kind,  # type: ignore[index]  # just looked
            "是" if row.relation_moves else "否",
            f"{row.starts_on:%Y.%m}",
            f"{row.last_on:%Y.%m}",
            row.home.name.zh if row.home else "",
            row.host.name.zh if row.host else "",
            row.remark,
        )
        for row in rows
    ]


def _last_four(db: Session, ids: Sequence[UUID]) -> dict[UUID, str]:
    found: dict[UUID, str] = {}
    people = roster_people.c
    for start in range(0, len(ids), _AT_ONCE):
        some = db.execute(
            sa.select(people.person_id, people.id_last4).where(
                people.person_id.in_(ids[start : start + _AT_ONCE])
            )
        )
        found |= {row.person_id: row.id_last4 for row in some}
    return found
