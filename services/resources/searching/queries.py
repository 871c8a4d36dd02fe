"""Looking up: what is asked for, who asks and the filters are one question to the index; nothing is left out afterwards."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.resources.items.model.item import Item, Version
from services.resources.items.queries.seeing import Reader
from services.resources.searching.model import Document
from services.resources.searching.policies import asked_of, facet, looked_after, made_by, opened, snippet

#: Hits that are counted, and looked at for facets; beyond that there are “more than”.
MANY = 1_000

_FTS = "SELECT rowid FROM search_words WHERE search_words MATCH :asked ORDER BY rowid DESC LIMIT :many"


@dataclass(frozen=True, slots=True)
class Hit:
    """An item that was found, with the place where, in pieces; True for what was asked for."""

    item: Item
    version: Version
    title: Sequence[tuple[str, bool]]
    where: Sequence[tuple[str, bool]]


@dataclass(frozen=True, slots=True)
class Found:
    """What was found: a page of hits, how many there are (`more`: at least), and how they fall apart by field and value."""

    hits: Sequence[Hit]
    total: int
    more: bool
    facets: Mapping[str, Counter[str]]


def search(
    db: Session, reader: Reader, said: str, *, filters: Mapping[str, str], offset: int = 0, limit: int = 20
) -> Found:
    """The items that the reader may see and that hold all that is asked for: by title first, then by text; the newest first."""
    asked = asked_of(said)
    if not asked:
        return Found([], 0, more=False, facets={})
    narrow = [facet(name, value) for name, value in filters.items() if value]
    keys = keys_of(reader)
    by_title = seqs(db, asked, keys, narrow, within="head", limit=MANY + 1)
    rest = seqs(db, asked, keys, narrow, within="whole", limit=MANY + 1) if len(by_title) <= MANY else []
    ordered = list(dict.fromkeys([*by_title, *rest]))
    known = ordered[:MANY]
    page = known[offset : offset + limit]
    shown = sa.func.coalesce(Item.current_id, Item.draft_id)
    rows = db.execute(
        sa.select(Document, Item, Version)
        .join(Item, Item.id == Document.item_id)
        .join(Version, Version.id == shown)
        .where(Document.seq.in_(page))
    )
    found = {
        document.seq: Hit(
            item, version, snippet(document.title, asked, around=100), snippet(document.plain, asked)
        )
        for document, item, version in rows
    }
    return Found(
        hits=[found[seq] for seq in page if seq in found],
        total=len(known),
        more=len(ordered) > MANY,
        facets=_facets(db, known),
    )


def keys_of(reader: Reader) -> list[str]:
    """The words of which an item has to have one, for the reader to find it; none: the reader finds all."""
    if "all" in reader.kept:
        return []
    return sorted(
        {opened(each) for each in reader.keys}
        | {made_by(each) for each in reader.schools}
        | {looked_after(each) for each in reader.kept if each.startswith("region:")}
    )


def seqs(
    db: Session, asked: Sequence[str], keys: Sequence[str], narrow: Sequence[str], *, within: str, limit: int
) -> list[int]:
    """The numbers of the documents found, the newest first, at most so many."""
    if db.get_bind().dialect.name == "postgresql":
        said = " & ".join(_lexeme(each) for each in [*asked, *narrow])
        if keys:
            said += f" & ({' | '.join(_lexeme(each) for each in keys)})"
        rows = sa.text(
            f"SELECT seq FROM search_documents WHERE {within} @@ CAST(:asked AS tsquery) ORDER BY seq DESC LIMIT :many"  # noqa: S608  one of two names of columns
        )
    else:
        words = " AND ".join(_quoted(each) for each in asked)
        said = f"{within} : ({words})"
        for must in narrow:
            said += f" AND keys : {_quoted(must)}"
        if keys:
            said += f" AND keys : ({' OR '.join(_quoted(each) for each in keys)})"
        rows = sa.text(_FTS)
    return list(db.scalars(rows, {"asked": said, "many": limit}))


def _facets(db: Session, known: Sequence[int]) -> Mapping[str, Counter[str]]:
    shown = sa.func.coalesce(Item.current_id, Item.draft_id)
    rows = db.execute(
        sa.select(Item.kind, Version.subject, Version.stage)
        .join(Document, Document.item_id == Item.id)
        .join(Version, Version.id == shown)
        .where(Document.seq.in_(known))
    ).all()
    told: dict[str, Counter[str]] = {"kind": Counter(), "subject": Counter(), "stage": Counter()}
    for kind, subject, stage in rows:
        told["kind"][kind] += 1
        told["stage"][stage] += 1
        if subject:
            told["subject"][subject] += 1
    return told


def items_found(db: Session, reader: Reader, said: str, *, limit: int) -> list[UUID]:
    """The ids of what is found, the best first: for a list that is filtered by words."""
    return [hit.item.id for hit in search(db, reader, said, filters={}, limit=limit).hits]


def _quoted(word: str) -> str:
    """A word as FTS5 takes it: within quotes nothing is an operator."""
    plain = word.rstrip("*").replace('"', '""')
    return f'"{plain}"*' if word.endswith("*") else f'"{plain}"'


def _lexeme(word: str) -> str:
    """A word as a tsquery takes it: within quotes nothing is an operator."""
    plain = word.rstrip("*").replace("\\", "\\\\").replace("'", "''")
    return f"'{plain}':*" if word.endswith("*") else f"'{plain}'"
