"""The declarative base of resources' tables."""

from sqlalchemy import JSON
from sqlalchemy.orm import DeclarativeBase

from shared.db import TYPES, new_metadata


class Base(DeclarativeBase):
    """What all of them inherit."""

    metadata = new_metadata()
    type_annotation_map = {**TYPES, dict[str, str]: JSON, list[dict[str, str]]: JSON}  # noqa: RUF012  SQLAlchemy reads it as a plain attribute
