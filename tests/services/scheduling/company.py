"""Sessions that invite schools, and people of these whom the directory has."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TypeVar
from uuid import UUID

import sqlalchemy as sa

from services.scheduling.invitations.commands.answering import agree, limit_places
from services.scheduling.invitations.model.answer import Answer
from services.scheduling.invitations.model.invitation import Invitation
from services.scheduling.invitations.model.subjects import Asker
from services.scheduling.places.commands.naming import name_people
from services.scheduling.places.model import Place
from services.scheduling.sessions.commands import release_session
from shared.contracts.directory import PersonChanged
from shared.contracts.scheduling import INVITATIONS, TASKS, SchedulingTask
from shared.db import Transaction
from shared.ids import named
from shared.roster.keeping import keep_person
from tests.services.scheduling.world import GOLMUD, PARTNER, World, plan

R = TypeVar("R")

HOST = Asker(scopes=frozenset({"region:632800"}))
THERE = Asker(scopes=frozenset({"region:520502"}))
LIAISON = Asker(scopes=frozenset(), schools=frozenset({PARTNER}))
OWN_LIAISON = Asker(scopes=frozenset(), schools=frozenset({GOLMUD}))


def do(world: World, work: Callable[[Transaction], R], *, actor: str = "account:chen") -> R:
    """Run a command."""
    return world.runtime.database.run(work, actor=actor)


def staff(world: World, school: UUID, number: int) -> list[UUID]:
    """So many people of a school whom the directory has."""

    def learn(tx: Transaction) -> list[UUID]:
        ids = [named("person", f"{school}/{each}") for each in range(number)]
        for each, id_ in enumerate(ids):
            keep_person(
                tx,
                PersonChanged(
                    person_id=id_, version=1, name=f"教师{each + 1}", school_id=school, post="教师"
                ),
            )
        return ids

    return do(world, learn, actor="service:test")


def released(world: World, *, schools: tuple[UUID, ...] = (GOLMUD, PARTNER), **said: object) -> UUID:
    """A session of Haixi's that is released; across the border nobody has agreed yet."""
    drafted = world.drafted(plan(invited_schools=schools, **said))  # type: ignore[arg-type]
    do(world, lambda tx: release_session(tx, session_id=drafted.id, scopes=HOST.scopes))
    return drafted.id


def limited(world: World, id_: UUID, *, places: int | None = None, deadline: datetime | None = None) -> None:
    """So many places in all."""
    do(
        world,
        lambda tx: limit_places(
            tx, subject_id=id_, kind="session", places=places, deadline=deadline, asker=HOST
        ),
    )


def invitation(world: World, id_: UUID, region: str = "520502") -> Invitation:
    """The invitation of a region to a session or a programme."""
    with world.runtime.database.reading() as db:
        return db.scalars(
            sa.select(Invitation).where(Invitation.enrolment_id == id_, Invitation.region_code == region)
        ).one()


def agreed(world: World, id_: UUID) -> UUID:
    """The other side has agreed; answers the id of the invitation."""
    asked = invitation(world, id_)
    do(world, lambda tx: agree(tx, invitation_id=asked.id, asker=THERE))
    return asked.id


def answer(world: World, id_: UUID, school: UUID = PARTNER) -> Answer:
    """What a school is asked."""
    with world.runtime.database.reading() as db:
        return db.scalars(
            sa.select(Answer).where(Answer.enrolment_id == id_, Answer.school_id == school)
        ).one()


def named_by(world: World, id_: UUID, people: Sequence[UUID], *, school: UUID = PARTNER, asker: Asker = LIAISON) -> None:  # fmt: skip
    """A school names people."""
    asked = answer(world, id_, school)
    do(world, lambda tx: name_people(tx, answer_id=asked.id, person_ids=people, asker=asker))


def queue(world: World, id_: UUID) -> list[tuple[str, str]]:
    """Who has a place and who waits, in order."""
    with world.runtime.database.reading() as db:
        rows = db.scalars(sa.select(Place).where(Place.enrolment_id == id_).order_by(Place.number)).all()
    return [(row.name, row.state) for row in rows]


def said(world: World) -> list[object]:
    """What was told of invitations, in order."""
    return list(world.sent(INVITATIONS))


def waiting(world: World) -> list[str]:
    """The links of what waits for somebody beside releases."""
    newest = {each.task_id: each for each in world.sent(TASKS) if isinstance(each, SchedulingTask)}
    return sorted(
        each.link.rpartition("/")[0].rpartition("/")[2]
        for each in newest.values()
        if each.closed_at is None and "/sessions/" not in each.link and "/programmes/" not in each.link
    )
