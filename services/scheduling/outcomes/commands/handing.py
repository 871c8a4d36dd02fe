"""Handing in, accepting and handing back."""

from collections.abc import Collection
from uuid import UUID

import sqlalchemy as sa

from services.scheduling.hosting.model import may_host
from services.scheduling.outcomes.commands.owing import say_who_owes_what
from services.scheduling.outcomes.model import Outcome, faultless
from services.scheduling.outcomes.queries import Asking, no_such_outcome, outcome_of
from services.scheduling.programmes.model import Programme
from services.scheduling.programmes.queries import no_such_programme
from shared.db import Transaction
from shared.errors import Invalid, Refusal, Stale
from shared.ids import uuid7
from shared.text import Sentence


def hand_in(
    tx: Transaction,
    *,
    programme_id: UUID,
    trainee_id: UUID,
    text: str,
    link: str,
    asks: Asking,
    seen: int | None = None,
) -> Outcome:
    """Hand in what a programme asks of a trainee, or replace what was handed in: themselves, their school or the host.

    seen: the version that the form was filled in over; 0 for nothing yet. Raises NotFound, Invalid, Refusal, Stale.
    """
    programme = tx.load(
        Programme, programme_id
    )  # two who hand in for the same person come one after the other
    row = outcome_of(tx.db, programme_id, trainee_id, asks)
    if not programme.outcome:
        raise Refusal(
            Sentence(zh="这个项目没有成果要求。", en="This programme asks for nothing to be handed in.")
        )
    if seen is not None and seen != row.version:
        raise Stale(
            Sentence(
                zh="这份成果刚刚被改动过。你填的内容还在，请核对后再提交。",
                en="This has changed since you saw it. What you wrote is still here: check it and hand it in again.",
            ),
            seen=seen,
            now=row.version,
        )
    if row.state == "missing":
        faultless(text=text, link=link)
        outcome = Outcome(
            id=uuid7(),
            version=1,
            programme_id=programme_id,
            trainee_id=trainee_id,
            person_id=row.person_id,
            text=text,
            link=link,
            state="handed_in",
            reason="",
            handed_in_at=tx.now,
            handed_in_by=tx.actor,
        )
        tx.db.add(outcome)
    else:
        outcome = _outcome(tx, trainee_id)
        outcome.hand_in(text=text, link=link, by=tx.actor, at=tx.now)
    _recorded(tx, outcome, "handed_in")
    say_who_owes_what(tx, programme_id)
    return outcome


def accept(
    tx: Transaction, *, programme_id: UUID, trainees: Collection[UUID], scopes: Collection[str]
) -> list[Outcome]:
    """Accept what these have handed in; all of it or nothing. Raises NotFound, Invalid, Refusal."""
    _hosted(tx, programme_id, scopes)
    wanted = set(trainees)
    of_them = sa.select(Outcome).where(
        Outcome.programme_id == programme_id, Outcome.trainee_id.in_(sorted(wanted))
    )
    outcomes = list(tx.db.scalars(of_them))
    if not wanted or len(outcomes) != len(wanted):
        raise Invalid(
            Sentence(zh="请选择已经提交成果的学员。", en="Choose trainees who have handed something in."),
            field="trainees",
        )
    for outcome in outcomes:
        outcome.accept(by=tx.actor, at=tx.now)
        _recorded(tx, outcome, "accepted")
    say_who_owes_what(tx, programme_id)
    return outcomes


def hand_back(
    tx: Transaction, *, programme_id: UUID, trainee_id: UUID, reason: str, scopes: Collection[str]
) -> Outcome:
    """Hand back what somebody has handed in, and say what is to be improved. Raises NotFound, Invalid, Refusal."""
    _hosted(tx, programme_id, scopes)
    outcome = _outcome(tx, trainee_id)
    if outcome.programme_id != programme_id:
        raise no_such_outcome()
    outcome.hand_back(reason=reason, by=tx.actor, at=tx.now)
    _recorded(tx, outcome, "returned")
    say_who_owes_what(tx, programme_id)
    return outcome


def _hosted(tx: Transaction, programme_id: UUID, scopes: Collection[str]) -> Programme:
    programme = tx.load(Programme, programme_id)
    if not may_host(scopes, programme.host_region):
        raise no_such_programme()
    return programme


def _outcome(tx: Transaction, trainee_id: UUID) -> Outcome:
    found = tx.db.scalar(sa.select(Outcome).where(Outcome.trainee_id == trainee_id))
    if found is None:
        raise no_such_outcome()
    return found


def _recorded(tx: Transaction, outcome: Outcome, what: str) -> None:
    tx.record(
        what=f"scheduling.outcome.{what}",
        subject_kind="outcome",
        subject=outcome.id,
        person_id=outcome.person_id,
    )
