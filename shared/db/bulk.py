"""Many rows by one statement.

PostgreSQL is given each column as one array and unnests them itself, which costs it half of what row after row does,
and us a quarter. SQLite takes row after row, as it is in our own process.
"""

from collections.abc import Mapping, Sequence
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import DeclarativeBase, Session

#: Rows from which arrays cost PostgreSQL less than row after row.
MANY = 50


def insert_rows(
    db: Session,
    into: sa.Table | type[DeclarativeBase],
    rows: Sequence[Mapping[str, Any]],
    *,
    unless_there: bool = False,
) -> None:
    """Insert the rows, which have the same columns each, in their order; past the mapper of a mapped class.

    unless_there: a row that breaks a uniqueness is left out, instead of raising IntegrityError.
    """
    if not rows:
        return
    table = cast("sa.Table", into if isinstance(into, sa.Table) else into.__table__)
    postgres = db.get_bind().dialect.name == "postgresql"
    if postgres and len(rows) >= MANY:
        names, selected = _columns(table, rows)
        many = postgresql.insert(table).from_select(names, selected)
        db.execute(many.on_conflict_do_nothing() if unless_there else many)
    else:
        each = postgresql.insert(table) if postgres else sqlite.insert(table)
        db.connection().execute(each.on_conflict_do_nothing() if unless_there else each, list(rows))


def update_rows(
    db: Session,
    into: sa.Table | type[DeclarativeBase],
    rows: Sequence[Mapping[str, Any]],
    *,
    keys: Sequence[str],
) -> None:
    """Give each row that has these `keys` the other values beside them; past the mapper of a mapped class."""
    if not rows:
        return
    table = cast("sa.Table", into if isinstance(into, sa.Table) else into.__table__)
    values = [name for name in rows[0] if name not in keys]
    if db.get_bind().dialect.name == "postgresql" and len(rows) >= MANY:
        _, selected = _columns(table, rows)
        given = selected.subquery("given")
        many = sa.update(table).where(*(table.c[name] == given.c[name] for name in keys))
        db.execute(many.values({name: given.c[name] for name in values}))
    else:
        each = sa.update(table).where(*(table.c[name] == sa.bindparam(f"{name}_") for name in keys))
        each = each.values({name: sa.bindparam(f"{name}_") for name in values})
        db.connection().execute(each, [{f"{name}_": row[name] for name in row} for row in rows])


def insert_fresh(table: sa.Table, rows: Sequence[Mapping[str, Any]], *, key: str) -> postgresql.Insert:
    """PostgreSQL's INSERT of the rows whose `key` is not there yet, to be given a RETURNING."""
    names, selected = _columns(table, rows)
    many = postgresql.insert(table).from_select(names, selected)
    return many.on_conflict_do_nothing(index_elements=[key])


def _columns(table: sa.Table, rows: Sequence[Mapping[str, Any]]) -> tuple[list[str], sa.Select[Any]]:
    names = list(rows[0])
    types = [table.c[name].type for name in names]
    arrays = (
        sa.bindparam(None, [row[name] for row in rows], type_=postgresql.ARRAY(type_), unique=True)
        for name, type_ in zip(names, types, strict=True)
    )
    columns = [sa.column(name, type_) for name, type_ in zip(names, types, strict=True)]
    unnested = sa.func.unnest(*arrays).table_valued(*columns).render_derived(name="given")
    return names, sa.select(*(unnested.c[name] for name in names))
