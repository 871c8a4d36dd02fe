"""Naming people for a session or a programme, taking them back, and saying that nobody comes."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from services.scheduling.claims.commands import take
from services.scheduling.invitations.commands.holding import Filling, answer_of, await_answer
from services.scheduling.invitations.model.answer import Answer
from services.scheduling.invitations.model.invitation import Invitation
from services.scheduling.invitations.model.subjects import Asker, Closed
from services.scheduling.invitations.queries import no_such_invitation
from services.scheduling.places.commands.filling import fill, give_up, places_of
from services.scheduling.places.model import MOST_AT_ONCE, Place
from shared.db import Transaction
from shared.errors import Invalid, NotFound, Refusal
from shared.ids import uuid7
from shared.roster import roster_people, roster_schools
from shared.text import Sentence


def name_people(
    tx: Transaction,
    *,
    answer_id: UUID,
    person_ids: Sequence[UUID],
    asker: Asker,
    override: str | None = None,
) -> list[Place]:
    """Name people of an invited school; for whom there is no place, wait in order. Who is named already stays as they are.

    Answers the school's places. Raises NotFound, Invalid (nobody, too many, somebody not of the school), Refusal, Closed after
    the deadline unless the host does it, Taken where somebody is busy then, unless the host says why it is to be.
    """
    filling, invitation, answer = answer_of(tx, answer_id)
    source = _as_whom(tx, invitation, answer, asker)
    _insist_open(filling, invitation, answer, source=source, now=tx.now)
    people = _people_of_school(tx, answer.school_id, person_ids)
    places = {place.person_id: place for place in places_of(tx, filling)}
    fresh: set[UUID] = set()
    for person_id, name in people.items():
        place = places.get(person_id)
        if place is not None and place.state != "withdrawn":
            continue
        if place is None:
            place = Place(id=uuid7(), enrolment_id=filling.enrolment.id, person_id=person_id)
            tx.db.add(place)
        place.invitation_id, place.answer_id, place.school_id = invitation.id, answer.id, answer.school_id
        place.name, place.state, place.number = name, "waiting", filling.enrolment.next_number()
        place.source, place.named_by, place.named_at = source, tx.actor, tx.now
        place.admitted_at = place.withdrawn_at = None
        fresh.add(place.id)
    filling.enrolment.advance()
    answer.say("named", by=tx.actor, at=tx.now)
    fill(tx, filling, besides=fresh)
    take(tx, filling.sessions, scopes=asker.scopes, override=override if source == "host" else None)
    return _said(tx, filling, invitation, answer, what="named")


def withdraw_place(tx: Transaction, *, place_id: UUID, asker: Asker) -> Place:
    """Take somebody back who was named; the next in order come in by themselves. Raises NotFound, Refusal."""
    answer_id = tx.db.scalar(sa.select(Place.answer_id).where(Place.id == place_id))
    if answer_id is None:
        raise _nobody()
    filling, invitation, answer = answer_of(tx, answer_id)
    source = _as_whom(tx, invitation, answer, asker)
    _insist_not_over(filling, source=source, now=tx.now)
    [place] = [each for each in places_of(tx, filling) if each.id == place_id]
    if place.state == "withdrawn":
        raise Refusal(Sentence(zh=f"{place.name}已经撤回。", en=f"{place.name} was taken back already."))
    give_up(tx, filling, [place])
    if not any(each.state != "withdrawn" and each.answer_id == answer.id for each in places_of(tx, filling)):
        answer.say("waiting", by=tx.actor, at=tx.now)
    else:
        answer.advance()
    take(tx, filling.sessions, scopes=asker.scopes)
    _said(tx, filling, invitation, answer, what="withdrawn")
    return place


def decline(tx: Transaction, *, answer_id: UUID, reason: str, asker: Asker) -> Answer:
    """Say that nobody of the school comes, and why; who was named gives their place up. Raises NotFound, Invalid, Refusal."""
    filling, invitation, answer = answer_of(tx, answer_id)
    source = _as_whom(tx, invitation, answer, asker)
    if answer.state == "out" or invitation.state != "open":
        raise no_such_invitation()
    _insist_not_over(filling, source=source, now=tx.now)
    answer.say("declined", reason=reason, by=tx.actor, at=tx.now)
    give_up(tx, filling, [each for each in places_of(tx, filling) if each.answer_id == answer.id])
    take(tx, filling.sessions, scopes=asker.scopes)
    _said(tx, filling, invitation, answer, what="declined", reason=reason)
    return answer


def _said(
    tx: Transaction, filling: Filling, invitation: Invitation, answer: Answer, *, what: str, reason: str = ""
) -> list[Place]:
    """Tell the host what the school has answered, and whether that is still awaited; answers the school's places."""
    own = [each for each in places_of(tx, filling) if each.answer_id == answer.id]
    there = [each for each in own if each.state != "withdrawn"]
    waiting = sum(each.state == "waiting" for each in there)
    tx.emit(
        invitation.said(
            filling.subject,
            school_id=answer.school_id,
            answer=what,
            reason=reason,
            people=len(there),
            waiting=waiting,
        )
    )
    await_answer(tx, filling, invitation, answer)
    return own


