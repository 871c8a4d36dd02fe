"""The page where one makes an address of a calendar, and the address itself."""

from collections.abc import Mapping
from typing import cast
from uuid import UUID

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from services.scheduling.feeds.commands import make_feed, revoke_feed
from services.scheduling.feeds.model import Feed, FeedKind
from services.scheduling.feeds.policies import Told, calendar
from services.scheduling.feeds.queries import feed_of, feeds_of, recalled_for, sessions_for, still_may
from services.scheduling.hosting.model import PLANNERS, own_regions
from services.scheduling.kinds.queries import kinds
from services.scheduling.plans.model import ROLES, Occurrence
from services.scheduling.recalls.model import Retraction
from services.scheduling.sessions.model import Session
from shared.auth import PUBLIC, SIGNED_IN
from shared.auth.states import person_of
from shared.errors import Forbidden, Invalid, NotFound, Refusal, TongxingError
from shared.roster import schools_in
from shared.text import Sentence
from shared.web.edge import command, edge, language, reading, signed_in
from shared.web.qr import drawn

blueprint = Blueprint("feeds", __name__, url_prefix="/scheduling/feeds", template_folder="../templates")

Page = str | tuple[str, int]

#: Schools that are offered to choose from.
_OFFERED = 400


@blueprint.get("")
@SIGNED_IN
def index() -> Page:
    """The own addresses, and the form for another."""
    return _index()


@blueprint.post("")
@SIGNED_IN
def made() -> Page:
    """Make an address; it is shown now and never again."""
    asks, typed = signed_in(), request.form
    kind = typed.get("kind", "")
    subject = typed.get("school", "")
    if kind == "person":
        with reading() as db:
            subject = str(person_of(db, asks.account) or "")
    elif kind == "place":
        subject = f"{typed.get('region', '')}/{' '.join(typed.get('place', '').split())[:200]}"
    elif kind != "school":
        return _index(error=Invalid(Sentence(zh="请选择要订阅的日历。", en="Choose a calendar.")))
    try:
        secret = command(lambda tx: make_feed(tx, kind=cast("FeedKind", kind), subject=subject, asks=asks)[1])
    except (Forbidden, Refusal) as error:
        return _index(error=error)
    address = f"{edge().runtime.settings.base_url}{url_for('feeds.told', secret=secret)}"
    return _index(address=address)


@blueprint.post("/<uuid:feed_id>/revocation")
@SIGNED_IN
def revoked(feed_id: UUID) -> Response:
    """Let an address answer no more."""
    asks = signed_in()
    command(lambda tx: revoke_feed(tx, feed_id=feed_id, asks=asks).id)
    return redirect(url_for("feeds.index"), 303)


@blueprint.get("/<secret>.ics")
@PUBLIC
def told(secret: str) -> Response:
    """The calendar; whoever has the address reads it, and an unchanged one is answered with 304."""
    with reading() as db:
        feed = feed_of(db, secret)
        if feed is None or not still_may(db, feed):
            raise NotFound(
                Sentence(
                    zh="这个订阅地址不存在或已停用。请在同行里重新生成。",
                    en="There is no such address, or it was revoked. Make another in Tongxing.",
                )
            )
        now, called = edge().runtime.clock(), kinds(db)
        rows = [_told(session, feed, called) for session in sessions_for(db, feed, now=now)]
        rows += [_recalled(told, feed) for told in recalled_for(db, feed, now=now)]
    answer = make_response(calendar(rows, title=feed.title, speaks=language()))
    answer.headers["Content-Type"] = "text/calendar; charset=utf-8"
    answer.headers["Cache-Control"] = "private, max-age=300"
    answer.add_etag()
    return answer.make_conditional(request)


def _told(session: Session, feed: Feed, called: Mapping[str, Sentence]) -> Told:
    led = [f"{ROLES[leader.role].in_language(language())} {leader.name}" for leader in session.led_by or ()]
    kind = [called[session.kind].in_language(language())] if session.kind in called else []
    return Told(
        id=str(session.id),
        version=session.version,
        title=session.title,
        state=session.state,
        reason=session.reason,
        occurrences=_there(session.occurrences, feed),
        changed_at=session.cancelled_at
        or session.postponed_at
        or session.held_at
        or session.released_at
        or session.starts_at,
        about=" · ".join([*kind, *led]),
        address=f"{edge().runtime.settings.base_url}/scheduling/sessions/{session.id}",
    )


def _recalled(told: Retraction, feed: Feed) -> Told:
    return Told(
        id=str(told.session_id),
        version=told.session_version,
        title=told.title,
        state="recalled",
        reason=told.reason,
        occurrences=_there(told.times or (), feed),
        changed_at=told.recalled_at,
        about="",
        address=f"{edge().runtime.settings.base_url}/scheduling/sessions/{told.session_id}",
    )


def _there(occurrences: tuple[Occurrence, ...], feed: Feed) -> tuple[Occurrence, ...]:
    """Of a place's calendar only what takes place there."""
    if feed.kind != "place":
        return occurrences
    place = feed.subject.partition("/")[2]
    return tuple(each for each in occurrences if each.place == place)


def _index(*, address: str = "", error: TongxingError | None = None) -> Page:
    asks = signed_in()
    schools_of = asks.scopes(*PLANNERS, "liaison", "teacher")
    with reading() as db:
        feeds = feeds_of(db, asks.account)
        person = person_of(db, asks.account)
        schools = schools_in(db, schools_of)[:_OFFERED]
    html = render_template(
        "scheduling/feeds.html",
        feeds=feeds,
        person=person,
        schools=[(str(school.id), school.name) for school in schools],
        regions=own_regions(asks.scopes(*PLANNERS)),
        address=address,
        qr=drawn(address, scale=4) if address else "",
        typed=request.form,
        error=error,
    )
    return (html, error.status) if error else html
