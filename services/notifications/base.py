"""The declarative base of notifications's tables."""

from sqlalchemy.orm import DeclarativeBase

from shared.db import TYPES, new_metadata


class Base(DeclarativeBase):
    """What all of them inherit."""

    metadata = new_metadata()
    type_annotation_map = TYPES
