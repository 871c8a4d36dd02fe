"""What others are told of an agreement, and who is asked for an answer."""

from collections.abc import Collection, Iterator

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.exchange.agreements.model import Agreement, Content, waiting_of
from services.exchange.agreements.queries.finding import answers_of
from services.exchange.agreements.queries.standing import id_of
from shared.contracts.exchange import AgreementChanged, ExchangeTask
from shared.ids import named
from shared.roster import name_of
from shared.roster.tables import roster_groups


def task_of(db: Session, agreement: Agreement, waiting: Collection[str]) -> ExchangeTask:
    """Whether it waits for parties to answer, as of its version."""
    names = [name_of(db, party) for party in agreement.parties]
    return ExchangeTask(
        task_id=named("exchange.agreement", str(agreement.id)),
        version=agreement.version,
        audiences=tuple(_asked_of(db, party) for party in waiting),
        sentence_zh=f"答复协议：《{agreement.title}》第 {agreement.content} 版，{'、'.join(each.zh for each in names)}",
        sentence_en=f"Answer an agreement: “{agreement.title}”, version {agreement.content}, {', '.join(each.en for each in names)}",
        verb_zh="去核对",
        verb_en="Look at it",
        link=f"/exchange/agreements/{agreement.id}",
        opened_at=agreement.changed_at,
        closed_at=None if waiting else agreement.changed_at,
    )


def told_of(
    agreement: Agreement,
    content: Content,
    waiting: tuple[str, ...],
    *,
    step: str,
    by: str = "",
    reason: str = "",
) -> AgreementChanged:
    """What is said of a step."""
    return AgreementChanged(
        agreement_id=agreement.id,
        version=agreement.version,
        title=agreement.title,
        parties=tuple(agreement.parties),
        state=agreement.state,
        content=content.number,
        sha256=content.sha256,
        starts_on=agreement.starts_on,
        ends_on=agreement.ends_on,
        step=step,
        in_force=agreement.in_force,
        waiting=waiting,
        by=by,
        reason=reason,
        terminated_on=agreement.terminated_on,
    )


def agreement_task_states(db: Session) -> Iterator[ExchangeTask]:
    """Of every agreement whether it waits for parties."""
    for agreement in db.scalars(sa.select(Agreement).order_by(Agreement.id)):
        yield task_of(db, agreement, waiting_of(agreement, answers_of(db, agreement.id)))


def _asked_of(db: Session, party: str) -> str:
    """Whose task it is to answer for a party: who looks after a region, who answers for a school or for a group's lead school."""
    kind = party.partition(":")[0]
    if kind == "group":
        groups = roster_groups.c
        lead = db.scalar(sa.select(groups.lead_school_id).where(groups.group_id == id_of(party)))
        return f"liaison@school:{lead}" if lead else f"coordinator@{party}"
    return f"{'liaison' if kind == 'school' else 'coordinator'}@{party}"
