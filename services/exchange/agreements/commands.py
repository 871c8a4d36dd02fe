"""What may be done with agreements. `asker`: who asks; only a party acts, and each for itself alone."""

import dataclasses
from collections.abc import Sequence
from datetime import date
from uuid import UUID

from services.exchange.agreements.model import Agreement, Answer, Content, Terms, waiting_of
from services.exchange.agreements.policies import parties_of
from services.exchange.agreements.queries import (
    answers_of,
    mine_of,
    no_such_agreement,
    task_of,
    terms_of,
    told_of,
)
from services.exchange.placements.queries.reaching import Asker
from shared.db import Transaction
from shared.errors import Forbidden, Invalid, Refusal, Stale
from shared.text import Sentence

_MOST_PARTIES, _LONGEST = 10, 500


def draft_agreement(
    tx: Transaction, *, id_: UUID, parties: Sequence[str], terms: Terms, asker: Asker
) -> Agreement:
    """Write the first content; nobody else is asked yet. Raises Invalid, Forbidden."""
    terms.insist()
    parties = list(dict.fromkeys(parties))
    if not 2 <= len(parties) <= _MOST_PARTIES:  # noqa: PLR2004  an agreement is between two at least
        raise Invalid(Sentence(zh="请选择两方或更多方。", en="Choose two parties or more."), field="parties")
    mine = parties_of(parties, scopes=asker.scopes, schools={str(id__) for id__ in asker.schools})
    if not mine:
        raise Forbidden(
            Sentence(zh="各方中要有你负责的区域、集团或学校。", en="One of the parties has to be yours."),
            field="parties",
        )
    agreement = Agreement(
        id=id_,
        version=1,
        title=terms.title,
        parties=parties,
        proposer=mine[0],
        state="draft",
        content=0,
        in_force=None,
        starts_on=terms.starts_on,
        ends_on=terms.ends_on,
        reason="",
        created_by=tx.actor,
        created_at=tx.now,
        changed_at=tx.now,
    )
    tx.db.add(agreement)
    content = _write(tx, agreement, terms, note="")
    _tell(tx, agreement, content, step="draft", by=mine[0])
    return agreement


def revise_agreement(
    tx: Transaction,
    *,
    agreement_id: UUID,
    terms: Terms,
    asker: Asker,
    seen: int | None = None,
    note: str = "",
) -> Agreement:
    """Write the next content. Answers to the last one are void: every party is asked anew. Raises as its guards."""
    agreement, mine = _theirs(tx, agreement_id, asker, seen)
    agreement.insist("revise")
    terms.insist()
    last = terms_of(tx.db, agreement.id, agreement.content)
    if last is not None and last.sha256 == terms.sha256:
        raise Invalid(Sentence(zh="内容没有变化。", en="Nothing is different."), field="")
    agreement.advance()
    agreement.state = "asked" if agreement.state in {"asked", "agreed"} else "draft"
    content = _write(tx, agreement, terms, note=note)
    if agreement.state == "asked":
        _approve(tx, agreement, content, mine)
    _tell(tx, agreement, content, step="revise", by=mine[0], reason=note)
    return agreement


def renew_line(
    tx: Transaction,
    *,
    agreement_id: UUID,
    line: int,
    until: date,
    number: int | None,
    asker: Asker,
    seen: int | None = None,
) -> Agreement:
    """Renew one line (from 0, as the newest content has them) until another day; all the rest stays. Raises as `revise_agreement`."""
    agreement, _ = _theirs(tx, agreement_id, asker, seen)
    terms = terms_of(tx.db, agreement.id, agreement.content)
    if terms is None or not 0 <= line < len(terms.lines):
        raise Invalid(Sentence(zh="请选择要续签的一行。", en="Choose the line to renew."), field="line")
    was = terms.lines[line]
    if until <= (was.until or terms.starts_on):
        raise Invalid(Sentence(zh="续签的日期要更晚。", en="It is renewed until a later day."), field="until")
    renewed = dataclasses.replace(was, until=until, number=number or was.number)
    lines = (*terms.lines[:line], renewed, *terms.lines[line + 1 :])
    return revise_agreement(
        tx,
        agreement_id=agreement_id,
        terms=dataclasses.replace(terms, lines=lines),
        asker=asker,
        note=f"续签第 {line + 1} 行",
    )


