"""From a session to the board of who has confirmed it; scheduling's pages link here, since they know the session only."""

from uuid import UUID

import sqlalchemy as sa
from flask import redirect, url_for
from werkzeug.wrappers import Response

from services.notifications.announcements.model import Announcement
from services.notifications.announcements.ui.asking import SEE, blueprint
from shared.web.edge import reading


@blueprint.get("/of-session/<uuid:session_id>")
@SEE
def of_session(session_id: UUID) -> Response:
    """On to the session's board or letter, or to the inbox where nobody is asked to confirm it.

    That page says itself who may see it.
    """
    with reading() as db:
        found = db.scalar(sa.select(Announcement.id).where(Announcement.session_id == session_id))
    if found is None:
        return redirect("/notifications/", 303)
    return redirect(url_for("announcements.page", announcement_id=found), 303)
