"""Who is on a programme's roster; its sessions take their time. `scopes` are those of who asks."""

from collections.abc import Collection, Sequence
from uuid import UUID

import sqlalchemy as sa

from services.scheduling.claims.commands import take
from services.scheduling.hosting.model import may_host
from services.scheduling.matching.model import Asked, Unit
from services.scheduling.matching.queries import matches
from services.scheduling.plans.model import LONGEST
from services.scheduling.programmes.commands.keeping import programme_of
from services.scheduling.programmes.model import MOST_TRAINEES, Entrant, Programme, Trainee
from services.scheduling.sessions.model import Session
from shared.contracts.scheduling import TraineeEntered
from shared.db import Transaction
from shared.errors import Invalid, NotFound, Refusal
from shared.ids import uuid7
from shared.roster import roster_people
from shared.text import Sentence


def add_trainees(
    tx: Transaction,
    *,
    programme_id: UUID,
    entrants: Sequence[Entrant],
    scopes: Collection[str],
    seen: int | None = None,
    override: str | None = None,
) -> list[Trainee]:
    """Put people on the roster, behind those who are there; who is on it already is left as they are.

    Answers those who were added. Raises NotFound, Invalid (a name that is missing or too long, a person whom the directory
    does not have, too many), Refusal, Taken where somebody is busy while a released session goes on, unless `override`
    says why they are to come all the same.
    """
    programme = programme_of(tx, programme_id, scopes, seen)
    _insist_on_people(tx, entrants)
    there = sa.select(sa.func.max(Trainee.ordinal), sa.func.count()).where(
        Trainee.programme_id == programme.id
    )
    last, count = tx.db.execute(there).one()
    enrolled = sa.select(Trainee.person_id).where(Trainee.programme_id == programme.id)
    on_it = {id_ for id_ in tx.db.scalars(enrolled) if id_ is not None}
    added: list[Trainee] = []
    for entrant in entrants:
        if entrant.person_id in on_it:
            continue
        if entrant.person_id:
            on_it.add(entrant.person_id)
        added.append(
            Trainee(
                id=uuid7(),
                programme_id=programme.id,
                ordinal=(last or 0) + len(added) + 1,
                person_id=entrant.person_id,
                name=entrant.name,
                unit=entrant.unit,
                post=entrant.post,
                phone=entrant.phone,
                source=entrant.source,
                entered_at=tx.now,
            )
        )
    if count + len(added) > MOST_TRAINEES:
        raise Invalid(
            Sentence(
                zh=f"一个项目最多 {MOST_TRAINEES} 名学员。",
                en=f"At most {MOST_TRAINEES} people on one roster.",
            ),
            field="trainees",
        )
    tx.db.add_all(added)
    if any(trainee.person_id for trainee in added):
        _take_anew(tx, programme, scopes=scopes, override=override)
    _changed(tx, programme, what="scheduling.programme.enrolled")
    return added


def choose_person(
    tx: Transaction,
    *,
    programme_id: UUID,
    trainee_id: UUID,
    person_id: UUID,
    scopes: Collection[str],
    seen: int | None = None,
    override: str | None = None,
) -> Trainee:
    """Say who in the directory somebody written on the roster is. Raises NotFound, Invalid, Refusal, Taken."""
    programme = programme_of(tx, programme_id, scopes, seen)
    trainee = _on_roster(tx, programme, trainee_id)
    _insist_on_people(tx, [Entrant(name=trainee.name, person_id=person_id)])
    twice = sa.select(Trainee.id).where(
        Trainee.programme_id == programme.id, Trainee.person_id == person_id, Trainee.id != trainee_id
    )
    if tx.db.scalar(twice):
        raise Refusal(Sentence(zh="这个人已经在名单上。", en="This person is on the roster already."))
    trainee.person_id = person_id
    _take_anew(tx, programme, scopes=scopes, override=override)
    _changed(tx, programme, what="scheduling.programme.person_chosen")
    return trainee


