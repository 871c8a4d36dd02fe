"""The tables of both toys: each service has its own database and uses its own half."""

from alembic import op

from tests.proof.toys.model import Base

revision = "0001"
down_revision = None


def upgrade() -> None:
    Base.metadata.create_all(op.get_bind())
