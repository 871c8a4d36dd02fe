"""Reads about what was chosen: in a fixed number of queries however many owners are asked for."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import TypeVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.notifications.channels.queries import owners_of
from services.notifications.preferences.model import Day, Mode, NoticeClass, Preference, Quiet
from services.notifications.preferences.policies import (
    ANNOUNCED,
    COORDINATING,
    Decision,
    Habits,
    decide,
    digest_due,
    held_until,
)
from shared.auth import Principal
from shared.roster.tables import roster_group_schools, roster_regions, roster_schools

N = TypeVar("N")

#: Names in one IN: SQLite takes no more than some thousands.
_AT_ONCE = 500

#: Of who has never said when to be left alone.
_UNSAID = Habits()


@dataclass(frozen=True, slots=True)
class Chosen:
    """What holds for some owners: their groups, what each layer chose, their habits, and the calendar of all."""

    groups: Mapping[str, Sequence[str]]
    modes: Mapping[tuple[str, str, str], Mode]
    habits: Mapping[str, Habits]
    days: Mapping[str, bool]

    def how(
        self, notice_class: NoticeClass, kind: str, owner: str, *, channel: UUID | None = None
    ) -> Decision:
        """How a notice of the class goes out to the owner by a kind of channel, and who says so.

        channel: whose recipient may have unsubscribed, which goes before everything.
        """
        nearest = () if channel is None else (f"channel:{channel}",)
        layers = (*self.groups.get(owner, ()), owner, *nearest)
        return decide(notice_class, kind, layers=layers, chosen=self.modes)

    def held_until(self, owner: str, now: datetime) -> datetime | None:
        """Until when the owner is not to be disturbed; None: now is fine."""
        habits = self.habits.get(owner)
        return held_until(now, habits, self.days) if habits else None

    def digest_due(self, owner: str, now: datetime) -> datetime:
        """When the owner's next digest goes out."""
        return digest_due(now, self.habits.get(owner, _UNSAID), self.days)


def chosen_by(
    db: Session,
    owners: Collection[str],
    *,
    notice_class: NoticeClass | None = None,
    channels: Collection[UUID] = (),
) -> Chosen:
    """What holds for these owners, and for these channels of theirs. A few queries for every five hundred of them.

    notice_class: the one that is asked about; None: all of them. What it leaves nobody to choose is not read.
    """
    schools = {f"school:{id_}": id_ for owner in owners if (id_ := school_of(owner))}
    groups: Mapping[str, Sequence[str]] = {}
    modes: dict[tuple[str, str, str], Mode] = {}
    quiet: dict[str, Quiet] = {}
    if notice_class is None or not notice_class.mandatory:
        groups = _groups_of(db, schools.values())
        modes = _modes_of(db, {*owners, *chain(*groups.values()), *(f"channel:{id_}" for id_ in channels)})
    if notice_class is None or not notice_class.urgent:
        for some in _parts(owners):
            quiet |= {row.owner: row for row in db.scalars(sa.select(Quiet).where(Quiet.owner.in_(some)))}
    zones = _zones_of(db, [schools[owner] for owner in quiet if owner in schools])
    habits = {
        owner: Habits(
            starts=row.starts,
            ends=row.ends,
            days_off=row.days_off,
            digest_at=row.digest_at,
            zone=zones.get(owner, "Asia/Shanghai"),
        )
        for owner, row in quiet.items()
    }
    return Chosen(groups, modes, habits, calendar(db))


def calendar(db: Session) -> Mapping[str, bool]:
    """The days that are not what their weekday says: as announced, and before that as administrators say. One query."""
    return {**ANNOUNCED, **{row.day: row.works for row in db.execute(sa.select(Day.day, Day.works))}}


def days(db: Session) -> Sequence[Day]:
    """The same with their names, in order."""
    return db.scalars(sa.select(Day).order_by(Day.day)).all()


def chosen_by_one(db: Session, owner: str) -> Mapping[tuple[str, str], Mode]:
    """What one owner chose itself, by class and kind. One query."""
    rows = db.scalars(sa.select(Preference).where(Preference.owner == owner))
    return {(row.class_name, row.kind): _mode(row.mode) for row in rows}


def quiet_of(db: Session, owner: str) -> Quiet:
    """When an owner is not to be disturbed, as chosen or as it is for who chose nothing. One query."""
    said = db.get(Quiet, owner)
    return said or Quiet(owner=owner, starts=0, ends=0, days_off=False, digest_at=_UNSAID.digest_at)


def school_of(owner: str) -> UUID | None:
    """The school that an owner is, if it is one."""
    kind, _, value = owner.partition(":")
    return UUID(value) if kind == "school" else None


def _modes_of(db: Session, owners: Collection[str]) -> dict[tuple[str, str, str], Mode]:
    found: dict[tuple[str, str, str], Mode] = {}
    for some in _parts(owners):
        for row in db.scalars(sa.select(Preference).where(Preference.owner.in_(some))):
            found[row.owner, row.class_name, row.kind] = _mode(row.mode)
    return found


def _groups_of(db: Session, schools: Collection[UUID]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    belongs = roster_group_schools.c
    for some in _parts(schools):
        for row in db.execute(
            sa.select(belongs.school_id, belongs.group_id).where(belongs.school_id.in_(some))
        ):
            found.setdefault(f"school:{row.school_id}", []).append(f"group:{row.group_id}")
    return found


def _zones_of(db: Session, schools: Collection[UUID]) -> dict[str, str]:
    """Of each school the zone of its region, or of the nearest region above that says one."""
    table = roster_schools.c
    code = table.region_code
    above = sa.or_(
        roster_regions.c.code == code,
        roster_regions.c.code == sa.func.substr(code, 1, 4) + "00",
        roster_regions.c.code == sa.func.substr(code, 1, 2) + "0000",
    )
    found: dict[str, str] = {}
    for some in _parts(schools):
        rows = db.execute(
            sa.select(table.school_id, roster_regions.c.zone)
            .join(roster_regions, above)
            .where(table.school_id.in_(some))
            .order_by(roster_regions.c.code)
        )
        found |= {f"school:{row.school_id}": row.zone for row in rows}
    return found


def _parts(names: Collection[N]) -> list[list[N]]:
    rows = list(names)
    return [rows[start : start + _AT_ONCE] for start in range(0, len(rows), _AT_ONCE)]


def _mode(said: str) -> Mode:
    return "off" if said == "off" else "digest" if said == "digest" else "on"


def choosers(principal: Principal) -> frozenset[str]:
    """For whom somebody chooses: themselves, their schools, and the groups that they coordinate."""
    groups = {scope for scope in principal.scopes(*COORDINATING) if scope.startswith("group:")}
    return owners_of(principal) | groups
