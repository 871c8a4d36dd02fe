"""The declarative base of exchange's tables."""

from typing import Any

from sqlalchemy import JSON
from sqlalchemy.orm import DeclarativeBase

from shared.db import TYPES, new_metadata


class Base(DeclarativeBase):
    """What all of them inherit."""

    metadata = new_metadata()
    type_annotation_map = {**TYPES, list[dict[str, Any]]: JSON}  # noqa: RUF012  SQLAlchemy reads it as a plain attribute
