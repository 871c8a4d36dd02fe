"""What all pages of items share: their blueprint, who asks, and who may make."""

from flask import Blueprint, request
from sqlalchemy.orm import Session

from services.resources.items.queries.seeing import Reader, reader_of
from shared.auth import holders
from shared.web.edge import reading, signed_in

blueprint = Blueprint("items", __name__, url_prefix="/resources/items", template_folder="../../templates")

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
