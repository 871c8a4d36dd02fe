"""The list, and one community with its people and meetings."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import redirect, render_template, request, url_for
from marshmallow import ValidationError
from werkzeug.wrappers import Response

from services.exchange.mentoring.commands import end_community, hold_meeting
from services.exchange.mentoring.model import KINDS, ROLES
from services.exchange.mentoring.policies import MAY
from services.exchange.mentoring.queries import communities, community_of
from services.exchange.mentoring.schemas import EndSchema, MeetingInSchema
from services.exchange.mentoring.ui.asking import Page, asker, blueprint, today
from shared.errors import Invalid, Refusal
from shared.ids import uuid7
from shared.text import Sentence
from shared.web.edge import command, reading, signed_in
from shared.web.lists import listing
from shared.web.rendering import say
from shared.web.scopes import scopes
from shared.web.spoken import sentences


@blueprint.get("")
@MAY["see"]
def index() -> str:
    """Those that the reader may know of; a quiet one says so."""
    wanted = listing(sorts=("ends",), default="-ends")
    with reading() as db:
        rows, total = communities(
            db, asker(db), today=today(), scopes=scopes(), offset=wanted.offset, limit=wanted.size
        )
    return render_template(
        "exchange/communities.html",
        wanted=wanted,
        rows=rows,
        total=total,
        KINDS=KINDS,
        may_begin=MAY["begin"].allows(signed_in()),
    )


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
        who = asker(db)
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
        who = asker(db)
    try:
        said: dict[str, Any] = EndSchema().load(request.form.to_dict())
        command(lambda tx: end_community(tx, community_id=community_id, asker=who, **said).id)
    except ValidationError as error:
        return shown(community_id, errors=sentences(error))
    except (Invalid, Refusal) as error:
        return shown(community_id, refused=error.sentence)
    return redirect(url_for("communities.page", community_id=community_id), 303)


def shown(
    community_id: UUID, *, errors: dict[str, Sentence] | None = None, refused: Sentence | None = None
) -> Page:
    """The page; after what was not done with why, and what was typed."""
    with reading() as db:
        found = community_of(db, community_id, asker(db))
    status = HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.CONFLICT if refused else HTTPStatus.OK
    html = render_template(
        "exchange/community.html",
        found=found,
        community=found.community,
        names={str(each.person_id): each.name for each in found.members},
        typed=request.form,
        present=request.form.getlist("present"),
        today=today(),
        errors={field: say(sentence) for field, sentence in (errors or {}).items()},
        refused=refused,
        may={door: rule.allows(signed_in()) for door, rule in MAY.items()},
        KINDS=KINDS,
        ROLES=ROLES,
    )
    return html if status == HTTPStatus.OK else (html, status)
