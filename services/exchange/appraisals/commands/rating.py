"""The self-report, who rates, what must be in order, and what each rater says."""

from collections.abc import Mapping, Sequence
from uuid import UUID

import sqlalchemy as sa

from services.exchange.appraisals.model import LONGEST, NAMED, WHOLE, Appraisal, Form, Rater, Rating
from services.exchange.appraisals.policies import BY
from services.exchange.appraisals.queries import (
    APPRAISED,
    form_for,
    plan_task,
    rater_for,
    rater_task,
    raters_of,
    shown_of,
    year_of,
)
from services.exchange.placements.model import PARTIES, Placement
from services.exchange.placements.queries.reaching import Asker, no_such_placement
from shared.db import Transaction
from shared.errors import Forbidden, Invalid, Refusal
from shared.roster import roster_people
from shared.text import Sentence


def report(tx: Transaction, *, placement_id: UUID, asker: Asker, text: str) -> Appraisal:
    """What the teacher says of it themselves. Raises NotFound, Forbidden, Refusal, Invalid."""
    row, placement = begun(tx, placement_id, asker, "report")
    insist_open(row)
    row.self_report = insist_text(text)
    return kept(tx, row, placement, "reported")


def say_gate(tx: Transaction, *, placement_id: UUID, asker: Asker, passed: bool, note: str = "") -> Appraisal:
    """Whether conduct and attendance were in order; if not, why. Raises NotFound, Forbidden, Refusal, Invalid."""
    row, placement = begun(tx, placement_id, asker, "gate")
    insist_open(row)
    row.gate, row.gate_note = passed, note if passed else insist_text(note)
    return kept(tx, row, placement, "gated")


def name_raters(
    tx: Transaction, *, placement_id: UUID, asker: Asker, people: Sequence[UUID], role: str
) -> Appraisal:
    """Name the peers or the mentees who rate, of the host school. Raises NotFound, Forbidden, Refusal, Invalid.

    Who is a party is none: neither the teacher nor anybody of another school.
    """
    row, placement = begun(tx, placement_id, asker, "name")
    insist_open(row)
    form = Form.of(row.form)
    if role not in NAMED or role not in form.roles:
        raise Invalid(
            Sentence(zh="考核表里没有这一类评价人。", en="The form has no such raters."), field="role"
        )
    known = roster_people.c
    there = set(
        tx.db.scalars(
            sa.select(known.person_id).where(
                known.person_id.in_(list(people)), known.school_id == placement.host_school_id
            )
        )
    )
    if placement.person_id in people or not set(people) <= there:
        raise Invalid(
            Sentence(
                zh="评价人要是接收学校的教师，且不能是被考核人本人（评价人回避）。",
                en="A rater is of the host school, and not the one who is appraised: no party rates.",
            ),
            field="people",
        )
    rated = {each.rater for each in tx.db.scalars(sa.select(Rating).where(Rating.appraisal_id == row.id))}
    before = {UUID(id_) for each, id_ in raters_of(tx.db, row.id) if each == role}
    tx.db.execute(
        sa.delete(Rater).where(
            Rater.appraisal_id == row.id,
            Rater.role == role,
            Rater.person_id.not_in([UUID(each.partition(":")[2]) for each in rated if ":" in each]),
        )
    )
    here = {UUID(id_) for each, id_ in raters_of(tx.db, row.id) if each == role}
    tx.db.add_all(
        Rater(appraisal_id=row.id, person_id=each, role=role)
        for each in dict.fromkeys(people)
        if each not in here
    )
    kept(tx, row, placement, "raters-named")
    for each in dict.fromkeys([*before, *people]):
        waits = each in people and f"{role}:{each}" not in rated
        if each not in before or not waits:
            _ask(tx, row, placement, each, waits=waits)
    return row


def rate(
    tx: Transaction, *, placement_id: UUID, asker: Asker, scores: Mapping[str, int], comment: str = ""
) -> Appraisal:
    """Say one's scores, once or again until it is decided. Raises NotFound, Forbidden, Refusal, Invalid."""
    placement = tx.db.get(Placement, placement_id)
    if placement is None:
        raise no_such_placement()
    parties = parties_of(placement, asker)
    named_people = raters_of(tx.db, placement_id)
    if asker.person_id == placement.person_id:
        raise Forbidden(
            Sentence(
                zh="不能评价自己：评价人回避。你可以写自评。",
                en="Nobody rates themselves: a rater is no party. Write a self-report instead.",
            )
        )
    rater = rater_for(shown_of(tx.db, placement), named_people, asker, parties)
    if rater is None:
        if not parties:
            raise no_such_placement()
        raise Forbidden(Sentence(zh="考核表没有请你评价。", en="The form does not ask you for a rating."))
    row = opened(tx, placement)
    insist_open(row)
    wanted = {each.name for each in Form.of(row.form).dimensions if rater.partition(":")[0] in each.roles}
    if set(scores) != wanted or not all(0 <= each <= WHOLE for each in scores.values()):
        raise Invalid(
            Sentence(
                zh=f"请给{'、'.join(sorted(wanted))}各打 0 到 100 分。",
                en=f"Score each of {', '.join(sorted(wanted))} from 0 to 100.",
            ),
            field="scores",
        )
    if len(comment) > LONGEST:
        raise Invalid(too_long(), field="comment")
    known = tx.db.get(Rating, (placement_id, rater))
    if known is None:
        known = Rating(appraisal_id=placement_id, rater=rater)
        tx.db.add(known)
    known.scores, known.comment, known.by, known.at = dict(scores), comment, tx.actor, tx.now
    kept(tx, row, placement, "rated")
    if ":" in rater:
        _ask(tx, row, placement, UUID(rater.partition(":")[2]), waits=False)
    return row


