"""Where this service's own tables begin; those of the spine are there before."""

revision = "0001"
down_revision = None


def upgrade() -> None:
    """No table yet."""
