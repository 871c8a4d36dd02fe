"""Answers to an agreement, and its ends. Each party answers for itself alone."""

from datetime import date
from uuid import UUID

from services.exchange.agreements.commands.keeping import answered, approve, newest, tell, theirs, write
from services.exchange.agreements.model import Agreement, waiting_of
from services.exchange.agreements.queries import answers_of, terms_of
from services.exchange.placements.queries.reaching import Asker
from shared.db import Transaction
from shared.errors import Invalid, Refusal
from shared.text import Sentence

#: Characters of a reason.
LONGEST = 500


def answer_agreement(
    tx: Transaction,
    *,
    agreement_id: UUID,
    number: int,
    sha256: str,
    approved: bool,
    asker: Asker,
    reason: str = "",
) -> Agreement:
    """Approve exactly this content, or reject it with a reason. Where it was revised meanwhile: 409, look at the new one.

    Raises NotFound, Refusal, Invalid.
    """
    agreement, mine = theirs(tx, agreement_id, asker, None)
    agreement.insist("approve" if approved else "reject")
    content = newest(tx, agreement)
    if (number, sha256) != (content.number, content.sha256):
        raise Refusal(
            Sentence(
                zh=f"你核对的是第 {number} 版，对方已改为第 {content.number} 版，需要重新核对后再答复。",
                en=f"You looked at version {number}; it is version {content.number} now. Look at that, then answer.",
            )
        )
    waiting = waiting_of(agreement, answers_of(tx.db, agreement.id))
    open_ = [party for party in mine if party in waiting]
    if not open_:
        raise Refusal(Sentence(zh="你这一方已经答复。", en="Your party has answered already."))
    if not approved and not reason:
        raise Invalid(
            Sentence(zh="请写明原因，各方都会看到。", en="Say why: all parties will read it."), field="reason"
        )
    if len(reason) > LONGEST:
        raise Invalid(Sentence(zh="最多 500 个字。", en="At most 500 characters."), field="reason")
    agreement.advance()
    agreement.changed_at = tx.now
    if approved:
        approve(tx, agreement, content, open_)
    else:
        agreement.state, agreement.reason = "rejected", reason
        answered(tx, agreement, content, open_[:1], approved=False, reason=reason)
    tell(tx, agreement, content, step="approve" if approved else "reject", by=open_[0], reason=reason)
    return agreement


def withdraw_agreement(
    tx: Transaction, *, agreement_id: UUID, reason: str, asker: Asker, seen: int | None = None
) -> Agreement:
    """Take the newest content back; what was agreed before stays in force. Raises NotFound, Stale, Refusal, Invalid."""
    agreement, mine = theirs(tx, agreement_id, asker, seen)
    agreement.insist("withdraw")
    if agreement.proposer not in mine:
        raise Refusal(Sentence(zh="由起草的一方撤回。", en="The party that drafted it withdraws it."))
    if not reason:
        raise Invalid(
            Sentence(zh="请写明原因，各方都会看到。", en="Say why: all parties will read it."), field="reason"
        )
    agreement.advance()
    agreement.changed_at, agreement.reason = tx.now, reason
    content = newest(tx, agreement)
    if agreement.in_force is not None:
        before = terms_of(tx.db, agreement.id, agreement.in_force)
        assert before is not None  # noqa: S101  contents are never deleted
        content = write(tx, agreement, before, note=reason)
        agreement.state, agreement.in_force = "agreed", content.number
    else:
        agreement.state = "withdrawn"
    tell(tx, agreement, content, step="withdraw", by=mine[0], reason=reason)
    return agreement


def terminate_agreement(
    tx: Transaction,
    *,
    agreement_id: UUID,
    on: date,
    today: date,
    reason: str,
    asker: Asker,
    seen: int | None = None,
) -> Agreement:
    """End it before its time, after the notice that it wants. Raises NotFound, Stale, Refusal, Invalid."""
    agreement, mine = theirs(tx, agreement_id, asker, seen)
    agreement.insist("terminate")
    terms = terms_of(tx.db, agreement.id, agreement.content)
    assert terms is not None  # noqa: S101  contents are never deleted
    agreement.terminate(on=on, today=today, terms=terms, reason=reason)
    agreement.advance()
    agreement.changed_at = tx.now
    tell(tx, agreement, newest(tx, agreement), step="terminate", by=mine[0], reason=reason)
    return agreement
