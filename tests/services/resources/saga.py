"""Both services of a borrowed room, in one test: what each says, and what the other has not heard yet."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TypeVar
from uuid import UUID

import sqlalchemy as sa

from services.resources.bookings.commands.timing import lapse_overdue
from services.resources.bookings.model import BLOCKING, Booking
from services.resources.facilities.commands.keeping import keep_facility
from services.resources.facilities.model.facility import Terms
from services.scheduling.facilities.commands import ask_for_facility, give_up_waiting
from services.scheduling.facilities.model import LIVE, FacilityRequest
from services.scheduling.plans.model import Plan
from services.scheduling.sessions.commands import draft_session, release_session
from shared.contracts.scheduling import SchedulingTask
from shared.db import Transaction
from shared.events.contract import Event
from shared.ids import named, uuid7
from tests.builders import DELINGHA, GOLMUD, House, three_schools

R = TypeVar("R")

START = datetime(2025, 6, 10, 2, 0, tzinfo=UTC)  # ten o'clock there, on a Tuesday
OURS = frozenset({"region:632800"})
EVERY_DAY = {str(day): "08:00-21:00" for day in range(7)}


@dataclass
class Two:
    """Both services, and what each has said that the other has not heard yet."""

    scheduling: House
    resources: House
    room: UUID
    heard: dict[str, int] = field(default_factory=lambda: {"scheduling": 0, "resources": 0})

    def do(self, at: House, work: Callable[[Transaction], R]) -> R:
        return at.database.run(work, actor="account:chen")

    def fresh(self) -> list[tuple[House, Event]]:
        """What was said since, and who is to hear it."""
        found: list[tuple[House, Event]] = []
        for name, one, other in (
            ("scheduling", self.scheduling, self.resources),
            ("resources", self.resources, self.scheduling),
        ):
            said = one.said()
            reactions = other.runtime.service.reactions
            found += [(other, event) for event in said[self.heard[name] :] if type(event) in reactions]
            self.heard[name] = len(said)
        return found

    def settle(self) -> None:
        """Let each hear the other until neither has anything left to say."""
        while waiting := self.fresh():
            for house_, event in waiting:
                house_.hear(event)

    def move(self, by: timedelta) -> None:
        self.scheduling.clock.move(by)
        self.resources.clock.move(by)

    def tick(self) -> None:
        self.do(self.scheduling, give_up_waiting)
        self.do(self.resources, lapse_overdue)

    def session(self, *, release: bool = True) -> UUID:
        plan = Plan.once(
            title="联合教研",
            kind="joint_research",
            starts_at=START,
            ends_at=START + timedelta(hours=2),
            place="录播室",
            link="",
            invited_schools=(GOLMUD,),
        )
        id_ = self.do(
            self.scheduling,
            lambda tx: draft_session(tx, id_=uuid7(), plan=plan, host_region="632800", scopes=OURS).id,
        )
        if release:
            # The same place as text at the same time would collide: what is tested is the room.
            self.do(
                self.scheduling,
                lambda tx: release_session(tx, session_id=id_, scopes=OURS, override="同一间录播室").id,
            )
        return id_

    def ask(self, session: UUID) -> UUID:
        return self.do(
            self.scheduling,
            lambda tx: (
                ask_for_facility(
                    tx, id_=uuid7(), session_id=session, occurrence=0, facility_id=self.room, scopes=OURS
                ).id
            ),
        )

    def request(self, id_: UUID) -> FacilityRequest:
        with self.scheduling.database.reading() as db:
            return db.scalars(sa.select(FacilityRequest).where(FacilityRequest.id == id_)).one()

    def tasks(self, request: UUID) -> list[SchedulingTask]:
        """What was said to wait because of a request."""
        return [
            each
            for each in self.scheduling.said()
            if isinstance(each, SchedulingTask) and each.link.endswith(f"#{request}")
        ]

    def booking(self, id_: UUID) -> Booking | None:
        with self.resources.database.reading() as db:
            return db.scalars(sa.select(Booking).where(Booking.id == id_)).one_or_none()

    def check(self) -> None:
        """Never two that block one room at one time."""
        with self.resources.database.reading() as db:
            rows = db.scalars(sa.select(Booking).where(Booking.blocking)).all()
        for one in rows:
            for other in rows:
                if one.id != other.id and one.facility_id == other.facility_id:
                    assert one.ends_at <= other.starts_at or other.ends_at <= one.starts_at

    def agree_at_the_end(self) -> None:
        """What one side has is what the other gives, attempt by attempt."""
        with self.scheduling.database.reading() as db:
            requests = db.scalars(sa.select(FacilityRequest)).all()
        for request in requests:
            booking = self.booking(request.id)
            assert booking is not None
            if request.state == "booked":
                assert (booking.state, booking.attempt, booking.starts_at) == (
                    "confirmed",
                    request.attempt,
                    request.starts_at,
                )
            elif request.state not in LIVE:
                assert booking.state not in BLOCKING, (request.state, booking.state)
            else:
                assert (request.state, booking.state) in {("asked", "requested"), ("held", "held")}


def both(scheduling: House, resources: House, *, approval: str) -> Two:
    for each in (scheduling, resources):
        each.hear(*three_schools())
    room = named("facility", "studio")
    terms = Terms(name="录播室", capacity=40, hours=EVERY_DAY, approval=approval)
    resources.database.run(
        lambda tx: keep_facility(tx, id_=room, school_id=DELINGHA, region_code="632802", terms=terms),
        actor="account:chen",
    )
    found = Two(scheduling, resources, room)
    found.settle()
    return found
