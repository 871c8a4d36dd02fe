"""Conditions on many values whose text is the same for any number of them.

PostgreSQL is given arrays: a statement that is the same each time is parsed and planned once for a connection, where an
IN of two, then of five values would be two new ones. SQLite plans in our own process, and takes the values one by one.
"""

from collections.abc import Collection, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session


def one_of(db: Session, column: sa.Column[Any], values: Collection[Any]) -> sa.ColumnElement[bool]:
    """That the column's value is one of these."""
    if db.get_bind().dialect.name == "postgresql":
        return column == sa.any_(sa.literal(list(values), postgresql.ARRAY(column.type)))
    return column.in_(values)


def among(
    db: Session, columns: Sequence[sa.Column[Any]], rows: Collection[Sequence[Any]]
) -> sa.ColumnElement[bool]:
    """That the values of these columns, in this order, are one of the rows."""
    if db.get_bind().dialect.name != "postgresql":
        return sa.tuple_(*columns).in_(list(rows))
    arrays = (
        sa.literal([row[place] for row in rows], postgresql.ARRAY(column.type))
        for place, column in enumerate(columns)
    )
    given = (
        sa.func.unnest(*arrays)
        .table_valued(*(sa.column(column.name, column.type) for column in columns))
        .render_derived(name="given")
    )
    return sa.tuple_(*columns).in_(sa.select(*(given.c[column.name] for column in columns)))
