"""A PostgreSQL that answers and turns us away, told from one that does not answer: only an operator's hand helps."""

from sqlalchemy.exc import SQLAlchemyError

from shared.errors import Refusal
from shared.text import Sentence

#: What PostgreSQL says then, in any of its languages that an installation of ours has: it logs in English.
_WORDS = (
    "password authentication failed",
    "no password supplied",
    "no pg_hba.conf entry",
    "permission denied for database",
    "does not exist",
)


def turned_away(error: BaseException | None) -> Refusal | None:
    """What to say of an error at the first connection, or of the sentence that was made of it; None for any other."""
    while error is not None and not isinstance(error, SQLAlchemyError):
        error = error.__cause__
    reason = " ".join(str(getattr(error, "orig", "")).split())
    if "FATAL" not in reason or not any(words in reason for words in _WORDS):
        return None
    said = reason[reason.index("FATAL") :].removeprefix("FATAL:").strip().rstrip(".")
    return Refusal(
        Sentence(
            zh=f"PostgreSQL 拒绝连接：{said}。请改正 TONGXING_DATABASE 中的用户名、密码和数据库名；数据未作改动。",
            en=f"PostgreSQL turns us away: {said}. Put name, password and database in TONGXING_DATABASE right, or let its"
            " administrator set them. Nothing was changed.",
        )
    )
