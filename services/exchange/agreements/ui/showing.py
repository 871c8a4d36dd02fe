"""The list, the page of an agreement, and what is different between two versions of it."""

from http import HTTPStatus
from uuid import UUID

from flask import render_template, request
from marshmallow import ValidationError

from services.exchange.agreements.model import Terms
from services.exchange.agreements.policies import MAY, differences
from services.exchange.agreements.queries import (
    agreement_of,
    agreements_of,
    answers_of,
    contents_of,
    rows_of,
    terms_of,
)
from services.exchange.agreements.ui.asking import Page, blueprint, errors_of, words
from services.exchange.placements.queries.reaching import asker_of
from shared.errors import NotFound, Refusal, Stale, TongxingError
from shared.text import Sentence
from shared.web.edge import reading, signed_in


@blueprint.get("")
@MAY["see"]
def index() -> str:
    """Those whose party the reader is; what waits for the reader first."""
    with reading() as db:
        rows = agreements_of(db, asker_of(db, signed_in()))
    return render_template("exchange/agreements.html", rows=rows, **words())


@blueprint.get("/<uuid:agreement_id>")
@MAY["see"]
def page(agreement_id: UUID) -> Page:
    """What it says, who has answered, and what the reader can do."""
    return shown(agreement_id)


@blueprint.get("/<uuid:agreement_id>/differences")
@MAY["see"]
def different(agreement_id: UUID) -> str:
    """What is different between two versions, field by field; `?of=1&to=2`."""
    with reading() as db:
        agreement = agreement_of(db, agreement_id, asker_of(db, signed_in()))
        to = request.args.get("to", default=agreement.content, type=int)
        of = request.args.get("of", default=max(1, to - 1), type=int)
        known = range(1, agreement.content + 1)
        old, new_ = (terms_of(db, agreement_id, each) if each in known else None for each in (of, to))
        contents = contents_of(db, agreement_id)
    if old is None or new_ is None:
        raise NotFound(Sentence(zh="没有这一版。", en="There is no such version."))
    return render_template(
        "exchange/differences.html",
        agreement=agreement,
        of=of,
        to=to,
        contents=contents,
        rows=differences(old, new_),
        **words(),
    )


def shown(
    agreement_id: UUID, *, errors: dict[str, Sentence] | None = None, refused: Sentence | None = None
) -> Page:
    """The page of one; after a step that was not taken with why."""
    with reading() as db:
        who = asker_of(db, signed_in())
        agreement = agreement_of(db, agreement_id, who)
        [row] = rows_of(db, [agreement], who)
        contents = contents_of(db, agreement_id)
        answers = answers_of(db, agreement_id)
    html = render_template(
        "exchange/agreement.html",
        row=row,
        agreement=agreement,
        contents=contents,
        newest=contents[0],
        terms=Terms.of(contents[0].terms),
        answers=answers,
        may={verb: agreement.why_not(verb) is None and bool(row.mine) and MAY["act"].allows(signed_in())
             for verb in ("revise", "ask", "withdraw", "terminate")},
        errors=errors or {},
        refused=refused,
        typed=request.form,
        **words(),
    )  # fmt: skip
    return (html, 422) if errors else (html, 409) if refused else html


def refused_on(agreement_id: UUID, error: ValidationError | TongxingError) -> Page:
    """The page with why; what is not there is not there."""
    if isinstance(error, NotFound):
        raise error
    if isinstance(error, Refusal):
        html = shown(agreement_id, refused=error.sentence)
        status = HTTPStatus.PRECONDITION_FAILED if isinstance(error, Stale) else HTTPStatus.CONFLICT
        return (html if isinstance(html, str) else html[0]), status
    return shown(agreement_id, errors=errors_of(error))
