"""One thing that a session gives out: what it is called, and where it lies.

Files lie in the resource library, which checks them, keeps their versions and counts their use; a session points to them.
"""

from datetime import datetime
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from services.scheduling.base import Base
from services.scheduling.plans.model import LONGEST, too_long
from shared.errors import Invalid
from shared.text import Sentence

#: Materials of one session, and characters of an address.
MOST, LONGEST_LINK = 50, 500


class Material(Base):
    """link: an address (http, https), or a path of our own pages such as `/resources/items/…`."""

    __tablename__ = "materials"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    session_id: Mapped[UUID] = mapped_column(ForeignKey("sessions.id"), index=True)
    title: Mapped[str]
    link: Mapped[str]
    added_by: Mapped[str]
    added_at: Mapped[datetime]


def faultless(*, title: str, link: str) -> None:
    """Raise Invalid where this is nothing that can be given out."""
    if not title:
        raise Invalid(Sentence(zh="请写明这是什么材料。", en="Say what it is."), field="title")
    if len(title) > LONGEST:
        raise Invalid(too_long(LONGEST), field="title")
    if len(link) > LONGEST_LINK:
        raise Invalid(too_long(LONGEST_LINK), field="link")
    if not _leads_somewhere(link):
        raise Invalid(
            Sentence(
                zh="网址要以 http:// 或 https:// 开头，或者是本平台资源页的地址（/resources/…）。",
                en="An address begins with http:// or https://, or is that of a page of the library here (/resources/…).",
            ),
            field="link",
        )


def _leads_somewhere(link: str) -> bool:
    if link.startswith("/resources/"):
        return True
    try:
        parts = urlsplit(link)
    except ValueError:  # such as a bracket that is never closed
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname)
