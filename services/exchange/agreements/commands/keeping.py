"""What the commands share: who acts, what is kept, and what the others are told."""

from collections.abc import Sequence
from uuid import UUID

from services.exchange.agreements.model import Agreement, Answer, Content, Terms, waiting_of
from services.exchange.agreements.queries import (
    answers_of,
    mine_of,
    no_such_agreement,
    stands_of,
    task_of,
    told_of,
)
from services.exchange.placements.queries.reaching import Asker
from shared.db import Transaction
from shared.errors import Stale
from shared.text import Sentence


def write(tx: Transaction, agreement: Agreement, terms: Terms, *, note: str) -> Content:
    """Write the next content."""
    content = agreement.follow(terms, at=tx.now)
    content.by, content.note = tx.actor, note
    tx.db.flush()  # the content refers to it
    tx.db.add(content)
    return content


def approve(tx: Transaction, agreement: Agreement, content: Content, mine: Sequence[str]) -> None:
    """Note the approval; with the last one it is agreed and in force."""
    answered(tx, agreement, content, mine, approved=True, reason="")
    tx.db.flush()  # who is left to answer is read from the table
    if not waiting_of(agreement, answers_of(tx.db, agreement.id)):
        agreement.state, agreement.in_force = "agreed", content.number


def answered(
    tx: Transaction,
    agreement: Agreement,
    content: Content,
    mine: Sequence[str],
    *,
    approved: bool,
    reason: str,
) -> None:
    """Note what these parties said of a content."""
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


def tell(
    tx: Transaction, agreement: Agreement, content: Content, *, step: str, by: str, reason: str = ""
) -> None:
    """Tell the others, and say who is waited for."""
    waiting = waiting_of(agreement, answers_of(tx.db, agreement.id))
    tx.emit(told_of(agreement, content, waiting, step=step, by=by, reason=reason))
    tx.emit(task_of(tx.db, agreement, waiting))


def newest(tx: Transaction, agreement: Agreement) -> Content:
    """The newest content."""
    content = tx.db.get(Content, (agreement.id, agreement.content))
    assert content is not None  # noqa: S101  contents are never deleted
    return content


def theirs(
    tx: Transaction, agreement_id: UUID, asker: Asker, seen: int | None
) -> tuple[Agreement, tuple[str, ...]]:
    """The agreement, locked, and for which parties one who asks acts. Raises NotFound for who is none, Stale."""
    agreement = tx.load(Agreement, agreement_id)
    mine = mine_of(agreement, stands_of(tx.db, asker))
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
