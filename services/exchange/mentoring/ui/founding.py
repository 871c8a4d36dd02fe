"""The form of a new community, or of changes to one."""

import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import redirect, render_template, request, url_for
from marshmallow import ValidationError
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from services.exchange.mentoring.commands import begin_community, revise_community
from services.exchange.mentoring.model import KINDS, MOST, Community
from services.exchange.mentoring.policies import MAY
from services.exchange.mentoring.queries import Shown, community_of, people_called, words_for
from services.exchange.mentoring.schemas import PlanSchema
from services.exchange.mentoring.ui.asking import Page, asker, blueprint, today
from shared.errors import Invalid, Refusal, Stale
from shared.ids import uuid7
from shared.text import Sentence
from shared.web.edge import command, reading
from shared.web.rendering import say
from shared.web.spoken import sentences

#: What stands between names.
_APART = re.compile(r"[\s,，、;；:：]+")


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
        who = asker(db)
    try:
        with reading() as db:
            said = _planned(db, kind=request.form.get("kind", ""))
        plan = PlanSchema().load(said)
        command(lambda tx: begin_community(tx, id_=id_, plan=plan, asker=who).id)
    except ValidationError as error:
        return form(errors=sentences(error))
    except Invalid as error:
        return form(errors={error.field or "name": error.sentence})
    return redirect(url_for("communities.page", community_id=id_), 303)


@blueprint.get("/<uuid:community_id>/revision")
@MAY["begin"]
def edit(community_id: UUID) -> Page:
    """The form with what it is now."""
    with reading() as db:
        found = community_of(db, community_id, asker(db))
        typed = _typed(db, found)
    return form(community=found.community, typed=typed)


@blueprint.post("/<uuid:community_id>/revision")
@MAY["begin"]
def revise(community_id: UUID) -> Page | Response:
    """Keep what is changed and show it."""
    with reading() as db:
        who = asker(db)
        community = community_of(db, community_id, who).community
    seen = request.form.get("seen", type=int)
    try:
        with reading() as db:
            said = _planned(db, kind=community.kind)
        plan = PlanSchema().load(said)
        command(
            lambda tx: revise_community(tx, community_id=community_id, plan=plan, asker=who, seen=seen).id
        )
    except ValidationError as error:
        return form(community=community, errors=sentences(error))
    except Invalid as error:
        return form(community=community, errors={error.field or "name": error.sentence})
    except Refusal as error:
        return form(community=community, refused=error)
    return redirect(url_for("communities.page", community_id=community_id), 303)


def form(
    *,
    community: Community | None = None,
    typed: Mapping[str, str] | None = None,
    errors: dict[str, Sentence] | None = None,
    refused: Refusal | None = None,
) -> Page:
    """The form with what was typed, of a new one or of changes to `community`."""
    html = render_template(
        "exchange/community_form.html",
        community=community,
        typed=request.form if typed is None else typed,
        year=today().year,
        errors={field: say(sentence) for field, sentence in (errors or {}).items()},
        refused=refused.sentence if refused else None,
        kind_options=[(code, say(word)) for code, word in KINDS.items()],
    )
    status = 412 if isinstance(refused, Stale) else 409 if refused else 422 if errors else 200
    return html if status == HTTPStatus.OK else (html, status)


def _typed(db: Session, found: Shown) -> dict[str, str]:
    """A community as the form sends it."""
    words = words_for(db, {each.person_id for each in found.members})
    master = next((each.person_id for each in found.members if each.role == "master"), None)
    lines: list[str] = []
    for each in found.members:
        if each.led_by is None or each.led_by != master:
            continue
        led = [words[one.person_id] for one in found.members if one.led_by == each.person_id]
        lines.append(f"{words[each.person_id]}：{'、'.join(led)}" if led else words[each.person_id])
    community = found.community
    return {
        "kind": community.kind,
        "name": community.name,
        "master": words.get(master, "") if master else "",
        "lines": "\n".join(lines),
        "starts_on": str(community.starts_on),
        "ends_on": str(community.ends_on),
    }


def _planned(db: Session, *, kind: str) -> dict[str, Any]:
    """What the form says, as JSON would: a line for each backbone teacher with whom they lead; of a pair the apprentices.

    Raises Invalid.
    """
    said: dict[str, Any] = {name: request.form.get(name, "") for name in ("name", "starts_on", "ends_on")}
    said["kind"] = kind
    lines = [
        [part for part in _APART.split(line) if part]
        for line in request.form.get("lines", "").splitlines()[:MOST]
        if line.strip()
    ]
    master = " ".join(request.form.get("master", "").split())
    ids = people_called(db, {master} - {""}, field="master")
    ids |= people_called(db, {each for line in lines for each in line})
    said["master"] = ids.get(master, "")
    if kind == "pair":
        return {**said, "members": [ids[each] for line in lines for each in line]}
    groups = [{"backbone": ids[line[0]], "members": [ids[each] for each in line[1:]]} for line in lines]
    return {**said, "groups": groups}
