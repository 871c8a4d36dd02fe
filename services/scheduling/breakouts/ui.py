"""The page of a session's groups: dealt by a rule, put right by hand, printed for the door."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from marshmallow import ValidationError
from werkzeug.wrappers import Response

from services.scheduling.attendance.queries import expected_at
from services.scheduling.breakouts.commands import arrange, deal_out
from services.scheduling.breakouts.model import LONGEST, MOST
from services.scheduling.breakouts.policies import MAY
from services.scheduling.breakouts.queries import division_of
from services.scheduling.breakouts.schemas import ArrangeSchema, DealSchema
from services.scheduling.claims.model import Taken, sentence_of
from services.scheduling.hosting.model import PLANNERS, may_host
from services.scheduling.sessions.model import Session
from services.scheduling.sessions.queries import no_such_session, people_called, session_within
from shared.db import Transaction
from shared.errors import Invalid, Refusal, Stale
from shared.text import Sentence
from shared.web.edge import command, reading, signed_in
from shared.web.spoken import sentences

blueprint = Blueprint(
    "breakouts",
    __name__,
    url_prefix="/scheduling/sessions/<uuid:session_id>/breakouts",
    template_folder="../templates",
)

Page = str | tuple[str, int]


@blueprint.get("")
@MAY["see"]
def index(session_id: UUID) -> Page:
    """Who is in which group."""
    return _shown(session_id)


@blueprint.post("/dealing")
@MAY["divide"]
def dealing(session_id: UUID) -> Page | Response:
    """Deal everybody into so many groups."""
    own = signed_in().scopes(*PLANNERS)

    def work(tx: Transaction) -> None:
        deal_out(tx, session_id=session_id, scopes=own, **DealSchema().load(request.form.to_dict()))

    return _do(session_id, work)


@blueprint.post("")
@MAY["divide"]
def save(session_id: UUID) -> Page | Response:
    """Keep names, places, leaders and who is where, as they are in the form."""
    own = signed_in().scopes(*PLANNERS)

    def work(tx: Transaction) -> None:
        arrange(tx, session_id=session_id, scopes=own, **ArrangeSchema().load(_typed()))

    return _do(session_id, work)


def _typed() -> dict[str, Any]:
    """The form: `name-0`, `place-0` … of each group, and `member-ID` with the number of the group that somebody is in."""
    form = request.form
    count = min(sum(field.startswith("name-") for field in form), MOST + 1)
    members: list[list[str]] = [[] for _ in range(count)]
    for field, where in form.items():
        if field.startswith("member-") and where.isdecimal() and int(where) < count:
            members[int(where)].append(field.removeprefix("member-"))
    groups = [
        {
            **{field: form.get(f"{field}-{number}", "") for field in ("name", "place", "led_by")},
            "person_id": form.get(f"person_id-{number}") or None,
            "members": members[number],
        }
        for number in range(count)
    ]
    return {"groups": groups, "seen": form.get("seen") or None}


def _do(session_id: UUID, work: Callable[[Transaction], object]) -> Page | Response:
    try:
        command(work)
    except ValidationError as error:
        return _shown(session_id, refused=next(iter(sentences(error).values())), status=422)
    except Taken as error:
        return _shown(session_id, refused=sentence_of(error.conflicts[0]), status=409)
    except (Invalid, Stale, Refusal) as error:
        return _shown(session_id, refused=error.sentence, status=int(error.status))
    return redirect(url_for("breakouts.index", session_id=session_id), 303)


def _shown(session_id: UUID, *, refused: Sentence | None = None, status: int = 200) -> Page:
    asks = signed_in()
    with reading() as db:
        row = session_within(db, session_id, asks.reads(*PLANNERS))
        session = db.get(Session, session_id)
        if session is None:
            raise no_such_session()
        people = expected_at(db, session)
        division = division_of(db, session_id)
        groups = division.groups if division else ()
        unnamed = {group.led_by for group in groups if group.led_by}
        namesakes = people_called(db, unnamed, asks.scopes(*PLANNERS)) if unnamed else {}
    where = {member: number for number, group in enumerate(groups) for member in group.members}
    typed = request.form if refused and "name-0" in request.form else {}
    html = render_template(
        "scheduling/breakouts.html",
        session=row,
        people=people,
        groups=groups,
        version=division.version if division else 0,
        where=where,
        left=[each for each in people if each.id not in where],
        namesakes=namesakes,
        typed=typed,
        refused=refused,
        may=MAY["divide"].allows(asks)
        and may_host(asks.scopes(*PLANNERS), row.host_region)
        and row.state in {"draft", "released", "held"},
        LONGEST=LONGEST,
        MOST=MOST,
    )
    return (html, status) if refused else html
