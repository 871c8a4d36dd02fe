"""The audit trail: rows are added, and nobody, the service itself neither, changes or removes one."""

import sqlalchemy as sa
from alembic import op

from shared.db.base import UtcDateTime

revision = "0008"
down_revision = "0007"

_BIGINT = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_REFUSED = "audit_entries can only be appended to"


def upgrade() -> None:
    """Create it, and what refuses to change it."""
    op.create_table(
        "audit_entries",
        sa.Column("id", _BIGINT, primary_key=True, autoincrement=True),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("origin", sa.Text),
        sa.Column("what", sa.Text, nullable=False),
        sa.Column("subject_kind", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("school_id", sa.Uuid),
        sa.Column("person_id", sa.Uuid),
        sa.Column("changes", sa.JSON, nullable=False),
        sa.Column("trace", sa.Text),
        sa.Column("cause", sa.Text),
        sqlite_autoincrement=True,
    )
    for column in ("at", "actor", "subject", "school_id", "person_id"):
        op.create_index(f"ix_audit_entries_{column}", "audit_entries", [column, "id"])
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER audit_entries_no_{verb.lower()} BEFORE {verb} ON audit_entries "
                f"BEGIN SELECT RAISE(ABORT, '{_REFUSED}'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION audit_entries_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{_REFUSED}'; END $$"
    )
    op.execute(
        "CREATE TRIGGER audit_entries_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entries "
        "FOR EACH STATEMENT EXECUTE FUNCTION audit_entries_refuse()"
    )