def enter_in_directory(
    tx: Transaction, *, programme_id: UUID, scopes: Collection[str], seen: int | None = None
) -> list[Trainee]:
    """Let those on the roster whom the directory lacks become people of their school or office, in one step.

    Who is found exactly as written is matched; for whom somebody may be meant, or whose unit nobody has under that name or
    lies outside the scopes, is left as they are. Answers those of whom the directory is told. Raises NotFound, Refusal, Taken.
    """
    programme = programme_of(tx, programme_id, scopes, seen)
    listed = sa.select(Trainee).where(Trainee.programme_id == programme.id)
    everybody = tx.db.scalars(listed.order_by(Trainee.ordinal)).all()
    unknown = [each for each in everybody if each.person_id is None]
    taken = {each.person_id for each in everybody}
    entered: list[Trainee] = []
    found = matches(tx.db, [Asked(each.name, each.unit, post=each.post) for each in unknown])
    for trainee, match in zip(unknown, found, strict=True):
        if match.found is not None and match.found.id not in taken:
            trainee.person_id = match.found.id
            taken.add(match.found.id)
        elif match.unit is not None and not match.offers and may_host(scopes, match.unit.region_code):
            # The directory keeps the id: once its person comes back, the trainee is matched already.
            trainee.person_id = trainee.id
            entered.append(trainee)
            tx.emit(_entered(programme, trainee, match.unit))
    if not entered and all(each.person_id is None for each in unknown):
        raise Refusal(
            Sentence(
                zh="没有能直接登记的人：请先逐个选择是名录里的谁，或核对单位名称。",
                en="Nobody can be entered as they are: choose who in the directory they are, or check their units.",
            )
        )
    _take_anew(tx, programme, scopes=scopes)
    _changed(tx, programme, what="scheduling.programme.entered")
    return entered


def remove_trainee(
    tx: Transaction,
    *,
    programme_id: UUID,
    trainee_id: UUID,
    scopes: Collection[str],
    seen: int | None = None,
) -> None:
    """Take somebody off the roster. Raises NotFound, Refusal."""
    programme = programme_of(tx, programme_id, scopes, seen)
    tx.db.delete(_on_roster(tx, programme, trainee_id))
    _take_anew(tx, programme, scopes=scopes)
    _changed(tx, programme, what="scheduling.programme.withdrawn")


def _entered(programme: Programme, trainee: Trainee, unit: Unit) -> TraineeEntered:
    return TraineeEntered(
        person_id=trainee.id,
        version=1,
        name=trainee.name,
        school_id=unit.id if unit.is_school else None,
        organisation_id=None if unit.is_school else unit.id,
        post=trainee.post,
        source=trainee.source,
        programme_id=programme.id,
        title=programme.title,
    )


def _on_roster(tx: Transaction, programme: Programme, trainee_id: UUID) -> Trainee:
    trainee = tx.db.get(Trainee, trainee_id)
    if trainee is None or trainee.programme_id != programme.id:
        raise NotFound(Sentence(zh="名单上没有这个人。", en="Nobody like that is on the roster."))
    return trainee


def _take_anew(
    tx: Transaction, programme: Programme, *, scopes: Collection[str], override: str | None = None
) -> None:
    """Let the sessions of the programme take the people who are on its roster now."""
    sessions = tx.db.scalars(sa.select(Session).where(Session.programme_id == programme.id)).all()
    take(tx, sessions, scopes=scopes, override=override)


def _changed(tx: Transaction, programme: Programme, *, what: str) -> None:
    """Count a change of the roster and note it in the trail; nobody outside is told yet."""
    programme.advance()
    tx.record(what=what, subject_kind="programme", subject=programme.id)


def _insist_on_people(tx: Transaction, entrants: Sequence[Entrant]) -> None:
    for entrant in entrants:
        if not entrant.name or max(map(len, (entrant.name, entrant.unit, entrant.post))) > LONGEST:
            raise Invalid(
                Sentence(
                    zh="请写明姓名；姓名、单位、职务各不超过 200 个字符。",
                    en="Give a name; name, unit and post have at most 200 characters each.",
                ),
                field="trainees",
            )
    chosen = {entrant.person_id for entrant in entrants if entrant.person_id}
    people = roster_people.c
    known = sa.select(sa.func.count()).where(people.person_id.in_(chosen), sa.not_(people.left))
    if chosen and tx.db.scalar(known) != len(chosen):
        raise Invalid(
            Sentence(
                zh="名单中有名录里没有的人，或已经离开的人。",
                en="Somebody chosen is not in the directory, or has left.",
            ),
            field="trainees",
        )
