"""The inbox: a page that looks for news by itself."""

from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, Response, render_template, request

from services.notifications.inbox.policies import MAY, READERS
from services.notifications.inbox.queries import inbox_within, mark_within
from shared.text import Sentence
from shared.web.edge import edge, reading, signed_in

blueprint = Blueprint("inbox", __name__, url_prefix="/notifications", template_folder="../templates")

#: The kinds of session, as the contract names them; one that is newer than this page is called a session.
KINDS = {
    "joint_research": Sentence(zh="联合教研", en="Joint teaching research"),
    "collective_preparation": Sentence(zh="集体备课", en="Collective lesson preparation"),
    "same_lesson": Sentence(zh="同课异构", en="One lesson, several ways"),
    "demonstration_lesson": Sentence(zh="示范课", en="Demonstration lesson"),
    "lecture": Sentence(zh="专题讲座", en="Lecture"),
    "live_class": Sentence(zh="直播课堂", en="Live class"),
    "training": Sentence(zh="培训", en="Training"),
}
SESSION = Sentence(zh="活动", en="Session")


@blueprint.get("/")
@MAY["see"]
def index() -> str:
    """What the reader's schools were told, newest first; `?before=` goes on where a page ended."""
    return _shown("notifications/inbox.html", before=request.args.get("before", type=UUID))


@blueprint.get("/news")
@MAY["see"]
def news() -> str | Response:
    """The list again if it is no longer the one that the page has, of `?mark=`; otherwise 204."""
    with reading() as db:
        mark = mark_within(db, _scopes())
    if mark == request.args.get("mark"):
        return Response(status=HTTPStatus.NO_CONTENT)
    return _shown("notifications/notices.html", news=True)


def _shown(template: str, *, before: UUID | None = None, news: bool = False) -> str:
    scopes = _scopes()
    with reading() as db:
        inbox = inbox_within(db, scopes, before=before)
    return render_template(
        template,
        inbox=inbox,
        before=before,
        news=news,
        now=edge().runtime.clock(),
        one_school=len(scopes) == 1 and all(scope.startswith("school:") for scope in scopes),
        KINDS=KINDS,
        SESSION=SESSION,
    )


def _scopes() -> frozenset[str]:
    return signed_in().scopes(*READERS)