def _ask(tx: Transaction, row: Appraisal, placement: Placement, person_id: UUID, *, waits: bool) -> None:
    """Tell somebody named that their rating is asked for, or is not any more."""
    if task := rater_task(tx.db, row, placement, person_id, waits=waits):
        tx.emit(task)


def begun(tx: Transaction, placement_id: UUID, asker: Asker, verb: str) -> tuple[Appraisal, Placement]:
    """The appraisal, locked, for one who may do the verb. Raises NotFound, Forbidden, Refusal."""
    placement = tx.db.get(Placement, placement_id)
    parties = parties_of(placement, asker) if placement else frozenset()
    if placement is None or not parties:
        raise no_such_placement()
    if parties.isdisjoint(BY[verb]):
        whose = [PARTIES[each] for each in PARTIES if each in BY[verb]]
        raise Forbidden(
            Sentence(
                zh=f"这一步由{'或'.join(each.zh for each in whose)}办理。",
                en=f"This is for {' or '.join(each.en for each in whose)} to do.",
            )
        )
    return opened(tx, placement), placement


def parties_of(placement: Placement, asker: Asker) -> frozenset[str]:
    """What somebody is to a placement."""
    return frozenset(
        asker.parties(
            person_id=placement.person_id,
            origin_school_id=placement.origin_school_id,
            host_school_id=placement.host_school_id,
            origin_region=placement.origin_region,
            host_region=placement.host_region,
        )
    )


def opened(tx: Transaction, placement: Placement) -> Appraisal:
    """The appraisal, locked; begun by the form that holds now where there is none. Raises Refusal before the return."""
    if placement.state not in APPRAISED:
        raise Refusal(Sentence(zh="返回之后才考核。", en="It is appraised after the return."))
    if tx.db.get(Appraisal, placement.id) is None:
        tx.load(Placement, placement.id)  # two who begin it have no row of it to lock
        if tx.db.get(Appraisal, placement.id, populate_existing=True) is None:
            form, source = form_for(tx.db, placement)
            texts = dict.fromkeys(("self_report", "gate_note", "missing_why", "appeal", "appeal_answer", "reward", "plan", "follow_up", "adopted"), "")  # fmt: skip
            tx.db.add(
                Appraisal(
                    id=placement.id,
                    version=1,
                    state="open",
                    origin_region=placement.origin_region,
                    year=year_of(placement),
                    form=form.written(),
                    form_source=source,
                    raters=0,
                    changed_at=tx.now,
                    **texts,
                )
            )
            tx.db.flush()
    return tx.load(Appraisal, placement.id)


def kept(tx: Transaction, row: Appraisal, placement: Placement, what: str) -> Appraisal:
    """Note the change, and say what waits for whom."""
    before = (row.state, row.plan, row.followed_at)
    row.changed_at = tx.now
    row.advance()
    tx.record(
        what=f"exchange.appraisal.{what}",
        subject_kind="placement",
        subject=row.id,
        person_id=placement.person_id,
    )
    if before != ("open", "", None):
        tx.emit(plan_task(tx.db, row, placement))
    return row


def insist_open(row: Appraisal) -> None:
    """Raise Refusal once it is decided."""
    if row.state != "open":
        raise Refusal(Sentence(zh="已有考核结果，不能再改。", en="It is decided: this stays as it is."))


def insist_text(text: str, *, field: str = "text") -> str:
    """The text. Raises Invalid where there is none, or too much of it."""
    if not text:
        raise Invalid(Sentence(zh="请填写内容。", en="Write it down."), field=field)
    if len(text) > LONGEST:
        raise Invalid(too_long(), field=field)
    return text


def too_long() -> Sentence:
    """What is said of a text that is."""
    return Sentence(zh=f"最多 {LONGEST} 个字。", en=f"At most {LONGEST} characters.")
