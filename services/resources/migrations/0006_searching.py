"""What is looked up: FTS5 of SQLite, GIN of PostgreSQL, over the same pairs of characters."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "search_documents",
        sa.Column("seq", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("item_id", sa.Uuid, nullable=False, unique=True),
        sa.Column("title", sa.String, nullable=False),
        sa.Column("plain", sa.Text, nullable=False),
        sqlite_autoincrement=True,
    )
    if op.get_bind().dialect.name == "postgresql":
        for name in ("head", "whole"):
            op.execute(f"ALTER TABLE search_documents ADD COLUMN {name} tsvector")
            op.execute(
                f"CREATE INDEX ix_search_documents_{name} ON search_documents USING gin ({name}) WITH (fastupdate = off)"
            )
        return
    op.execute(
        "CREATE VIRTUAL TABLE search_words USING fts5(head, whole, keys, detail=column, tokenize='unicode61 remove_diacritics 0')"
    )