def ask_parties(tx: Transaction, *, agreement_id: UUID, asker: Asker, seen: int | None = None) -> Agreement:
    """Ask every party to approve a draft; who asks approves with that. Raises NotFound, Stale, Refusal."""
    agreement, mine = _theirs(tx, agreement_id, asker, seen)
    agreement.insist("ask")
    agreement.advance()
    agreement.state, agreement.changed_at = "asked", tx.now
    content = _content(tx, agreement)
    _approve(tx, agreement, content, mine)
    _tell(tx, agreement, content, step="ask", by=mine[0])
    return agreement


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
    agreement, mine = _theirs(tx, agreement_id, asker, None)
    agreement.insist("approve" if approved else "reject")
    content = _content(tx, agreement)
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
    if len(reason) > _LONGEST:
        raise Invalid(Sentence(zh="最多 500 个字。", en="At most 500 characters."), field="reason")
    agreement.advance()
    agreement.changed_at = tx.now
    if approved:
        _approve(tx, agreement, content, open_)
    else:
        agreement.state, agreement.reason = "rejected", reason
        _answered(tx, agreement, content, open_[:1], approved=False, reason=reason)
    _tell(tx, agreement, content, step="approve" if approved else "reject", by=open_[0], reason=reason)
    return agreement


def withdraw_agreement(
    tx: Transaction, *, agreement_id: UUID, reason: str, asker: Asker, seen: int | None = None
) -> Agreement:
    """Take the newest content back; what was agreed before stays in force. Raises NotFound, Stale, Refusal, Invalid."""
    agreement, mine = _theirs(tx, agreement_id, asker, seen)
    agreement.insist("withdraw")
    if agreement.proposer not in mine:
        raise Refusal(Sentence(zh="由起草的一方撤回。", en="The party that drafted it withdraws it."))
    if not reason:
        raise Invalid(
            Sentence(zh="请写明原因，各方都会看到。", en="Say why: all parties will read it."), field="reason"
        )
    agreement.advance()
    agreement.changed_at, agreement.reason = tx.now, reason
    content = _content(tx, agreement)
    if agreement.in_force is not None:
        before = terms_of(tx.db, agreement.id, agreement.in_force)
        assert before is not None  # noqa: S101  contents are never deleted
        content = _write(tx, agreement, before, note=reason)
        agreement.state, agreement.in_force = "agreed", content.number
    else:
        agreement.state = "withdrawn"
    _tell(tx, agreement, content, step="withdraw", by=mine[0], reason=reason)
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
    agreement, mine = _theirs(tx, agreement_id, asker, seen)
    agreement.insist("terminate")
    terms = terms_of(tx.db, agreement.id, agreement.content)
    assert terms is not None  # noqa: S101  contents are never deleted
    agreement.terminate(on=on, today=today, terms=terms, reason=reason)
    agreement.advance()
    agreement.changed_at = tx.now
    _tell(tx, agreement, _content(tx, agreement), step="terminate", by=mine[0], reason=reason)
    return agreement


def _write(tx: Transaction, agreement: Agreement, terms: Terms, *, note: str) -> Content:
    content = agreement.follow(terms, at=tx.now)
    content.by, content.note = tx.actor, note
    tx.db.flush()  # the content refers to it
    tx.db.add(content)
    return content


def _approve(tx: Transaction, agreement: Agreement, content: Content, mine: Sequence[str]) -> None:
    """Note the approval; with the last one it is agreed and in force."""
    _answered(tx, agreement, content, mine, approved=True, reason="")
    tx.db.flush()  # who is left to answer is read from the table
    if not waiting_of(agreement, answers_of(tx.db, agreement.id)):
        agreement.state, agreement.in_force = "agreed", content.number


def _answered(
    tx: Transaction,
    agreement: Agreement,
    content: Content,
    mine: Sequence[str],
    *,
    approved: bool,
    reason: str,
) -> None:
    tx.db.add_all(
        Answer(
            agreement_id=agreement.id,
            number=content.number,
            party=party,
            approved=approved,
            sha256=content.sha256,
            by=tx.actor,
            at=tx.now,
            reason=reason,
        )
        for party in mine
    )


def _tell(
    tx: Transaction, agreement: Agreement, content: Content, *, step: str, by: str, reason: str = ""
) -> None:
    waiting = waiting_of(agreement, answers_of(tx.db, agreement.id))
    tx.emit(told_of(agreement, content, waiting, step=step, by=by, reason=reason))
    tx.emit(task_of(tx.db, agreement, waiting))


def _content(tx: Transaction, agreement: Agreement) -> Content:
    content = tx.db.get(Content, (agreement.id, agreement.content))
    assert content is not None  # noqa: S101  contents are never deleted
    return content


def _theirs(
    tx: Transaction, agreement_id: UUID, asker: Asker, seen: int | None
) -> tuple[Agreement, tuple[str, ...]]:
    agreement = tx.load(Agreement, agreement_id)
    mine = mine_of(agreement, asker)
    if not mine:
        raise no_such_agreement()
    if seen is not None and seen != agreement.version:
        raise Stale(
            Sentence(
                zh="你打开页面之后，这份协议已有变动。请核对现在的内容，再操作一次。",
                en="This agreement has changed since you opened the page. Look at it as it is now, then try again.",
            ),
            seen=seen,
            now=agreement.version,
        )
    return agreement, mine
