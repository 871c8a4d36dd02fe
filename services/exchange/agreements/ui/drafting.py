"""The form of an agreement, new or the next version of one."""

from http import HTTPStatus
from uuid import UUID

from flask import redirect, render_template, request, url_for
from marshmallow import ValidationError
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from services.exchange.agreements.commands import (
    draft_agreement,
    revise_agreement,
)
from services.exchange.agreements.model import Terms
from services.exchange.agreements.policies import MAY
from services.exchange.agreements.queries import (
    agreement_of,
    choices,
    schools_called,
    terms_of,
)
from services.exchange.agreements.schemas import (
    lines_in,
    parties_in,
    schools_in,
    terms_in,
)
from services.exchange.agreements.ui.asking import Page, blueprint, errors_of, who_asks, words
from services.exchange.agreements.ui.showing import shown
from services.exchange.placements.queries.reaching import asker_of
from shared.errors import Invalid, Refusal, Stale, TongxingError
from shared.ids import uuid7
from shared.text import Sentence
from shared.web.edge import command, edge, reading, signed_in
from shared.web.rendering import ZONE, say


@blueprint.get("/new")
@MAY["act"]
def new() -> Page:
    """The form of a new one, for the next three school years."""
    year = edge().runtime.clock().astimezone(ZONE).year
    usual = {"starts_on": f"{year}-09-01", "ends_on": f"{year + 3}-08-31", "notice_days": "30"}
    return form(MultiDict(usual))


@blueprint.post("")
@MAY["act"]
def draft() -> Page | Response:
    """Keep a draft and show it."""
    id_, who = uuid7(), who_asks()
    try:
        terms = terms_in(request.form)
        with reading() as db:
            parties = [*parties_in(request.form), *schools_called(db, schools_in(request.form))]
        command(lambda tx: draft_agreement(tx, id_=id_, parties=parties, terms=terms, asker=who).id)
    except (ValidationError, TongxingError) as error:
        return form(request.form, errors=errors_of(error))
    return redirect(url_for("agreements.page", agreement_id=id_), 303)


@blueprint.get("/<uuid:agreement_id>/revision")
@MAY["act"]
def edit(agreement_id: UUID) -> Page:
    """The form of the next version."""
    with reading() as db:
        agreement = agreement_of(db, agreement_id, asker_of(db, signed_in()))
        terms = terms_of(db, agreement_id, agreement.content)
    if refused := agreement.why_not("revise"):
        return shown(agreement_id, refused=refused)
    assert terms is not None  # noqa: S101  every agreement has contents
    return form(_typed(terms), agreement_id=agreement_id)


@blueprint.post("/<uuid:agreement_id>/revision")
@MAY["act"]
def revise(agreement_id: UUID) -> Page | Response:
    """Keep the next version and show it."""
    seen, who = request.form.get("seen", type=int), who_asks()
    note = " ".join(request.form.get("note", "").split())[:500]
    try:
        terms = terms_in(request.form)
        command(
            lambda tx: (
                revise_agreement(
                    tx, agreement_id=agreement_id, terms=terms, asker=who, seen=seen, note=note
                ).id
            )
        )
    except Refusal as error:
        return form(request.form, agreement_id=agreement_id, refused=error)
    except (ValidationError, Invalid) as error:
        return form(request.form, agreement_id=agreement_id, errors=errors_of(error))
    return redirect(url_for("agreements.page", agreement_id=agreement_id), 303)


def form(
    typed: MultiDict[str, str],
    *,
    agreement_id: UUID | None = None,
    errors: dict[str, Sentence] | None = None,
    refused: Refusal | None = None,
) -> Page:
    """The form with what was typed, for a new one or the next version of `agreement_id`."""
    with reading() as db:
        who = asker_of(db, signed_in())
        agreement = agreement_of(db, agreement_id, who) if agreement_id else None
        parties = choices(db, who)
    html = render_template(
        "exchange/agreement_form.html",
        agreement=agreement,
        typed=typed,
        lines=[*lines_in(typed), {}, {}],
        parties=parties,
        chosen=typed.getlist("parties"),
        errors={field: say(sentence) for field, sentence in (errors or {}).items()},
        refused=refused.sentence if refused else None,
        **words(),
    )
    status = 412 if isinstance(refused, Stale) else 409 if refused else 422 if errors else 200
    return (html, status) if status != HTTPStatus.OK else html


def _typed(terms: Terms) -> MultiDict[str, str]:
    """Terms as the form sends them."""
    typed: MultiDict[str, str] = MultiDict(
        {
            "title": terms.title,
            "starts_on": str(terms.starts_on),
            "ends_on": str(terms.ends_on),
            "criteria": "\n".join(terms.criteria),
            "home_duties": "\n".join(terms.home_duties),
            "host_duties": "\n".join(terms.host_duties),
            "dimensions": "\n".join(f"{each.name} {each.weight}" for each in terms.dimensions),
            "notice_days": str(terms.notice_days),
            **{f"target_{kind}": str(number) for kind, number in terms.targets.items()},
            **{f"subsidy_{kind}": f"{fen / 100:.2f}" for kind, fen in terms.subsidies.items()},
        }
    )
    for line in terms.lines:
        for name in ("kind", "stage", "subject", "number", "until"):
            typed.add(f"line_{name}", str(getattr(line, name) or ""))
    return typed
