"""A kind of session. Its key is what events say and never changes; what it is called may."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from services.scheduling.base import Base
from shared.errors import Invalid
from shared.text import Sentence

#: How long a name may be.
LONGEST_NAME = 40


class SessionKind(Base):
    """One kind. zh, en: what it is called. ordinal: where it stands among the others.

    retired_at: since when it is chosen no more; sessions that have it keep it. Rows are never deleted.
    """

    __tablename__ = "session_kinds"

    key: Mapped[str] = mapped_column(primary_key=True)
    zh: Mapped[str]
    en: Mapped[str]
    ordinal: Mapped[int]
    retired_at: Mapped[datetime | None]

    @property
    def name(self) -> Sentence:
        """What it is called."""
        return Sentence(zh=self.zh, en=self.en)

    def call(self, *, zh: str, en: str) -> None:
        """Call it so. Raises Invalid for a name that is missing or too long."""
        for field, name in (("zh", zh), ("en", en)):
            if not 0 < len(name) <= LONGEST_NAME:
                raise Invalid(
                    Sentence(
                        zh=f"中英文名称都要填写，各不超过 {LONGEST_NAME} 个字符。",
                        en=f"Name it in Chinese and in English, in at most {LONGEST_NAME} characters each.",
                    ),
                    field=field,
                )
        self.zh, self.en = zh, en
