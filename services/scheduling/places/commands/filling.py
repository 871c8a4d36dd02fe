"""Letting those in who wait, in order, as soon as there is room."""

from collections.abc import Collection, Iterable, Sequence
from uuid import UUID

import sqlalchemy as sa

from services.scheduling.invitations.commands.holding import Filling
from services.scheduling.invitations.model.invitation import Invitation
from services.scheduling.places.model import Place
from services.scheduling.places.policies.queueing import Queued, Room, admitted
from services.scheduling.programmes.model import Programme, Trainee
from shared.db import Transaction
from shared.roster import roster_people, roster_schools


def give_up(tx: Transaction, filling: Filling, places: Iterable[Place]) -> None:
    """Let these places go and the next in order come in. The caller takes anew what the sessions hold."""
    gone = [place for place in places if place.state != "withdrawn"]
    for place in gone:
        place.state, place.withdrawn_at = "withdrawn", tx.now
    if filling.subject.kind == "programme" and gone:
        tx.db.execute(
            sa.delete(Trainee).where(
                Trainee.programme_id == filling.subject.id,
                Trainee.id.in_([place.id for place in gone]),
            )
        )
    filling.enrolment.advance()
    fill(tx, filling)


def fill(tx: Transaction, filling: Filling, *, besides: Collection[UUID] = ()) -> list[Place]:
    """Let those in for whom there is room, in order; their schools are told, but for `besides`, who see it at once.

    The caller holds the queue and takes anew what the sessions hold.
    """
    places = [each for each in places_of(tx, filling) if each.state != "withdrawn"]
    of_it = sa.select(Invitation).where(Invitation.enrolment_id == filling.enrolment.id)
    invitations = {each.id: each for each in tx.db.scalars(of_it)}
    chosen = set(
        admitted(
            [_queued(each) for each in places if each.state == "in"],
            [_queued(each) for each in places if each.state == "waiting"],
            Room(
                places=filling.enrolment.places,
                quotas={id_: each.quota for id_, each in invitations.items()},
            ),
        )
    )
    found = [each for each in places if each.id in chosen]
    told: dict[tuple[UUID, UUID], list[UUID]] = {}
    for place in found:
        place.state, place.admitted_at = "in", tx.now
        if place.id not in besides:
            told.setdefault((place.invitation_id, place.school_id), []).append(place.person_id)
    if filling.subject.kind == "programme":
        _enter(tx, filling, found)
    for (invitation_id, school_id), person_ids in told.items():
        invitation = tx.load(Invitation, invitation_id)
        tx.emit(invitation.promoted(filling.subject, school_id=school_id, person_ids=person_ids))
    return found


def _enter(tx: Transaction, filling: Filling, places: Sequence[Place]) -> None:
    """Put those who came in on the programme's roster, and let their schools hear what becomes of its sessions."""
    if not places:
        return
    known = roster_people.c
    people = sa.select(known.person_id, known.post, roster_schools.c.name).outerjoin(
        roster_schools, roster_schools.c.school_id == known.school_id
    )
    about = {
        id_: (post, school or "")
        for id_, post, school in tx.db.execute(
            people.where(known.person_id.in_([place.person_id for place in places]))
        )
    }
    of_it = Trainee.programme_id == filling.subject.id
    on_it = set(tx.db.scalars(sa.select(Trainee.person_id).where(of_it)))
    last = tx.db.scalar(sa.select(sa.func.max(Trainee.ordinal)).where(of_it)) or 0
    for place in places:
        if place.person_id in on_it:
            continue
        last += 1
        post, unit = about.get(place.person_id, ("", ""))
        tx.db.add(
            Trainee(
                id=place.id,
                programme_id=filling.subject.id,
                ordinal=last,
                person_id=place.person_id,
                name=place.name,
                unit=unit,
                post=post,
                phone="",
                source="school",
                entered_at=tx.now,
            )
        )
    tx.load(Programme, filling.subject.id).advance()
    schools = {place.school_id for place in places}
    for session in filling.sessions:
        if session.state in {"released", "postponed"} and not schools <= set(session.invited_schools):
            session.reach(sorted(schools))


def places_of(tx: Transaction, filling: Filling) -> list[Place]:
    """All places of it in the order of the queue, those that were given up among them."""
    of_it = sa.select(Place).where(Place.enrolment_id == filling.enrolment.id)
    return list(tx.db.scalars(of_it.order_by(Place.number)))


def _queued(place: Place) -> Queued:
    return Queued(
        id=place.id, invitation_id=place.invitation_id, school_id=place.school_id, number=place.number
    )
