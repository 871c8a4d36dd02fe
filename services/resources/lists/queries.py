"""Items that somebody may change, by the page."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.resources.items.model.item import Item, ItemSchool, Version
from services.resources.items.queries.listing import Line, matching
from services.resources.items.queries.seeing import Reader
from shared.auth.grants import significant


def editable(reader: Reader) -> sa.ColumnElement[bool]:
    """Whether a row of `items` is the reader's to work on: the rule of `may_edit`, inside the query."""
    if "all" in reader.edits:
        return sa.true()
    made = sa.select(ItemSchool.item_id).where(ItemSchool.school_id.in_(reader.makes))
    ways = [
        Item.region_code.startswith(significant(scope.removeprefix("region:")), autoescape=True)
        for scope in sorted(reader.edits)
        if scope.startswith("region:")
    ]
    return sa.or_(Item.id.in_(made), *ways)


def lines_to_change(
    db: Session,
    reader: Reader,
    *,
    kind: str = "",
    subject: str = "",
    stage: str = "",
    state: str = "",
    offset: int = 0,
    limit: int = 100,
) -> tuple[list[Line], int]:
    """What the reader may work on and that matches, as its newest version says it; and how many there are in all."""
    newest = sa.func.coalesce(Item.draft_id, Item.current_id)
    rows = sa.select(Item, Version).join(Version, Version.id == newest).where(editable(reader))
    rows = matching(rows, kind=kind, subject=subject, stage=stage, state=state)
    total = db.scalar(sa.select(sa.func.count()).select_from(rows.subquery())) or 0
    found = db.execute(rows.order_by(Item.made_at.desc(), Item.id).offset(offset).limit(limit))
    return [Line(item, version) for item, version in found], total
