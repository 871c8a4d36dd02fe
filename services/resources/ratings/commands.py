"""Rating a version, and taking it back."""

from uuid import UUID

import sqlalchemy as sa

from services.resources.items.model.item import ItemSchool
from services.resources.items.queries.seeing import Reader, item_for
from services.resources.ratings.model import Rating
from services.resources.ratings.queries import own_rating
from shared.db import Transaction
from shared.errors import Invalid, Refusal
from shared.ids import uuid7
from shared.text import Sentence

_STARS = range(1, 6)


def rate(tx: Transaction, *, item_id: UUID, stars: int, text: str, reader: Reader) -> Rating:
    """Say what one thinks of the published version; said again, it replaces what was said. Raises NotFound, Invalid, Refusal."""
    item = item_for(tx.db, item_id, reader)
    if stars not in _STARS:
        raise Invalid(Sentence(zh="请选 1 到 5 颗星。", en="Choose from 1 to 5 stars."), field="stars")
    if item.current_id is None or item.state == "retired":
        raise Refusal(
            Sentence(zh="发布中的资源才能评价。", en="Only what is published can be rated."), field="stars"
        )
    makers = set(tx.db.scalars(sa.select(ItemSchool.school_id).where(ItemSchool.item_id == item_id)))
    if reader.schools & makers:
        raise Refusal(
            Sentence(
                zh="参与建设的学校不评价自己的资源。", en="Schools do not rate what they make themselves."
            ),
            field="stars",
        )
    rating = own_rating(tx.db, item.current_id, tx.actor)
    if rating is None:
        rating = Rating(
            id=uuid7(), item_id=item_id, version_id=item.current_id, by=tx.actor, school_id=reader.school
        )
        tx.db.add(rating)
    rating.stars, rating.text, rating.at = stars, text, tx.now
    return rating


def take_back(tx: Transaction, *, item_id: UUID, reader: Reader) -> None:
    """Let one's word on the published version be unsaid; nothing happens where there is none. Raises NotFound."""
    item = item_for(tx.db, item_id, reader)
    tx.db.execute(sa.delete(Rating).where(Rating.version_id == item.current_id, Rating.by == tx.actor))
