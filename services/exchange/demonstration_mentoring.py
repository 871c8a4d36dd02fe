"""Demonstration: a mentor pair at Golmud and a learning community of the prefecture."""

from datetime import date, timedelta

from services.exchange.mentoring.model import Community, Meeting, Member
from shared.db import Transaction
from shared.ids import named

_PAIR = ("3632801001/3", ("3632801001/4", "3632801001/5"))
_MASTER = "3632802009/1"
_GROUPS = (
    ("3632802007/3", ("3632802007/4", "3632802008/5")),
    ("3632822028/3", ("3632822028/4", "3632823032/5")),
    ("3632803016/3", ("3632803016/4",)),
)


def lead(tx: Transaction) -> None:
    """Begin both, with a few meetings."""
    today = tx.now.date()
    pair = _begin(tx, "pair", "格尔木市第一中学青蓝结对", "632801", today)
    _join(tx, pair, [(_PAIR[0], "master", None), *((each, "member", _PAIR[0]) for each in _PAIR[1])])
    both = [_PAIR[0], *_PAIR[1]]
    _meet(tx, pair, today - timedelta(days=21), "听评课：一次函数", both)
    _meet(tx, pair, today - timedelta(days=7), "磨课：二次根式", both[:2])
    group = _begin(tx, "community", "海西州小学语文 1+10+N 研修共同体", "632802", today)
    rows: list[tuple[str, str, str | None]] = [(_MASTER, "master", None)]
    for backbone, some in _GROUPS:
        rows += [(backbone, "backbone", _MASTER), *((each, "member", backbone) for each in some)]
    _join(tx, group, rows)
    _meet(tx, group, today - timedelta(days=75), "单元整体教学设计", [each for each, *_ in rows])


def _begin(tx: Transaction, kind: str, name: str, region: str, today: date) -> Community:
    community = Community(
        id=named("community", name),
        version=1,
        kind=kind,
        name=name,
        region_code=region,
        starts_on=today - timedelta(days=80),
        ends_on=today + timedelta(days=1_000),
        reason="",
        by=tx.actor,
        changed_at=tx.now,
    )
    tx.db.add(community)
    tx.db.flush()  # its members refer to it
    return community


def _join(tx: Transaction, community: Community, rows: list[tuple[str, str, str | None]]) -> None:
    tx.db.add_all(
        Member(
            community_id=community.id,
            person_id=named("person", key),
            role=role,
            led_by=named("person", by) if by else None,
        )
        for key, role, by in rows
    )


def _meet(tx: Transaction, community: Community, day: date, topic: str, present: list[str]) -> None:
    tx.db.add(
        Meeting(
            id=named("community.meeting", f"{community.id}/{day}"),
            community_id=community.id,
            held_on=day,
            topic=topic,
            text="",
            minutes=90,
            present=sorted(str(named("person", each)) for each in present),
            by=tx.actor,
            at=tx.now,
        )
    )
