"""Writing what an agreement is to say, and asking the parties for it. `asker`: who asks; only a party acts, and each for itself alone."""

import dataclasses
from collections.abc import Sequence
from datetime import date
from uuid import UUID

from services.exchange.agreements.commands.keeping import approve, newest, tell, theirs, write
from services.exchange.agreements.model import Agreement, Terms
from services.exchange.agreements.policies import parties_of
from services.exchange.agreements.queries import insist_known, stands_of, terms_of
from services.exchange.placements.queries.reaching import Asker
from shared.db import Transaction
from shared.errors import Forbidden, Invalid
from shared.text import Sentence

#: Between how many an agreement is at most.
MOST_PARTIES = 10


def draft_agreement(
    tx: Transaction, *, id_: UUID, parties: Sequence[str], terms: Terms, asker: Asker
) -> Agreement:
    """Write the first content; nobody else is asked yet. Raises Invalid, Forbidden."""
    terms.insist()
    parties = list(dict.fromkeys(parties))
    if not 2 <= len(parties) <= MOST_PARTIES:  # noqa: PLR2004  an agreement is between two at least
        raise Invalid(Sentence(zh="请选择两方或更多方。", en="Choose two parties or more."), field="parties")
    insist_known(tx.db, parties)
    mine = parties_of(parties, scopes=stands_of(tx.db, asker))
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
    content = write(tx, agreement, terms, note="")
    tell(tx, agreement, content, step="draft", by=mine[0])
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
    agreement, mine = theirs(tx, agreement_id, asker, seen)
    agreement.insist("revise")
    terms.insist()
    last = terms_of(tx.db, agreement.id, agreement.content)
    if last is not None and last.sha256 == terms.sha256:
        raise Invalid(Sentence(zh="内容没有变化。", en="Nothing is different."), field="")
    agreement.advance()
    agreement.state = "asked" if agreement.state in {"asked", "agreed"} else "draft"
    content = write(tx, agreement, terms, note=note)
    if agreement.state == "asked":
        approve(tx, agreement, content, mine)
    tell(tx, agreement, content, step="revise", by=mine[0], reason=note)
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
    agreement, _ = theirs(tx, agreement_id, asker, seen)
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
    agreement, mine = theirs(tx, agreement_id, asker, seen)
    agreement.insist("ask")
    agreement.advance()
    agreement.state, agreement.changed_at = "asked", tx.now
    content = newest(tx, agreement)
    approve(tx, agreement, content, mine)
    tell(tx, agreement, content, step="ask", by=mine[0])
    return agreement
