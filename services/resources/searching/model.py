"""What is looked up of an item. Its words lie in an index of the database's own kind: FTS5 of SQLite, GIN of PostgreSQL."""

from uuid import UUID

from sqlalchemy import Text
from sqlalchemy.orm import Mapped, mapped_column

from services.resources.base import Base


class Document(Base):
    """An item as it is searched: one row, made anew whenever the item, its audiences or its files change.

    seq: counts up with publication, so that the newest is found first. plain: summary, makers and the text of files, to show
    where something was found.
    """

    __tablename__ = "search_documents"

    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    item_id: Mapped[UUID] = mapped_column(unique=True)
    title: Mapped[str]
    plain: Mapped[str] = mapped_column(Text)
