"""The declarative base of scheduling's tables."""

from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import JSON, Dialect
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeDecorator

from shared.db import TYPES, new_metadata


class Uuids(TypeDecorator[list[UUID]]):
    """A list of ids, kept as JSON. It is replaced as a whole: a change inside the list is not noticed."""

    impl = JSON
    cache_ok = True

    def process_bind_param(self, value: list[UUID] | None, dialect: Dialect) -> list[str] | None:  # noqa: ARG002  SQLAlchemy's signature
        """To the database: as people write them."""
        return None if value is None else [str(id_) for id_ in value]

    def process_result_value(self, value: list[str] | None, dialect: Dialect) -> list[UUID] | None:  # noqa: ARG002  SQLAlchemy's signature
        """From the database."""
        return None if value is None else [UUID(id_) for id_ in value]


class Values(TypeDecorator[tuple[Any, ...]]):
    """Frozen values of one kind, kept as JSON and replaced as a whole; None where the release before wrote the row."""

    impl = JSON
    cache_ok = True

    def __init__(self, kind: type) -> None:
        """Of this dataclass."""
        super().__init__()
        self.kind = kind

    def process_bind_param(self, value: tuple[Any, ...] | None, dialect: Dialect) -> Any:  # noqa: ANN401, ARG002  SQLAlchemy's signature
        """To the database: moments in ISO 8601, ids as people write them."""
        return None if value is None else msgspec.to_builtins(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> tuple[Any, ...] | None:  # noqa: ANN401, ARG002  SQLAlchemy's signature
        """From the database."""
        return None if value is None else msgspec.convert(value, tuple[self.kind, ...])  # type: ignore[name-defined]


class Base(DeclarativeBase):
    """What all of them inherit."""

    metadata = new_metadata()
    type_annotation_map = {**TYPES, list[UUID]: Uuids}  # noqa: RUF012  SQLAlchemy reads it as a plain attribute
