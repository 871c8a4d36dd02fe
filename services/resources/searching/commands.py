"""Keeping the index: an item's words, written in the transaction that changes it, so that it is found at once."""

from uuid import UUID

import sqlalchemy as sa

from services.resources.files.queries.attached import text_of
from services.resources.items.model.item import Item, ItemSchool, Version
from services.resources.items.model.words import KINDS, STAGES
from services.resources.searching.model import Document
from services.resources.searching.policies import LONGEST, facet, lies_in, made_by, opened, words_of
from shared.db import Database, Transaction
from shared.roster import roster_schools

_TO_FTS = sa.text("INSERT INTO search_words (rowid, head, whole, keys) VALUES (:seq, :head, :whole, :keys)")
_FROM_FTS = sa.text("DELETE FROM search_words WHERE rowid = :seq")
_TO_GIN = sa.text(
    "UPDATE search_documents SET head = array_to_tsvector(:head), whole = array_to_tsvector(:whole) WHERE seq = :seq"
)


def describe(tx: Transaction, item_id: UUID, *, anew: bool = False) -> None:
    """Write what an item is found by, as it is now. anew: as the newest of all, which a publication makes it."""
    tx.db.flush()  # it is read again as a whole
    item = tx.db.get_one(Item, item_id)
    version = tx.db.get_one(Version, item.current_id or item.draft_id)
    makers = tx.db.execute(
        sa.select(ItemSchool.school_id, roster_schools.c.name)
        .outerjoin(roster_schools, roster_schools.c.school_id == ItemSchool.school_id)
        .where(ItemSchool.item_id == item_id)
    ).all()
    about = [
        version.summary,
        *(name for _, name in makers if name),
        *version.people,
        *(word for word in (version.subject, version.grade, version.textbook) if word),
        *version.keywords,
        text_of(tx.db, version.id),
    ]
    plain = "\n".join(each for each in about if each)[:LONGEST]
    document = tx.db.scalar(sa.select(Document).where(Document.item_id == item_id))
    if document is not None and anew:
        _forget(tx, document)
        document = None
    if document is None:
        document = Document(item_id=item_id, title=version.title, plain=plain)
        tx.db.add(document)
    document.title, document.plain = version.title, plain
    tx.db.flush()  # its number is the index's key
    head = words_of(version.title)
    kinds = (
        KINDS[item.kind].zh,
        KINDS[item.kind].en,
        STAGES[version.stage].zh,
    )  # asked for, but not worth showing
    whole = list(dict.fromkeys([*head, *words_of(" ".join(kinds)), *words_of(plain)]))
    _write(
        tx, document.seq, head=head, whole=whole, keys=_keys(item, version, [school for school, _ in makers])
    )


def describe_all(database: Database, *, actor: str) -> int:
    """Write the whole index anew, an item at a time; answers how many there are."""
    with database.reading() as db:
        oldest = sa.func.coalesce(Item.published_at, Item.made_at)
        items = list(db.scalars(sa.select(Item.id).order_by(oldest, Item.id)))
    for item_id in items:
        database.run(lambda tx, one=item_id: describe(tx, one, anew=True), actor=actor)  # type: ignore[misc]
    return len(items)


def _keys(item: Item, version: Version, makers: list[UUID]) -> list[str]:
    """The words that say who finds it, and by which filters: the same rule as `items.queries.seeing.visible`."""
    seen = item.audiences if item.current_id is not None and item.state != "retired" else []
    return [
        *(opened(each) for each in seen),
        *(made_by(each) for each in makers),
        *lies_in(item.region_code),
        facet("kind", item.kind),
        facet("state", item.state),
        facet("stage", version.stage),
        *([facet("subject", version.subject)] if version.subject else []),
    ]


def _write(tx: Transaction, seq: int, *, head: list[str], whole: list[str], keys: list[str]) -> None:
    if tx.db.get_bind().dialect.name == "postgresql":
        tx.db.execute(_TO_GIN, {"seq": seq, "head": sorted({*head, *keys}), "whole": sorted({*whole, *keys})})
        return
    tx.db.execute(_FROM_FTS, {"seq": seq})
    told = {"head": " ".join(head), "whole": " ".join(whole), "keys": " ".join(keys)}
    tx.db.execute(_TO_FTS, {"seq": seq, **told})


def _forget(tx: Transaction, document: Document) -> None:
    if tx.db.get_bind().dialect.name != "postgresql":
        tx.db.execute(_FROM_FTS, {"seq": document.seq})
    tx.db.delete(document)
    tx.db.flush()  # its item may have but one
