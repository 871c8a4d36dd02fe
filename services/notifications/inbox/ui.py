"""The inbox: a page that looks for news by itself."""

from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from services.notifications.announcements.queries import received
from services.notifications.inbox.commands import archive_notice, read_notice
from services.notifications.inbox.policies import CLASS_OF, MAY, READERS
from services.notifications.inbox.queries import Wanted, inbox_within, mark_within
from services.notifications.preferences.model import class_of
from shared.text import Sentence
from shared.web.edge import command, edge, reading, signed_in
from shared.web.lists import Listing
from shared.web.scopes import narrowed

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
    "ceremony": Sentence(zh="开班与结业", en="Opening and closing"),
    "case_sharing": Sentence(zh="案例分享", en="Cases shared"),
    "site_visit": Sentence(zh="实地观摩", en="Visit to a school"),
    "job_shadowing": Sentence(zh="跟岗学习", en="Job shadowing"),
    "group_discussion": Sentence(zh="分组研讨", en="Discussion in groups"),
    "mentoring": Sentence(zh="导师指导", en="Guidance by a mentor"),
    "self_study": Sentence(zh="自主研修", en="Own study"),
    "outcome_acceptance": Sentence(zh="成果验收", en="Outcome acceptance"),
}
SESSION = Sentence(zh="活动", en="Session")

#: What notices that say themselves what happened are about: the word of their class.
ABOUT = {kind: class_of(name).word for kind, name in CLASS_OF.items()}

#: What may be different of a revised session, as the contract names it; what is newer than this page is left unsaid.
CHANGES = {
    "title": Sentence(zh="名称", en="title"),
    "kind": Sentence(zh="类型", en="kind"),
    "times": Sentence(zh="时间", en="time"),
    "places": Sentence(zh="地点", en="place"),
    "links": Sentence(zh="线上链接", en="online link"),
    "leaders": Sentence(zh="主讲或主持", en="who leads it"),
    "schools": Sentence(zh="参加学校", en="schools"),
    "note": Sentence(zh="备注", en="note"),
    "state": Sentence(zh="恢复举行", en="takes place again"),
}

#: What those hear who listen to the page instead of looking at it.
NEWS, READ = (
    Sentence(zh="通知有更新。", en="The notices have changed."),
    Sentence(zh="已标为已读。", en="Marked as read."),
)


@blueprint.get("/")
@MAY["see"]
def index() -> str:
    """What the reader's schools were told, newest first; `?before=` goes on where a page ended."""
    return _shown("notifications/inbox.html", before=request.args.get("before", type=UUID))


@blueprint.get("/news")
@MAY["see"]
def news() -> str | Response:
    """The list again if it is no longer the one that the page has, of `?mark=`; otherwise 204."""
    asks = signed_in()
    with reading() as db:
        mark = mark_within(db, _scopes(), own=asks.schools, account=asks.account)
    if mark == request.args.get("mark"):
        return Response(status=HTTPStatus.NO_CONTENT)
    return _shown("notifications/notices.html", said=NEWS)


@blueprint.post("/notices/<uuid:notice_id>/reading")
@MAY["read"]
def read(notice_id: UUID) -> str | BaseResponse:
    """Note that the reader's school has read it, and show the list where the reader was in it."""
    asks, before = signed_in(), request.form.get("before", type=UUID)
    command(lambda tx: read_notice(tx, notice_id=notice_id, schools=asks.schools, account=asks.account))
    if request.headers.get("HX-Request"):
        return _shown("notifications/notices.html", before=before, said=READ)
    return redirect(url_for("inbox.index", before=before), 303)


@blueprint.post("/notices/<uuid:notice_id>/archiving")
@MAY["read"]
def archive(notice_id: UUID) -> BaseResponse:
    """Put it away, or take it out again with `back`, and show the list that the reader was in."""
    asks, back = signed_in(), "back" in request.form
    command(
        lambda tx: archive_notice(
            tx, notice_id=notice_id, schools=asks.schools, account=asks.account, back=back
        )
    )
    return redirect(url_for("inbox.index", show="archived" if back else None), 303)


def _shown(template: str, *, before: UUID | None = None, said: Sentence | None = None) -> str:
    asks, scopes = signed_in(), _scopes()
    wanted = _wanted()
    only = Wanted(show=wanted.get("show"), words=wanted.get("q"))
    with reading() as db:
        inbox = inbox_within(db, scopes, own=asks.schools, account=asks.account, wanted=only, before=before)
        plain = not wanted.filters and before is None
        announced = received(db, asks.schools) if asks.schools and plain else []
    return render_template(
        template,
        inbox=inbox,
        announced=announced,
        before=before,
        wanted=wanted,
        said=said,
        now=edge().runtime.clock(),
        one_school=len(scopes) == 1 and all(scope.startswith("school:") for scope in scopes),
        KINDS=KINDS,
        ABOUT=ABOUT,
        SESSION=SESSION,
        CHANGES=CHANGES,
    )


def _wanted() -> Listing:
    """What the address asks for; the list has one order, and goes on by `before` instead of by pages."""
    said = ((name, request.args.get(name, "").strip()[:64]) for name in ("q", "show"))
    filters = tuple((name, value.replace("\x00", "")) for name, value in said if value)
    return Listing(
        path="/notifications/", sort="told_at", descending=True, filters=filters, default="-told_at"
    )


def _scopes() -> frozenset[str]:
    return narrowed(signed_in().reads(*READERS))
