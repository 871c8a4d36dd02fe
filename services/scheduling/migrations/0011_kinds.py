"""Kinds of session as data, beginning with those of the field."""

import sqlalchemy as sa
from alembic import op

from shared.db import UtcDateTime

revision = "0011"
down_revision = "0010"

#: As the release before had them in its code. They lie here once more: a migration stays what it was.
_KINDS = (
    ("joint_research", "联合教研", "Joint teaching research"),
    ("collective_preparation", "集体备课", "Collective lesson preparation"),
    ("same_lesson", "同课异构", "One lesson, several ways"),
    ("demonstration_lesson", "示范课", "Demonstration lesson"),
    ("lecture", "专题讲座", "Lecture"),
    ("live_class", "直播课堂", "Live class"),
    ("training", "培训", "Training"),
    ("ceremony", "开班与结业", "Opening and closing"),
    ("case_sharing", "案例分享", "Cases shared"),
    ("site_visit", "实地观摩", "Visit to a school"),
    ("job_shadowing", "跟岗学习", "Job shadowing"),
    ("group_discussion", "分组研讨", "Discussion in groups"),
    ("mentoring", "导师指导", "Guidance by a mentor"),
    ("self_study", "自主研修", "Own study"),
    ("outcome_acceptance", "成果验收", "Outcome acceptance"),
)


def upgrade() -> None:
    """Create the table and fill it."""
    table = op.create_table(
        "session_kinds",
        sa.Column("key", sa.String, primary_key=True),
        sa.Column("zh", sa.String, nullable=False),
        sa.Column("en", sa.String, nullable=False),
        sa.Column("ordinal", sa.Integer, nullable=False),
        sa.Column("retired_at", UtcDateTime),
    )
    op.bulk_insert(
        table,
        [
            {"key": key, "zh": zh, "en": en, "ordinal": number, "retired_at": None}
            for number, (key, zh, en) in enumerate(_KINDS, start=1)
        ],
    )
