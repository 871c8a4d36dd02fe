"""The session that a row of an agenda becomes."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from services.scheduling.agendas.model.sheets import Agenda, Entry, Speaker
from services.scheduling.plans.model import KINDS, LONGEST, ZONE, Leader, Occurrence, Plan

_ROOM = re.compile(
    r"^(?:各组|第?.{0,3}楼|\d|[一二三四五六七八九十]+号?|多功能|阶梯|学术|大|小|主|分){0,4}(?:报告厅|教室|会议室|礼堂|讨论室|活动室|功能厅|厅|餐厅|机房|操场|体育馆|图书馆|录播室)\S{0,4}$"
)


def planned(entry: Entry, agenda: Agenda, people: Mapping[Speaker, UUID]) -> Plan | None:
    """The session that an entry becomes; None where it cannot be one. people: who of its speakers the directory knows."""
    if not entry.days:
        return None
    first, last = entry.days
    place = whole_place(agenda.place, entry.place)
    form = entry.form if entry.form not in {"", KINDS[entry.kind].zh} else ""
    plan = Plan(
        title=entry.title,
        kind=entry.kind,
        occurrences=tuple(
            Occurrence(
                starts_at=datetime.combine(first + timedelta(days=day), start, tzinfo=ZONE),
                ends_at=datetime.combine(first + timedelta(days=day), end, tzinfo=ZONE),
                place=place[:LONGEST],
                link=entry.link if entry.link.startswith(("https://", "http://")) else "",
            )
            for day in range((last - first).days + 1)
            for start, end in sorted(entry.times)
        ),
        leaders=tuple(
            Leader(name=_called(one), role="host" if one.host else "speaker", person_id=people.get(one))
            for one in entry.speakers
        ),
        note="；".join(part for part in (form, entry.remark) if part)[:LONGEST],
    )
    return None if plan.faults() else plan


def whole_place(where: str, room: str) -> str:
    """A room with the place that it is in, as the agenda says it: 报告厅 in 培训中心; 示范校一 stands by itself."""
    if not room or not where:
        return room or where
    for length in range(min(len(room), len(where)), 1, -1):
        if where.endswith(room[:length]):
            return where + room[length:]
    return f"{where}{room}" if _ROOM.search(room) and where not in room else room


def _called(speaker: Speaker) -> str:
    about = f"{speaker.unit}{speaker.post}"
    return (f"{speaker.name}（{about}）" if about else speaker.name)[:LONGEST]
