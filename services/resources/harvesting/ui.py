"""What needs no sign-in: the page of a public item, its JSON-LD, and the address of harvesters (OAI-PMH 2.0)."""

import json
from urllib.parse import urlsplit
from uuid import UUID

from flask import Blueprint, make_response, render_template, request, url_for
from werkzeug.wrappers import Response

from services.resources.files.queries.attached import files_of
from services.resources.harvesting.policies import (
    AT_ONCE,
    Asked,
    ProtocolError,
    asked_of,
    stamp,
    token_of,
)
from services.resources.harvesting.queries import Told, earliest, one_told, public_item, told_of
from services.resources.harvesting.schemas import dublin_core, json_ld
from services.resources.items.model.words import KINDS, LICENCES, PURPOSES, STAGES
from services.resources.ratings.queries import sums_by_version
from shared.auth import PUBLIC
from shared.web.edge import edge, reading
from shared.web.limits import limited

blueprint = Blueprint("harvesting", __name__, url_prefix="/resources", template_folder="../templates")


@blueprint.get("/public/<uuid:item_id>")
@PUBLIC
def page(item_id: UUID) -> str:
    """What anybody may know of an item that is open to everybody, with its JSON-LD inside."""
    limited("public", times=120, seconds=60)
    told, said = _said(item_id)
    with reading() as db:
        _, version = public_item(db, item_id)
        return render_template(
            "resources/public.html",
            item=told.item,
            version=version,
            makers=told.makers,
            files=files_of(db, version.id),
            said=said,
            KINDS=KINDS,
            STAGES=STAGES,
            LICENCES=LICENCES,
            PURPOSES=PURPOSES,
        )


@blueprint.get("/public/<uuid:item_id>.jsonld")
@PUBLIC
def linked(item_id: UUID) -> Response:
    """The same for machines."""
    limited("public", times=120, seconds=60)
    _, said = _said(item_id)
    answer = make_response(json.dumps(said, ensure_ascii=False))
    answer.headers["Content-Type"] = "application/ld+json"
    return answer


@blueprint.route("/oai", methods=["GET", "POST"])
@PUBLIC
def harvested() -> Response:
    """What harvesters ask and are told."""
    limited("harvesting", times=300, seconds=60)
    said = request.form if request.method == "POST" else request.args
    try:
        asked = asked_of(list(said.items(multi=True)))
        xml = _answered(asked)
    except ProtocolError as error:
        xml = _told("error", error=error)
    answer = make_response(xml)
    answer.headers["Content-Type"] = "text/xml; charset=utf-8"
    return answer


def _answered(asked: Asked) -> str:
    with reading() as db:
        if asked.verb == "Identify":
            return _told(asked.verb, earliest=earliest(db) or edge().runtime.clock())
        if asked.verb == "ListSets":
            return _told(asked.verb, sets=KINDS)
        if asked.identifier:
            found = one_told(db, _item_of(asked.identifier))
            if found is None:
                raise ProtocolError("idDoesNotExist", "No record has this identifier.")
            return _told(asked.verb, records=[found])
        if asked.verb == "ListMetadataFormats":
            return _told(asked.verb)
        kind = asked.set_.removeprefix("kind:")
        if asked.set_ and kind not in KINDS:
            raise ProtocolError("noRecordsMatch", "There is no such set.")
        records = told_of(
            db, kind=kind, since=asked.since, until=asked.until, after=asked.after, limit=AT_ONCE + 1
        )
    if not records:
        raise ProtocolError("noRecordsMatch", "Nothing matches.")
    shown, rest = records[:AT_ONCE], len(records) > AT_ONCE
    token = token_of(asked, (shown[-1].changed_at, shown[-1].item.id)) if rest else ""
    return _told(asked.verb, records=shown, token=token, goes_on=rest or asked.after is not None)


def _told(verb: str, **said: object) -> str:
    base = edge().runtime.settings.base_url
    return render_template(
        "resources/oai.xml",
        verb=verb,
        asked=request.values,
        address=f"{base}{url_for('harvesting.harvested')}",
        now=stamp(edge().runtime.clock()),
        contact=f"noreply@{_host()}",
        KINDS=KINDS,
        stamp=stamp,
        identifier=lambda told: f"oai:{_host()}:{told.item.id}",
        elements=_elements,
        **said,
    )


def _elements(told: Told) -> list[tuple[str, str]]:
    if told.version is None:
        return []
    return dublin_core(told.item, told.version, told.makers, address=_address(told.item.id))


def _said(item_id: UUID) -> tuple[Told, dict[str, object]]:
    with reading() as db:
        told, version = public_item(db, item_id)
        rated = sums_by_version(db, [version.id]).get(version.id)
    said = json_ld(
        told.item,
        version,
        told.makers,
        address=_address(item_id),
        rated=(rated.count, rated.mean) if rated else None,
    )
    return told, said


def _address(item_id: UUID) -> str:
    return f"{edge().runtime.settings.base_url}{url_for('harvesting.page', item_id=item_id)}"


def _host() -> str:
    return urlsplit(edge().runtime.settings.base_url).hostname or "localhost"


def _item_of(identifier: str) -> UUID:
    prefix = f"oai:{_host()}:"
    try:
        return UUID(identifier.removeprefix(prefix)) if identifier.startswith(prefix) else UUID(int=0)
    except ValueError:
        return UUID(int=0)
