"""Which placements somebody may know of, as conditions for a query, and one of them."""

from collections.abc import Iterable
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Session

from services.exchange.identities.queries import person_of
from services.exchange.placements.model import Placement
from services.exchange.placements.policies import Asker
from shared.auth import Principal
from shared.auth.grants import significant
from shared.errors import NotFound
from shared.text import Sentence

__all__ = ["Asker", "asker_of", "no_such_placement", "reached", "reaches", "within"]


def asker_of(db: Session, asks: Principal) -> Asker:
    """Somebody who is signed in, with who they are in the roster. One query."""
    return Asker.of(asks.grants, person_id=person_of(db, asks.account))


def within(column: InstrumentedAttribute[str], scopes: Iterable[str]) -> sa.ColumnElement[bool]:
    """Whether the region in the column lies in any of the scopes. A range, which an index answers on either database."""
    found: list[sa.ColumnElement[bool]] = []
    for scope in scopes:
        kind, _, code = scope.partition(":")
        if scope == "all":
            return sa.true()
        if kind == "region":
            part = significant(code)
            found.append(column.between(part.ljust(6, "0"), part.ljust(6, "9")))
    return sa.or_(sa.false(), *found)


def reaches(asker: Asker, *, scopes: Iterable[str] | None = None) -> sa.ColumnElement[bool]:
    """Whether a placement is somebody's to know of: either side of it is theirs, or they are the person.

    scopes: of those in force where the reader looks at some of theirs alone.
    """
    read = asker.read if scopes is None else asker.read & frozenset(scopes)
    if "all" in read:
        return sa.true()
    schools = list(asker.schools)
    if scopes is not None:
        schools = [id_ for id_ in schools if f"school:{id_}" in set(scopes)]
    found = [within(Placement.origin_region, read), within(Placement.host_region, read)]
    if schools:
        found += [Placement.origin_school_id.in_(schools), Placement.host_school_id.in_(schools)]
    if asker.person_id is not None:
        found.append(Placement.person_id == asker.person_id)
    return sa.or_(sa.false(), *found)


def reached(db: Session, placement_id: UUID, asker: Asker) -> Placement:
    """One placement. Raises NotFound also where it is not theirs: that it exists is not told."""
    found = db.scalar(sa.select(Placement).where(Placement.id == placement_id, reaches(asker)))
    if found is None:
        raise no_such_placement()
    return found


def no_such_placement() -> NotFound:
    """What is said of a placement that is not there, or not the reader's to know of."""
    return NotFound(
        Sentence(
            zh="没有找到这条交流记录，可能不属于你的学校或区域。",
            en="There is no such placement, or it is neither your school's nor your region's.",
        )
    )
