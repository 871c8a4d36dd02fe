"""Pages of communities: the list, the form, and one with its people and meetings."""

import re
from datetime import date
from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from marshmallow import ValidationError
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from services.exchange.mentoring.commands import begin_community, end_community, hold_meeting
from services.exchange.mentoring.model import KINDS, MOST, ROLES
from services.exchange.mentoring.policies import MAY
from services.exchange.mentoring.queries import communities, community_of, people_called
from services.exchange.mentoring.schemas import EndSchema, MeetingInSchema, PlanSchema
from services.exchange.placements.queries.reaching import Asker, asker_of
from shared.errors import Invalid, Refusal
from shared.ids import uuid7
from shared.text import Sentence
from shared.web.edge import command, edge, reading, signed_in
from shared.web.lists import listing
from shared.web.rendering import ZONE, say
from shared.web.scopes import scopes
from shared.web.spoken import sentences

blueprint = Blueprint(
    "communities", __name__, url_prefix="/exchange/communities", template_folder="../templates"
)

Page = str | tuple[str, int]

#: What stands between names.
_APART = re.compile(r"[\s,，、;；:：]+")


@blueprint.get("")
@MAY["see"]
def index() -> str:
    """Those that the reader may know of; a quiet one says so."""
    wanted = listing(sorts=("ends",), default="-ends")
    with reading() as db:
        rows, total = communities(
            db, _asker(db), today=_today(), scopes=scopes(), offset=wanted.offset, limit=wanted.size
        )
    return render_template(
        "exchange/communities.html",
        wanted=wanted,
        rows=rows,
        total=total,
        KINDS=KINDS,
        may_begin=MAY["begin"].allows(signed_in()),
    )


@blueprint.get("/new")
@MAY["begin"]
def new() -> Page:
    """The form."""
    return form()


@blueprint.post("")
@MAY["begin"]
def begin() -> Page | Response:
    """Begin it and show it."""
    id_ = uuid7()
    with reading() as db:
        who = _asker(db)
    try:
        with reading() as db:
            said = _planned(db)
        plan = PlanSchema().load(said)
        command(lambda tx: begin_community(tx, id_=id_, plan=plan, asker=who).id)
    except ValidationError as error:
        return form(errors=sentences(error))
    except Invalid as error:
        return form(errors={error.field or "name": error.sentence})
    return redirect(url_for("communities.page", community_id=id_), 303)


@blueprint.get("/<uuid:community_id>")
@MAY["see"]
def page(community_id: UUID) -> Page:
    """Its people, who leads whom, and its meetings."""
    return shown(community_id)


@blueprint.post("/<uuid:community_id>/meetings")
@MAY["meet"]
def meet(community_id: UUID) -> Page | Response:
    """Write a meeting down."""
    typed = {name: value for name, value in request.form.items() if value and name != "present"}
    with reading() as db:
        who = _asker(db)
    try:
        said: dict[str, Any] = MeetingInSchema().load({**typed, "present": request.form.getlist("present")})
        id_ = uuid7()
        command(lambda tx: hold_meeting(tx, id_=id_, community_id=community_id, asker=who, **said).id)
    except ValidationError as error:
        return shown(community_id, errors=sentences(error))
    except Invalid as error:
        return shown(community_id, errors={error.field or "topic": error.sentence})
    except Refusal as error:
        return shown(community_id, refused=error.sentence)
    return redirect(url_for("communities.page", community_id=community_id), 303)


@blueprint.post("/<uuid:community_id>/ending")
@MAY["begin"]
def end(community_id: UUID) -> Page | Response:
    """End it."""
    with reading() as db:
        who = _asker(db)
    try:
        said: dict[str, Any] = EndSchema().load(request.form.to_dict())
        command(lambda tx: end_community(tx, community_id=community_id, asker=who, **said).id)
    except ValidationError as error:
        return shown(community_id, errors=sentences(error))
    except (Invalid, Refusal) as error:
        return shown(community_id, refused=error.sentence)
    return redirect(url_for("communities.page", community_id=community_id), 303)


def form(*, errors: dict[str, Sentence] | None = None) -> Page:
    """The form with what was typed."""
    html = render_template(
        "exchange/community_form.html",
        typed=request.form,
        year=_today().year,
        errors={field: say(sentence) for field, sentence in (errors or {}).items()},
        kind_options=[(code, say(word)) for code, word in KINDS.items()],
    )
    return (html, 422) if errors else html


def shown(
    community_id: UUID, *, errors: dict[str, Sentence] | None = None, refused: Sentence | None = None
) -> Page:
    """The page; after what was not done with why, and what was typed."""
    with reading() as db:
        found = community_of(db, community_id, _asker(db))
    status = HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.CONFLICT if refused else HTTPStatus.OK
    html = render_template(
        "exchange/community.html",
        found=found,
        community=found.community,
        names={str(each.person_id): each.name for each in found.members},
        typed=request.form,
        present=request.form.getlist("present"),
        today=_today(),
        errors={field: say(sentence) for field, sentence in (errors or {}).items()},
        refused=refused,
        may={door: rule.allows(signed_in()) for door, rule in MAY.items()},
        KINDS=KINDS,
        ROLES=ROLES,
    )
    return html if status == HTTPStatus.OK else (html, status)


def _planned(db: Session) -> dict[str, Any]:
    """What the form says, as JSON would: a line for each backbone teacher with whom they lead; of a pair the apprentices.

    Raises Invalid.
    """
    said: dict[str, Any] = {
        name: request.form.get(name, "") for name in ("kind", "name", "starts_on", "ends_on")
    }
    lines = [
        [part for part in _APART.split(line) if part]
        for line in request.form.get("lines", "").splitlines()[:MOST]
        if line.strip()
    ]
    master = " ".join(request.form.get("master", "").split())
    ids = people_called(db, {master, *(each for line in lines for each in line)} - {""})
    said["master"] = ids.get(master, "")
    if said["kind"] == "pair":
        return {**said, "members": [ids[each] for line in lines for each in line]}
    groups = [{"backbone": ids[line[0]], "members": [ids[each] for each in line[1:]]} for line in lines]
    return {**said, "groups": groups}


def _asker(db: Session) -> Asker:
    return asker_of(db, signed_in())


def _today() -> date:
    return edge().runtime.clock().astimezone(ZONE).date()
