"""Asking for access, answering, and sharing by links that end."""

import secrets
from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa

from services.resources.access.model import AccessRequest, ShareLink, hashed
from services.resources.access.queries import request_of
from services.resources.items.commands.making import open_to, theirs
from services.resources.items.model.item import Item
from services.resources.items.queries.seeing import Reader, no_such_item, visible
from shared.auth.states import person_of
from shared.contracts.resources import ResourcesTask
from shared.db import Transaction
from shared.errors import Forbidden, Invalid, NotFound, Refusal
from shared.ids import uuid7
from shared.text import Sentence

#: How long links may last, in days.
LASTS = (1, 7, 30, 90)


def ask(tx: Transaction, *, item_id: UUID, reason: str, reader: Reader) -> AccessRequest:
    """Ask for one's school to see a published item. Raises NotFound, Forbidden, Invalid, Refusal."""
    item = tx.db.get(Item, item_id)
    if item is None or item.current_id is None or item.state == "retired":
        raise no_such_item()
    school_id = min(reader.makes, default=None)
    if school_id is None:
        raise Forbidden(Sentence(zh="由学校的老师申请。", en="A teacher of a school asks."))
    if tx.db.scalar(sa.select(Item.id).where(Item.id == item_id, visible(reader))) is not None:
        raise Refusal(Sentence(zh="你已经能看到它。", en="You can see it already."))
    if not reason:
        raise Invalid(Sentence(zh="请写明为什么想看。", en="Say what you need it for."), field="reason")
    before = request_of(tx.db, item_id, school_id)
    if before is not None and before.state == "asked":
        raise Refusal(Sentence(zh="你们学校已经申请过，正在等答复。", en="Your school has asked already."))
    request = AccessRequest(
        id=uuid7(),
        version=1,
        item_id=item_id,
        school_id=school_id,
        by=tx.actor,
        reason=reason,
        state="asked",
        answer="",
        asked_at=tx.now,
        answered_at=None,
    )
    tx.db.add(request)
    tx.emit(request.task(title=item.title, owner=item.school_id, region=item.region_code))
    return request


def grant(tx: Transaction, *, request_id: UUID, reader: Reader) -> AccessRequest:
    """Open the item to the school that asked. Raises NotFound, Refusal."""
    request, item = _request(tx, request_id, reader)
    request.grant(at=tx.now)
    open_to(tx, item_id=item.id, audiences=[*item.audiences, f"school:{request.school_id}"], reader=reader)
    _tell(tx, request, item)
    return request


def decline(tx: Transaction, *, request_id: UUID, answer: str, reader: Reader) -> AccessRequest:
    """Do not, and say why. Raises NotFound, Refusal, Invalid."""
    request, item = _request(tx, request_id, reader)
    request.decline(answer=answer, at=tx.now)
    _tell(tx, request, item)
    return request


def share(tx: Transaction, *, item_id: UUID, days: int, note: str, reader: Reader) -> str:
    """A link that leads whoever has it to a published item, for so many days; answers its secret. Raises NotFound, Invalid, Refusal."""
    item = theirs(tx, item_id, reader)
    if days not in LASTS:
        raise Invalid(Sentence(zh="请选择有效期。", en="Choose how long it lasts."), field="days")
    if item.current_id is None or item.state == "retired":
        raise Refusal(
            Sentence(zh="发布以后才能分享链接。", en="Links lead to what is published; this is not yet.")
        )
    secret = secrets.token_urlsafe(24)
    tx.db.add(
        ShareLink(
            id=uuid7(),
            item_id=item_id,
            secret=hashed(secret),
            note=note,
            made_by=tx.actor,
            made_at=tx.now,
            ends_at=tx.now + timedelta(days=days),
            ended_at=None,
        )
    )
    tx.record(what="item.link_made", subject_kind="item", subject=item_id)
    return secret


def end_link(tx: Transaction, *, item_id: UUID, link_id: UUID, reader: Reader) -> None:
    """Let a link lead nowhere from now on. Raises NotFound."""
    theirs(tx, item_id, reader)
    link = tx.db.get(ShareLink, link_id)
    if link is None or link.item_id != item_id:
        raise NotFound(Sentence(zh="没有这个链接。", en="There is no such link."))
    link.ended_at = link.ended_at or tx.now


def adopt_request(tx: Transaction, event: ResourcesTask) -> None:
    """After a restore: what was said of a request is newer, and it counts on from there."""
    request = tx.db.get(AccessRequest, UUID(event.link.rpartition("/")[2]))
    if request is not None:
        request.version = max(request.version, event.version)


def _tell(tx: Transaction, request: AccessRequest, item: Item) -> None:
    """Let who asked know of the answer, and the task be done."""
    kind, _, account = request.by.partition(":")
    person_id = person_of(tx.db, UUID(account)) if kind == "account" else None
    tx.emit(request.answered(title=item.title, person_id=person_id))
    tx.emit(request.task(title=item.title, owner=item.school_id, region=item.region_code))


def _request(tx: Transaction, request_id: UUID, reader: Reader) -> tuple[AccessRequest, Item]:
    request = tx.load(AccessRequest, request_id)
    return request, theirs(tx, request.item_id, reader)