def _as_whom(tx: Transaction, invitation: Invitation, answer: Answer, asker: Asker) -> str:
    """As what somebody answers for a school: its liaison, its region's coordinator or the host. Raises NotFound."""
    if asker.hosts(invitation.host_region):
        return "host"
    if invitation.state != "open" or answer.state == "out":
        raise no_such_invitation()  # what nobody agreed to is not there for a school
    if answer.school_id in asker.schools:
        return "school"
    region = tx.db.scalar(
        sa.select(roster_schools.c.region_code).where(roster_schools.c.school_id == answer.school_id)
    )
    if asker.coordinates(region or invitation.region_code):
        return "region"
    raise no_such_invitation()


def _insist_open(
    filling: Filling, invitation: Invitation, answer: Answer, *, source: str, now: datetime
) -> None:
    if answer.state == "out" or invitation.state != "open":
        why = invitation.why_not_answer() if invitation.state != "open" else None
        raise Refusal(
            why
            or Sentence(zh="所在区域同意之后才能报名。", en="People are named once the region has agreed.")
        )
    _insist_not_over(filling, source=source, now=now)
    deadline = filling.enrolment.deadline
    if source != "host" and deadline is not None and deadline <= now:
        raise Closed(
            Sentence(
                zh="报名已经截止。要补报请联系主办方，由主办方代为登记；已报的人仍可撤回。",
                en="The time to name people is over. Ask the host to enter somebody late; whom you named can still be taken back.",
            ),
            possible=["withdraw", "decline"],
        )


def _insist_not_over(filling: Filling, *, source: str, now: datetime) -> None:
    if filling.subject.why_closed:
        raise Closed(filling.subject.why_closed, possible=[])
    if source != "host" and filling.subject.starts_at <= now:
        raise Closed(
            Sentence(
                zh="活动已经开始，名单由主办方调整；请联系主办方。",
                en="It has begun. Ask the host, who can still change the list.",
            ),
            possible=[],
        )


def _people_of_school(tx: Transaction, school_id: UUID, person_ids: Sequence[UUID]) -> dict[UUID, str]:
    """The people and their names. Raises Invalid."""
    wanted = list(dict.fromkeys(person_ids))
    if not 0 < len(wanted) <= MOST_AT_ONCE:
        raise Invalid(
            Sentence(
                zh=f"请选择要报名的人，一次最多 {MOST_AT_ONCE} 人。",
                en=f"Choose who comes, at most {MOST_AT_ONCE} at once.",
            ),
            field="people",
        )
    people = roster_people.c
    rows = tx.db.execute(
        sa.select(people.person_id, people.name).where(
            people.person_id.in_(wanted),
            people.school_id == school_id,
            sa.not_(people.left),
            people.merged_into.is_(None),
        )
    )
    names = dict(rows.all())
    if len(names) < len(wanted):
        raise Invalid(
            Sentence(
                zh="选中的人里有不是本校在职的。请重新选择。",
                en="Somebody chosen does not work at this school. Choose again.",
            ),
            field="people",
        )
    return {id_: names[id_] for id_ in wanted}


def _nobody() -> NotFound:
    return NotFound(Sentence(zh="没有找到这条报名。", en="There is nobody like that."))
