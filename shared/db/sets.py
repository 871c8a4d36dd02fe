"""Conditions on many values, for statements that are built once: their text is the same for any number of values.

PostgreSQL is given arrays: a statement that is the same each time is parsed and planned once for a connection, where an
IN of two, then of five values would be two new ones. SQLite plans in our own process, and takes the values one by one.
Relay and consumer ask some such questions for each batch, and to build them anew took them a sixth of their time.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session


def dialect_of(db: Session) -> str:
    """`postgresql` or `sqlite`."""
    return db.get_bind().dialect.name


def one_of(dialect: str, column: sa.Column[Any], name: str) -> sa.ColumnElement[bool]:
    """That the column's value is one of those that are bound under this name, in a list."""
    if dialect == "postgresql":
        return column == sa.any_(sa.bindparam(name, type_=postgresql.ARRAY(column.type)))
    return column.in_(sa.bindparam(name, expanding=True))


def among(dialect: str, columns: Sequence[sa.Column[Any]], name: str) -> sa.ColumnElement[bool]:
    """That the values of these columns, in this order, are one of the rows that `rows_as` binds under this name."""
    if dialect != "postgresql":
        return sa.tuple_(*columns).in_(sa.bindparam(name, expanding=True))
    arrays = (
        sa.bindparam(f"{name}_{place}", type_=postgresql.ARRAY(column.type))
        for place, column in enumerate(columns)
    )
    given = (
        sa.func.unnest(*arrays)
        .table_valued(*(sa.column(column.name, column.type) for column in columns))
        .render_derived(name="given")
    )
    return sa.tuple_(*columns).in_(sa.select(*(given.c[column.name] for column in columns)))


def rows_as(dialect: str, name: str, rows: Iterable[Sequence[Any]]) -> dict[str, Any]:
    """What to bind for `among`: rows of as many values as it has columns, at least one."""
    several = [tuple(row) for row in rows]
    if dialect != "postgresql":
        return {name: several}
    return {f"{name}_{place}": list(values) for place, values in enumerate(zip(*several, strict=True))}
