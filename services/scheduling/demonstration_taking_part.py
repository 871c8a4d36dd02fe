"""Demonstration: Haixi invites schools of Qixingguan and Zhenxiong; one side has agreed, the other is still asked."""

from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from uuid import UUID

import sqlalchemy as sa

from services.scheduling.claims.commands import take
from services.scheduling.invitations.commands.answering import agree
from services.scheduling.invitations.commands.holding import Filling, await_answer, begin_filling
from services.scheduling.invitations.commands.inviting import open_invitation
from services.scheduling.invitations.model.answer import Answer, Reply
from services.scheduling.invitations.model.invitation import Invitation
from services.scheduling.invitations.model.subjects import Asker, Quota
from services.scheduling.invitations.queries import subject_of_session
from services.scheduling.places.commands.filling import fill
from services.scheduling.places.model import Place
from services.scheduling.plans.model import ZONE, Leader, Occurrence, Plan
from services.scheduling.sessions.model import Session
from shared.db import Transaction
from shared.ids import named

_HAIXI = "632800"
_EVERYBODY = Asker(scopes=frozenset({"all"}))

#: Region and school codes of whom the joint research invites; `asked` where the other side has to agree.
_INVITED = {
    "632801": ("3632801001", "3632801002"),
    "632802": ("3632802009",),
    "520502": ("3520502001", "3520502010"),
    "530627": ("3530627015",),
}
_ABROAD = ("520502", "530627")

#: Whom schools have named, in this order: people of directory's demonstration.
_NAMED = (
    ("3632802009", (("2", "韩文静"), ("3", "曾志强"))),
    ("3520502001", (("2", "梁晓梅"), ("3", "韩永平"), ("4", "曾雪莲"))),
    ("3632801001", (("2", "胡丽华"), ("3", "郑卓玛"))),
)
_DECLINED = ("3520502010", "当天有片区教研活动，老师抽不开身。")


def demonstrate_taking_part(tx: Transaction) -> None:
    """Enter both sessions by the model's own methods: the roster's copy is still on its way from directory."""
    research = _released(
        tx,
        title="州区结对：初中数学同课异构联合教研",
        kind="same_lesson",
        weeks=3,
        place="德令哈市第三中学录播室",
        invited=_INVITED,
        leader=Leader(name="郭雪莲", person_id=named("person", "3632802009/0"), role="host"),
    )
    invitations = _invite(
        tx,
        research,
        _INVITED,
        deadline=timedelta(days=7),
        places=6,
        note="两地结对以来的第三次联合教研，请派数学教师参加。",
    )
    agree(tx, invitation_id=invitations["520502"].id, asker=_EVERYBODY)
    _answer(tx, research, invitations)

    pair = {"632802": ("3632802007",), "520502": ("3520502010",)}
    preparation = _released(
        tx,
        title="小学语文集体备课：海西与七星关",
        kind="collective_preparation",
        weeks=4,
        place="德令哈市第一小学会议室",
        invited=pair,
        leader=Leader(name="何晓梅", person_id=named("person", "3632802007/0"), role="host"),
    )
    _invite(tx, preparation, pair, deadline=timedelta(days=10), places=20, note="线下参加，主办方安排住宿。")


def _released(
    tx: Transaction,
    *,
    title: str,
    kind: str,
    weeks: int,
    place: str,
    invited: Mapping[str, Sequence[str]],
    leader: Leader,
) -> Filling:
    """A session on a Wednesday afternoon some weeks ahead; schools across the border are not told yet."""
    day = tx.now.astimezone(ZONE).date()
    day += timedelta(days=2 - day.weekday(), weeks=weeks)
    once = Occurrence(
        starts_at=datetime.combine(day, time(14, 30), tzinfo=ZONE),
        ends_at=datetime.combine(day, time(17, 30), tzinfo=ZONE),
        place=place,
    )
    schools = {code: [named("school", each) for each in codes] for code, codes in invited.items()}
    session = Session.draft(
        id_=named("session", title),
        plan=Plan(
            title=title,
            kind=kind,
            occurrences=(once,),
            leaders=(leader,),
            invited_schools=tuple(id_ for ids in schools.values() for id_ in ids),
        ),
        host_region=_HAIXI,
        by=tx.actor,
        at=tx.now,
    )
    tx.db.add(session)
    tx.emit(session.task())
    beyond = [id_ for code in _ABROAD for id_ in schools.get(code, ())]
    tx.emit(session.release(at=tx.now, awaiting=beyond))
    tx.emit(session.task())
    tx.db.flush()  # it is locked while it is filled
    take(tx, [session], scopes=["all"])
    return begin_filling(tx, subject_of_session(session), (session,))


def _invite(
    tx: Transaction,
    filling: Filling,
    invited: Mapping[str, Sequence[str]],
    *,
    deadline: timedelta,
    places: int,
    note: str,
) -> dict[str, Invitation]:
    filling.enrolment.limit(places=places, deadline=filling.subject.starts_at - deadline)
    return {
        region: open_invitation(
            tx,
            filling,
            region=region,
            schools=[named("school", each) for each in codes],
            crosses=region in _ABROAD,
            quota=Quota(places=4, school_places=3) if region in _ABROAD else None,
            note=note if region in _ABROAD else "",
        )
        for region, codes in invited.items()
    }


def _answer(tx: Transaction, filling: Filling, invitations: Mapping[str, Invitation]) -> None:
    by_school: dict[UUID, Invitation] = {
        school: invitation for invitation in invitations.values() for school in invitation.schools
    }
    tx.db.flush()
    answers = {
        answer.school_id: answer
        for answer in tx.db.scalars(sa.select(Answer).where(Answer.enrolment_id == filling.enrolment.id))
    }

    def says(school: UUID, state: Reply, reason: str = "", people: int = 0) -> Answer:
        answer, invitation = answers[school], by_school[school]
        answer.say(state, reason=reason, by=tx.actor, at=tx.now)
        tx.emit(
            invitation.said(filling.subject, school_id=school, answer=state, reason=reason, people=people)
        )
        await_answer(tx, filling, invitation, answer)
        return answer

    for code, people in _NAMED:
        school = named("school", code)
        answer = says(school, "named", people=len(people))
        for number, name in people:
            tx.db.add(
                Place(
                    id=named("demonstration", f"place/{code}/{number}"),
                    enrolment_id=filling.enrolment.id,
                    invitation_id=by_school[school].id,
                    answer_id=answer.id,
                    school_id=school,
                    person_id=named("person", f"{code}/{number}"),
                    name=name,
                    state="waiting",
                    number=filling.enrolment.next_number(),
                    source="school",
                    named_by=tx.actor,
                    named_at=tx.now,
                    admitted_at=None,
                    withdrawn_at=None,
                )
            )
    says(named("school", _DECLINED[0]), "declined", reason=_DECLINED[1])
    everybody = [
        named("demonstration", f"place/{code}/{number}") for code, people in _NAMED for number, _ in people
    ]
    fill(tx, filling, besides=everybody)
    filling.enrolment.advance()
    take(tx, filling.sessions, scopes=["all"])
