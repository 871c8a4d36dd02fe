"""What makers do with the files of their draft, and what readers do that is counted."""

from urllib.parse import urlsplit
from uuid import UUID

import sqlalchemy as sa

from services.resources.files.commands.attaching import attach_link, attachment_of, detach
from services.resources.files.model.stored import Attachment
from services.resources.items.commands.making import draft_of, theirs
from services.resources.items.model.item import Version
from services.resources.items.queries.seeing import Reader, no_such_item
from services.resources.searching.commands import describe
from services.resources.use.commands import note
from services.resources.use.model import Kind
from shared.db import Transaction
from shared.errors import Invalid
from shared.text import Sentence


def draft_for(tx: Transaction, *, version_id: UUID, reader: Reader) -> Version:
    """The draft that a file is sent for. Raises NotFound where it is not the sender's, Refusal where it is published."""
    version = tx.db.get(Version, version_id)
    if version is None:
        raise no_such_item()
    draft = draft_of(tx, theirs(tx, version.item_id, reader))
    if draft.id != version_id:
        raise no_such_item()
    return draft


def take_out(tx: Transaction, *, version_id: UUID, attachment_id: UUID, reader: Reader) -> None:
    """Take a file out of a draft. Raises NotFound, Refusal."""
    draft = draft_for(tx, version_id=version_id, reader=reader)
    detach(tx, attachment=attachment_of(tx, attachment_id=attachment_id, version_id=version_id))
    describe(tx, draft.item_id)


def move_up(tx: Transaction, *, version_id: UUID, attachment_id: UUID, reader: Reader) -> None:
    """Let a file of a draft change places with the one before it. Raises NotFound, Refusal."""
    draft_for(tx, version_id=version_id, reader=reader)
    ordered = list(
        tx.db.scalars(
            sa.select(Attachment)
            .where(Attachment.version_id == version_id)
            .order_by(Attachment.position, Attachment.id)
        )
    )
    at = next((n for n, each in enumerate(ordered) if each.id == attachment_id), 0)
    if at:
        ordered[at - 1], ordered[at] = ordered[at], ordered[at - 1]
    for position, each in enumerate(ordered, 1):
        each.position = position


def add_link(tx: Transaction, *, version_id: UUID, name: str, link: str, reader: Reader) -> Attachment:
    """Put an address into a draft, of what can be watched elsewhere. Raises Invalid, NotFound, Refusal."""
    draft = draft_for(tx, version_id=version_id, reader=reader)
    parts = urlsplit(link)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise Invalid(
            Sentence(
                zh="请填写以 http:// 或 https:// 开头的网址。",
                en="An address begins with http:// or https://.",
            ),
            field="link",
        )
    attachment = attach_link(tx, version_id=version_id, name=name or link, link=link, by=tx.actor)
    describe(tx, draft.item_id)
    return attachment


def used(
    tx: Transaction,
    *,
    version_id: UUID,
    kind: Kind,
    who: str,
    agent: str,
    school: UUID | None,
    thing_id: UUID | None = None,
) -> None:
    """Count that somebody, of that school if of any, took away or played a file; of a version that is no draft."""
    version = tx.db.get(Version, version_id)
    if version is not None and version.published_at is not None:
        note(
            tx,
            item_id=version.item_id,
            thing_id=thing_id,
            kind=kind,
            who=who,
            agent=agent,
            school_id=school,
        )
