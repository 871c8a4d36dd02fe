"""Column types and declarative bases that every service's tables share."""

from datetime import UTC, datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import JSON, DateTime, Dialect, MetaData, Uuid
from sqlalchemy.orm import Mapped, declared_attr, mapped_column
from sqlalchemy.types import TypeDecorator

#: Names constraints, so that a migration can name what it drops on either database.
NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

#: Tables that `shared` brings into every service's database; migrated by `shared/db/spine`.
SPINE = MetaData(naming_convention=NAMING)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware datetime, kept in UTC. A naive one is a bug of the caller and refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To the database: UTC; SQLite keeps no zone, so it gets the bare UTC time."""
        if value is None:
            return None
        if value.tzinfo is None:
            msg = f"A naive datetime has no moment: {value!r}"
            raise ValueError(msg)
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002  SQLAlchemy's signature
        """From the database: aware, in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


#: How Python types become columns, for the declarative base of each service.
TYPES: dict[Any, Any] = {datetime: UtcDateTime, UUID: Uuid, dict[str, Any]: JSON, list[str]: JSON}


def new_metadata() -> MetaData:
    """Metadata for the declarative base of one service: nothing is shared between two of them."""
    return MetaData(naming_convention=NAMING)


class Aggregate:
    """What a command loads, locks and changes as one.

    `version` counts its changes from 1 and is the `sequence` of the event that a change returns. The
    mapper checks it on every update: a change of a row that was not locked, or was changed meanwhile,
    fails instead of overwriting.
    """

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]

    #: Fields of its own whose values the audit trail must not hold.
    personal: ClassVar[frozenset[str]] = frozenset()

    @property
    def audited_as(self) -> str:
        """What the audit trail calls it: the key of its events."""
        return str(self.id)

    @declared_attr.directive
    @classmethod
    def __mapper_args__(cls) -> dict[str, Any]:
        """Let `advance`, not the mapper, count the version."""
        return {"version_id_col": cls.__dict__.get("version", cls.version), "version_id_generator": False}

    def advance(self) -> int:
        """Count one change and answer the new version, for the event that tells of it."""
        self.version += 1
        return self.version
