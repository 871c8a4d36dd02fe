"""Which sessions ask to be confirmed."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from services.notifications.base import Base

#: Days before a session until which a region may ask for an answer.
MOST_DAYS = 30


class AskingRule(Base):
    """That the sessions of a region ask every invited school to confirm, `days` before they begin; 0: they do not."""

    __tablename__ = "asking_rules"

    host_region: Mapped[str] = mapped_column(primary_key=True)
    days: Mapped[int]
    set_by: Mapped[str]
    set_at: Mapped[datetime]
