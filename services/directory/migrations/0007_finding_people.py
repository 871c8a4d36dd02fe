"""People are found in an index that holds all that finding asks: the table itself is read for the page that is shown."""

from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Replace the index of the list by a wider one."""
    op.create_index(
        "ix_people_finding",
        "people",
        [
            "pinyin",
            "id",
            "name",
            "school_id",
            "organisation_id",
            "left_at",
            "merged_into",
            "since",
            "birth",
            "subject",
            "backbone",
        ],
    )
    op.drop_index("ix_people_pinyin", "people")
