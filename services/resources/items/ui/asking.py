"""What all pages of items share: their blueprint, who asks, and who may make."""

from flask import Blueprint, request
from marshmallow import ValidationError
from sqlalchemy.orm import Session

from services.resources.items.queries.seeing import Reader, reader_of
from shared.auth import holders
from shared.errors import TongxingError
from shared.text import Sentence
from shared.web.edge import reading, signed_in
from shared.web.spoken import sentences

blueprint = Blueprint("items", __name__, url_prefix="/resources/items", template_folder="../../templates")

Page = str | tuple[str, int]

#: Whoever may make items. Auditors read.
MAKERS = holders("administrator", "coordinator", "liaison", "teacher")


def asker(db: Session | None = None) -> Reader:
    """Who asks."""
    if db is not None:
        return reader_of(db, signed_in())
    with reading() as own:
        return reader_of(own, signed_in())


def agent() -> str:
    """What the browser calls itself; nothing where it fetches a page that nobody may look at."""
    ahead = request.headers.get("Sec-Purpose", "") or request.headers.get("Purpose", "")
    return "" if "prefetch" in ahead else request.user_agent.string


def said_of(error: Exception | None, default: str) -> dict[str, Sentence]:
    """What is wrong, by field; `default` where no field is named."""
    if isinstance(error, ValidationError):
        return sentences(error)
    return {error.field or default: error.sentence} if isinstance(error, TongxingError) else {}


def answered(html: str, error: Exception | None) -> Page:
    """A form, or a form that came back with what is wrong."""
    return html if error is None else (html, int(getattr(error, "status", 422)))
