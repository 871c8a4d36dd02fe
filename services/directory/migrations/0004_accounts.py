"""Accounts with logins and passwords, their sessions, what was tried in vain, and keys that were replaced."""

import sqlalchemy as sa
from alembic import op

from shared.db import UtcDateTime

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Create the tables and columns; accounts that are there belong to the school that they answer for."""
    op.add_column("signing_keys", sa.Column("replaced_at", UtcDateTime))
    op.add_column("sign_in_links", sa.Column("purpose", sa.String, nullable=False, server_default="enter"))
    for column in (
        sa.Column("login", sa.String),
        sa.Column("password_hash", sa.String),
        sa.Column("mail", sa.String, nullable=False, server_default=""),
        sa.Column("phone", sa.String, nullable=False, server_default=""),
        sa.Column("person_id", sa.Uuid),
        sa.Column("school_id", sa.Uuid),
        sa.Column("region_code", sa.String, nullable=False, server_default=""),
        sa.Column("disabled_reason", sa.String),
        sa.Column("signed_out_before", UtcDateTime),
        sa.Column("ended_sessions", sa.JSON, nullable=False, server_default="[]"),
        sa.Column("ends", sa.JSON, nullable=False, server_default="{}"),
        sa.Column("ends_at", UtcDateTime),
        sa.Column("last_sign_in_at", UtcDateTime),
    ):
        op.add_column("accounts", column)
    op.create_index("ix_accounts_login", "accounts", ["login"], unique=True)
    op.create_index("ix_accounts_mail", "accounts", ["mail"])
    op.create_index("ix_accounts_school_id", "accounts", ["school_id"])
    op.create_index("ix_accounts_person_id", "accounts", ["person_id"])
    op.create_table(
        "sign_ins",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("account_id", sa.Uuid, sa.ForeignKey("accounts.id"), nullable=False, index=True),
        sa.Column("secret_hash", sa.String, nullable=False, unique=True),
        sa.Column("device", sa.String, nullable=False),
        sa.Column("address", sa.String, nullable=False),
        sa.Column("since", UtcDateTime, nullable=False),
        sa.Column("seen_at", UtcDateTime, nullable=False),
        sa.Column("until", UtcDateTime, nullable=False, index=True),
        sa.Column("ended_at", UtcDateTime),
    )
    op.create_table(
        "sign_in_attempts",
        sa.Column("key", sa.String, primary_key=True),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("last_at", UtcDateTime, nullable=False, index=True),
        sa.Column("blocked_until", UtcDateTime),
    )
    _homes()


def _homes() -> None:
    accounts = sa.table(
        "accounts", sa.column("id", sa.Uuid), sa.column("grants", sa.JSON), sa.column("school_id", sa.Uuid)
    )
    schools = sa.table("schools", sa.column("id", sa.Uuid))
    connection = op.get_bind()
    known = {str(id_): id_ for (id_,) in connection.execute(sa.select(schools.c.id))}
    for id_, grants in connection.execute(sa.select(accounts.c.id, accounts.c.grants)).all():
        for grant in grants:
            school = known.get(str(grant).rpartition("school:")[2])
            if school is not None:
                connection.execute(sa.update(accounts).where(accounts.c.id == id_).values(school_id=school))
