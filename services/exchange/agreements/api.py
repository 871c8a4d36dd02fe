"""Agreements as JSON."""

from typing import Any
from uuid import UUID

from flask import request, url_for
from flask_smorest import Blueprint

from services.exchange.agreements.commands import act, answer_agreement, draft_agreement, revise_agreement
from services.exchange.agreements.policies import MAY, differences
from services.exchange.agreements.queries import (
    AgreementRow,
    agreement_of,
    agreements_of,
    answers_of,
    contents_of,
    rows_of,
    terms_of,
)
from services.exchange.agreements.schemas import (
    AgreementDifferencesSchema,
    AgreementDraftSchema,
    AgreementListSchema,
    AgreementReplySchema,
    AgreementRevisionSchema,
    AgreementSchema,
    AgreementStepSchema,
)
from services.exchange.placements.queries.reaching import Asker, asker_of
from shared.errors import NotFound
from shared.ids import uuid7
from shared.text import Sentence
from shared.web.edge import command, edge, reading, signed_in
from shared.web.rendering import ZONE

blueprint = Blueprint(
    "agreements_api", __name__, url_prefix="/exchange/api/v1/agreements", description="Agreements"
)

Tagged = tuple[dict[str, Any], int, dict[str, str]]


@blueprint.get("")
@MAY["see"]
@blueprint.response(200, AgreementListSchema)
def index() -> dict[str, Any]:
    """Those that concern the reader; what waits for the reader first."""
    with reading() as db:
        rows: list[AgreementRow] = agreements_of(db, asker_of(db, signed_in()))
    return {"agreements": rows}


@blueprint.post("")
@MAY["act"]
@blueprint.arguments(AgreementDraftSchema)
@blueprint.response(201, AgreementSchema)
def draft(said: dict[str, Any]) -> Tagged:
    """Keep a draft; nobody is asked yet."""
    id_, who = uuid7(), _asker()
    command(lambda tx: draft_agreement(tx, id_=id_, asker=who, **said).id)
    found, _, tags = _shown(id_, who)
    return found, 201, {**tags, "Location": url_for("agreements_api.one", agreement_id=id_)}


@blueprint.get("/<uuid:agreement_id>")
@MAY["see"]
@blueprint.response(200, AgreementSchema)
def one(agreement_id: UUID) -> Tagged:
    """One, with all that it ever said and the answers; its ETag is its version."""
    return _shown(agreement_id, _asker())


@blueprint.get("/<uuid:agreement_id>/differences")
@MAY["see"]
@blueprint.response(200, AgreementDifferencesSchema)
def different(agreement_id: UUID) -> dict[str, Any]:
    """What is different between two contents, field by field: `?of=1&to=2`, else between the last two."""
    with reading() as db:
        agreement = agreement_of(db, agreement_id, asker_of(db, signed_in()))
        to = request.args.get("to", default=agreement.content, type=int)
        of = request.args.get("of", default=max(1, to - 1), type=int)
        known = range(1, agreement.content + 1)
        old, new = (terms_of(db, agreement_id, each) if each in known else None for each in (of, to))
    if old is None or new is None:
        raise NotFound(Sentence(zh="没有这一版。", en="There is no such version."))
    return {"of": of, "to": to, "differences": differences(old, new)}


@blueprint.post("/<uuid:agreement_id>/revision")
@MAY["act"]
@blueprint.arguments(AgreementRevisionSchema)
@blueprint.response(200, AgreementSchema)
def revise(said: dict[str, Any], agreement_id: UUID) -> Tagged:
    """Write the next content; every party is asked anew. 412 with both versions where `seen` is older."""
    who = _asker()
    command(lambda tx: revise_agreement(tx, agreement_id=agreement_id, asker=who, **said).id)
    return _shown(agreement_id, who)


@blueprint.post("/<uuid:agreement_id>/answers")
@MAY["act"]
@blueprint.arguments(AgreementReplySchema)
@blueprint.response(200, AgreementSchema)
def answer(said: dict[str, Any], agreement_id: UUID) -> Tagged:
    """Approve or reject exactly the content that was looked at: 409 where there is a newer one."""
    who = _asker()
    command(lambda tx: answer_agreement(tx, agreement_id=agreement_id, asker=who, **said).id)
    return _shown(agreement_id, who)


@blueprint.post("/<uuid:agreement_id>/steps")
@MAY["act"]
@blueprint.arguments(AgreementStepSchema)
@blueprint.response(200, AgreementSchema)
def step(said: dict[str, Any], agreement_id: UUID) -> Tagged:
    """Ask the parties, withdraw, terminate, or renew a line; 409 with what is possible where the state forbids it."""
    who, today = _asker(), edge().runtime.clock().astimezone(ZONE).date()
    verb: str = said.pop("verb")
    command(lambda tx: act(tx, verb=verb, agreement_id=agreement_id, asker=who, today=today, said=said).id)
    return _shown(agreement_id, who)


def _shown(agreement_id: UUID, who: Asker) -> Tagged:
    with reading() as db:
        agreement = agreement_of(db, agreement_id, who)
        [row] = rows_of(db, [agreement], who)
        found = {
            "row": row,
            "contents": contents_of(db, agreement_id),
            "answers": answers_of(db, agreement_id),
        }
    return found, 200, {"ETag": f'"{agreement.version}"'}


def _asker() -> Asker:
    with reading() as db:
        return asker_of(db, signed_in())
