"""Which relay sends which shards: leases with fencing, in the service's own database.

Each key belongs to one shard and each shard to one relay, so that the order of a key survives any number of
relays. A relay that lost a shard, and does not know it yet, is told when it marks what it sent.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from functools import cache

import sqlalchemy as sa
from sqlalchemy import Column, Integer, Table, Text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from shared.db.base import SPINE, UtcDateTime
from shared.db.sets import dialect_of, one_of
from shared.events.outbox import SHARDS

relays = Table(
    "relays",
    SPINE,
    Column("owner", Text, primary_key=True),
    Column("alive_until", UtcDateTime, nullable=False),
)

shards = Table(
    "relay_shards",
    SPINE,
    Column("shard", Integer, primary_key=True, autoincrement=False),
    Column("owner", Text),
    Column("leased_until", UtcDateTime, nullable=False),
)


def lease(db: Session, owner: str, *, now: datetime, until: datetime) -> frozenset[int]:
    """Renew, take and give back shards, so that the living relays have about equally many.

    Answers the shards that are `owner`'s until `until`. A shard is taken from nobody before its lease ends.
    """
    insert = postgresql.insert if db.get_bind().dialect.name == "postgresql" else sqlite.insert
    me = insert(relays).values(owner=owner, alive_until=until)
    db.execute(me.on_conflict_do_update(index_elements=["owner"], set_={"alive_until": until}))
    db.execute(sa.delete(relays).where(relays.c.alive_until < now - timedelta(hours=1)))
    # Whoever leases holds all rows meanwhile: two relays that start together share out, one after the other.
    rows = db.execute(sa.select(shards).order_by(shards.c.shard).with_for_update()).all()
    alive = max(1, db.scalar(sa.select(sa.func.count()).where(relays.c.alive_until >= now)) or 0)
    share = -(-SHARDS // alive)
    mine = [row.shard for row in rows if row.owner == owner and row.leased_until > now]
    free = [row.shard for row in rows if row.owner is None or row.leased_until <= now]
    keep = (mine + [shard for shard in free if shard not in mine])[:share]
    for shard in set(mine) - set(keep):
        db.execute(sa.update(shards).where(shards.c.shard == shard).values(owner=None))
    db.execute(sa.update(shards).where(shards.c.shard.in_(keep)).values(owner=owner, leased_until=until))
    return frozenset(keep)


def still_held(db: Session, owner: str, wanted: Collection[int], *, now: datetime) -> set[int]:
    """Those of the shards that are still `owner`'s, locked until the commit."""
    return set(db.scalars(_held(dialect_of(db)), {"wanted": list(wanted), "owner": owner, "now": now}))


def give_back(db: Session, owner: str) -> None:
    """Free all shards of a relay that ends, so that the others need not wait for its leases."""
    db.execute(sa.update(shards).where(shards.c.owner == owner).values(owner=None))
    db.execute(sa.delete(relays).where(relays.c.owner == owner))


@cache
def _held(dialect: str) -> sa.Select[int]:
    return (
        sa.select(shards.c.shard)
        .where(
            one_of(dialect, shards.c.shard, "wanted"),
            shards.c.owner == sa.bindparam("owner"),
            shards.c.leased_until > sa.bindparam("now"),
        )
        .order_by(shards.c.shard)
        .with_for_update()
    )
