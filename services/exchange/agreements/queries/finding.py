"""What an agreement ever said, and the answers to it."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.exchange.agreements.model import Answer, Content, Terms
from shared.errors import NotFound
from shared.text import Sentence


def contents_of(db: Session, agreement_id: UUID) -> list[Content]:
    """All that it ever said, the newest first."""
    return list(
        db.scalars(
            sa.select(Content).where(Content.agreement_id == agreement_id).order_by(Content.number.desc())
        )
    )


def answers_of(db: Session, agreement_id: UUID) -> list[Answer]:
    """All answers to it, by content and time."""
    return list(
        db.scalars(
            sa.select(Answer)
            .where(Answer.agreement_id == agreement_id)
            .order_by(Answer.number, Answer.at, Answer.party)
        )
    )


def terms_of(db: Session, agreement_id: UUID, number: int) -> Terms | None:
    """What one content of it says."""
    content = db.get(Content, (agreement_id, number))
    return Terms.of(content.terms) if content else None


def no_such_agreement() -> NotFound:
    """What is said of an agreement that is not there, or not the reader's."""
    return NotFound(
        Sentence(
            zh="没有找到这份协议，可能不涉及你的区域或学校。",
            en="There is no such agreement, or you are no party to it.",
        )
    )
