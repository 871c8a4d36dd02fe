"""The home page: what waits for the reader, then a card of each service."""

from collections.abc import Iterable
from functools import partial

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from services.directory.accounts.queries import scope_names
from services.directory.home.policies import beginning_heading, greeting, heading, urgency
from services.directory.home.queries import beginning, name_of, register_within
from services.directory.tasks.queries import waiting_by_service, waiting_for
from shared.auth import SIGNED_IN, Grant, Role
from shared.errors import Forbidden
from shared.text import Sentence
from shared.web.edge import edge, reading, signed_in
from shared.web.rendering import ZONE
from shared.web.scopes import choices, scopes
from shared.web.signing_in import local_path

blueprint = Blueprint("home", __name__, template_folder="../templates")

#: Who plans or takes part, and so finds something on each of the cards below.
_AT_WORK: tuple[Role, ...] = ("administrator", "coordinator", "liaison", "teacher")
_READERS: tuple[Role, ...] = ("administrator", "coordinator", "liaison")

#: The cards of other services: where each is served, what it is called, what happens while nobody serves it, for whom.
CARDS = (
    (
        "/scheduling/card",
        Sentence(zh="近七天", en="The next seven days"),
        Sentence(
            zh="研训服务没有回应。已发布的活动不受影响，恢复后照常显示。",
            en="Scheduling does not answer. Released sessions stand; they are shown again as soon as it is back.",
        ),
        _AT_WORK,
    ),
    (
        "/exchange/card",
        Sentence(zh="教师交流", en="Exchange"),
        Sentence(
            zh="交流服务没有回应。已登记的交流不受影响，恢复后照常显示。",
            en="Exchange does not answer. Placements stand; they are shown again as soon as it is back.",
        ),
        _AT_WORK,
    ),
    (
        "/notifications/card",
        Sentence(zh="通知", en="Notices"),
        Sentence(
            zh="通知服务没有回应。要送达的通知在排队，恢复后照常送达；其他功能不受影响。",
            en="Notifications does not answer. What is to be delivered waits in a queue; nothing else is affected.",
        ),
        _READERS,
    ),
)

#: What the rail counts, whether anything waits there or not.
_COUNTED = ("scheduling", "exchange", "resources", "notifications", "directory")


def in_force(grants: Iterable[Grant]) -> list[Grant]:
    """The grants in the scope that the reader has chosen to look at; all of them where none is chosen."""
    chosen = scopes()
    return [grant for grant in grants if grant.scope in chosen]


@blueprint.app_context_processor
def _choices() -> dict[str, object]:
    """The scope switch names places as the register does."""
    return {"choices": partial(choices, scope_names)}


@blueprint.get("/")
@SIGNED_IN
def index() -> str:
    """What waits for the reader, due first, from directory's own copy; then the cards."""
    asks, now = signed_in(), edge().runtime.clock()
    with reading() as db:
        waits = waiting_for(db, in_force(asks.grants), account=asks.account, now=now)
        register = register_within(db, scopes())
        name = name_of(db, asks.account)
        begins = beginning(db, asks.account) if "all" in asks.scopes("administrator") else None
    return render_template(
        "directory/home.html",
        greeting=greeting(name, now.astimezone(ZONE)),
        begins=begins if begins and begins.left else None,
        heading=beginning_heading(begins.left)
        if begins and begins.left and not waits.total
        else heading(name, waits.total),
        waits=waits,
        chips={task.id: urgency(task.due, now=now, zone=ZONE) for task in waits.rows},
        register=register,
        cards=[card[:3] for card in CARDS if asks.holds(card[3])],
    )


@blueprint.get("/directory/card")
@SIGNED_IN
def card() -> str:
    """The register at a glance."""
    with reading() as db:
        register = register_within(db, scopes())
    return render_template("directory/card.html", register=register)


@blueprint.get("/waiting")
@SIGNED_IN
def waiting() -> str:
    """How much waits where, for the rail of every page."""
    asks = signed_in()
    with reading() as db:
        counts = waiting_by_service(db, in_force(asks.grants), account=asks.account)
    every = {service: counts.get(service, 0) for service in _COUNTED}
    return render_template("directory/waiting.html", counts=every | {"all": sum(counts.values())})


@blueprint.post("/scope")
@SIGNED_IN
def scope() -> Response:
    """Look at one of one's own scopes, or with an empty choice at all of them."""
    chosen = request.form.get("scope", "")
    response = redirect(local_path(request.form.get("next")), 303)
    if not chosen:
        response.delete_cookie("scope", httponly=True, samesite="Lax")
        return response
    if chosen not in {grant.scope for grant in signed_in().grants}:
        raise Forbidden(
            Sentence(zh="这个范围不属于你。", en="This scope is not one of yours."),
            field="scope",
        )
    secure = edge().runtime.settings.secure_cookies
    response.set_cookie("scope", chosen, httponly=True, samesite="Lax", secure=secure, max_age=365 * 86_400)
    return response
