"""Demonstration: the groups of a class's discussion, and what its first lecture gives out."""

from collections.abc import Sequence

import sqlalchemy as sa

from services.scheduling.breakouts.model import Breakout, Division
from services.scheduling.breakouts.policies import deal
from services.scheduling.materials.model import Material
from services.scheduling.programmes.model import Programme, Trainee
from services.scheduling.sessions.model import Session
from shared.db import Transaction
from shared.ids import named

_GROUPS = ("共建组", "共享组", "共生组", "城乡组", "学段组")
_GIVEN_OUT = (
    ("培训手册（日程、住宿、联系人）", "https://www.haixi.example/training/handbook.pdf"),
    ("会前阅读：教育集团化办学案例选编", "https://www.haixi.example/training/cases.pdf"),
)


def demonstrate_breakouts(tx: Transaction, programme: Programme, sessions: Sequence[Session]) -> None:
    """Groups that mix the units for each discussion in groups' rooms, each led by somebody of its own."""
    listed = sa.select(Trainee).where(Trainee.programme_id == programme.id).order_by(Trainee.ordinal)
    trainees = {each.id: each for each in tx.db.scalars(listed)}
    dealt = deal([(each.id, each.unit) for each in trainees.values()], number=len(_GROUPS), how="mixed")
    for session in sessions:
        if session.kind != "group_discussion" or session.place != "各组教室":
            continue
        groups = [
            Breakout(
                name=name,
                place=f"培训中心 {200 + number} 教室",
                led_by=trainees[members[0]].name,
                members=tuple(members),
            )
            for number, (name, members) in enumerate(zip(_GROUPS, dealt, strict=True), start=1)
        ]
        tx.db.add(
            Division(
                id=named("demonstration", f"{session.id}/groups"),
                version=1,
                session_id=session.id,
                groups=tuple(groups),
                divided_by=tx.actor,
                divided_at=tx.now,
            )
        )
    for number, (title, link) in enumerate(_GIVEN_OUT):
        tx.db.add(
            Material(
                id=named("demonstration", f"{sessions[0].id}/material/{number}"),
                session_id=sessions[0].id,
                title=title,
                link=link,
                added_by=tx.actor,
                added_at=tx.now,
            )
        )
