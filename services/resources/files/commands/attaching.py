"""Giving files their places: which version of an item they belong to, in which order, under which name."""

from uuid import UUID

import sqlalchemy as sa

from services.resources.files.model.stored import Attachment, Stored
from services.resources.files.policies.naming import extension_of, name_of
from shared.db import Transaction
from shared.errors import Invalid, NotFound
from shared.ids import uuid7
from shared.text import Sentence


def attach(tx: Transaction, *, version_id: UUID, stored_id: UUID, name: str, by: str) -> Attachment:
    """Put a kept file last among those of a version; one that is there already stays as it is."""
    there = tx.db.scalar(
        sa.select(Attachment).where(Attachment.version_id == version_id, Attachment.stored_id == stored_id)
    )
    if there is not None:
        return there
    return _last(tx, version_id=version_id, stored_id=stored_id, name=name, link="", by=by)


def attach_link(tx: Transaction, *, version_id: UUID, name: str, link: str, by: str) -> Attachment:
    """Put the address of a recording last among the files of a version."""
    return _last(tx, version_id=version_id, stored_id=None, name=name, link=link, by=by)


def detach(tx: Transaction, *, attachment: Attachment) -> None:
    """Take a file from its version; the content stays while anything else has it."""
    tx.db.delete(attachment)


def rename(attachment: Attachment, *, name: str) -> None:
    """Call a file something else; its extension stays, since that says how to open it. Raises Invalid."""
    name = name_of(name)
    extension = extension_of(attachment.name)
    if extension and extension_of(name) != extension:
        raise Invalid(
            Sentence(zh=f"扩展名 .{extension} 不能改。", en=f"The extension .{extension} has to stay."),
            field="name",
        )
    attachment.name = name


def carry_over(tx: Transaction, *, from_version: UUID, to_version: UUID) -> None:
    """Let a new version of an item begin with the files of the one before it."""
    for each in tx.db.scalars(sa.select(Attachment).where(Attachment.version_id == from_version)):
        tx.db.add(
            Attachment(
                id=uuid7(),
                version_id=to_version,
                stored_id=each.stored_id,
                position=each.position,
                name=each.name,
                link=each.link,
                added_by=each.added_by,
                added_at=each.added_at,
            )
        )


def attachment_of(tx: Transaction, *, attachment_id: UUID, version_id: UUID) -> Attachment:
    """A file of this very version. Raises NotFound."""
    found = tx.db.get(Attachment, attachment_id)
    if found is None or found.version_id != version_id:
        raise NotFound(Sentence(zh="没有这个文件。", en="There is no such file."))
    return found


def _last(
    tx: Transaction, *, version_id: UUID, stored_id: UUID | None, name: str, link: str, by: str
) -> Attachment:
    if stored_id is not None and tx.db.get(Stored, stored_id) is None:
        raise NotFound(Sentence(zh="没有这个文件。", en="There is no such file."))
    position = tx.db.scalar(
        sa.select(sa.func.coalesce(sa.func.max(Attachment.position), 0)).where(
            Attachment.version_id == version_id
        )
    )
    made = Attachment(
        id=uuid7(),
        version_id=version_id,
        stored_id=stored_id,
        position=(position or 0) + 1,
        name=name,
        link=link,
        added_by=by,
        added_at=tx.now,
    )
    tx.db.add(made)
    return made
