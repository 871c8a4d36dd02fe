"""Pages of agreements: who waits for whom, what each version says, what is different, and the steps."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask import Blueprint, redirect, render_template, request, url_for
from marshmallow import ValidationError
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from services.exchange.agreements.commands import (
    answer_agreement,
    ask_parties,
    draft_agreement,
    renew_line,
    revise_agreement,
    terminate_agreement,
    withdraw_agreement,
)
from services.exchange.agreements.model import STAGES, STATES, TARGETS, Terms
from services.exchange.agreements.policies import MAY, differences
from services.exchange.agreements.queries import (
    agreement_of,
    agreements_of,
    answers_of,
    contents_of,
    rows_of,
    terms_of,
)
from services.exchange.agreements.schemas import (
    ActSchema,
    AnswerSchema,
    lines_in,
    parties_in,
    terms_in,
)
from services.exchange.placements.model import KINDS
from services.exchange.placements.queries.reaching import Asker, asker_of
from shared.db import Transaction
from shared.errors import Invalid, NotFound, Refusal, Stale, TongxingError
from shared.ids import uuid7
from shared.roster.tables import roster_groups, roster_regions
from shared.text import Sentence
from shared.web.edge import command, edge, reading, signed_in
from shared.web.rendering import ZONE, say
from shared.web.spoken import sentences

blueprint = Blueprint(
    "agreements", __name__, url_prefix="/exchange/agreements", template_folder="../templates"
)
Page = str | tuple[str, int]

CHIPS = {"draft": "open", "asked": "waiting", "agreed": "done", "rejected": "failed", "withdrawn": "plain", "terminated": "plain"}  # fmt: skip

#: What the parts of terms are called.
FIELDS = {
    "title": Sentence(zh="名称", en="Title"),
    "starts_on": Sentence(zh="开始", en="First day"),
    "ends_on": Sentence(zh="结束", en="Last day"),
    "lines": Sentence(zh="人数", en="Numbers"),
    "criteria": Sentence(zh="选派条件", en="Who is sent"),
    "home_duties": Sentence(zh="派出方职责", en="Duties of the home side"),
    "host_duties": Sentence(zh="接收方职责", en="Duties of the host side"),
    "targets": Sentence(zh="任务", en="Targets"),
    "dimensions": Sentence(zh="考核维度", en="What is appraised"),
    "subsidies": Sentence(zh="补助（分/人月）", en="Subsidy (fen a month)"),
    "notice_days": Sentence(zh="终止提前天数", en="Days of notice"),
}


@blueprint.get("")
@MAY["see"]
def index() -> str:
    """Those whose party the reader is; what waits for the reader first."""
    with reading() as db:
        rows = agreements_of(db, asker_of(db, signed_in()))
    return render_template("exchange/agreements.html", rows=rows, **_words())


@blueprint.get("/new")
@MAY["act"]
def new() -> Page:
    """The form of a new one, for the next three school years."""
    year = edge().runtime.clock().astimezone(ZONE).year
    usual = {"starts_on": f"{year}-09-01", "ends_on": f"{year + 3}-08-31", "notice_days": "30"}
    return _form(MultiDict(usual))


@blueprint.post("")
@MAY["act"]
def draft() -> Page | Response:
    """Keep a draft and show it."""
    id_, parties = uuid7(), parties_in(request.form)
    who = _who()
    try:
        terms = terms_in(request.form)
        command(lambda tx: draft_agreement(tx, id_=id_, parties=parties, terms=terms, asker=who).id)
    except (ValidationError, TongxingError) as error:
        return _form(request.form, errors=_errors(error))
    return redirect(url_for("agreements.page", agreement_id=id_), 303)


@blueprint.get("/<uuid:agreement_id>")
@MAY["see"]
def page(agreement_id: UUID) -> Page:
    """What it says, who has answered, and what the reader can do."""
    return _page(agreement_id)


@blueprint.get("/<uuid:agreement_id>/revision")
@MAY["act"]
def edit(agreement_id: UUID) -> Page:
    """The form of the next version."""
    with reading() as db:
        agreement = agreement_of(db, agreement_id, asker_of(db, signed_in()))
        terms = terms_of(db, agreement_id, agreement.content)
    if refused := agreement.why_not("revise"):
        return _page(agreement_id, refused=refused)
    assert terms is not None  # noqa: S101  every agreement has contents
    return _form(_typed(terms), agreement_id=agreement_id)


@blueprint.post("/<uuid:agreement_id>/revision")
@MAY["act"]
def revise(agreement_id: UUID) -> Page | Response:
    """Keep the next version and show it."""
    seen, who = request.form.get("seen", type=int), _who()
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
        return _form(request.form, agreement_id=agreement_id, refused=error)
    except (ValidationError, Invalid) as error:
        return _form(request.form, agreement_id=agreement_id, errors=_errors(error))
    return redirect(url_for("agreements.page", agreement_id=agreement_id), 303)


@blueprint.post("/<uuid:agreement_id>/answers")
@MAY["act"]
def answer(agreement_id: UUID) -> Page | Response:
    """Approve or reject exactly what was looked at."""
    who = _who()
    try:
        said: dict[str, Any] = AnswerSchema().load(request.form.to_dict())
        approved = said.pop("answer") == "approve"
        command(
            lambda tx: (
                answer_agreement(tx, agreement_id=agreement_id, approved=approved, asker=who, **said).id
            )
        )
    except (ValidationError, TongxingError) as error:
        return _refused(agreement_id, error)
    return redirect(url_for("agreements.page", agreement_id=agreement_id), 303)


@blueprint.post("/<uuid:agreement_id>/steps")
@MAY["act"]
def take(agreement_id: UUID) -> Page | Response:
    """Ask the parties, withdraw, terminate, or renew a line."""
    who, today = _who(), edge().runtime.clock().astimezone(ZONE).date()
    try:
        said: dict[str, Any] = ActSchema().load({name: text for name, text in request.form.items() if text})

        def work(tx: Transaction) -> None:
            own: dict[str, Any] = {"agreement_id": agreement_id, "asker": who, "seen": said["seen"]}
            match said["verb"]:
                case "ask":
                    ask_parties(tx, **own)
                case "withdraw":
                    withdraw_agreement(tx, reason=said["reason"], **own)
                case "terminate":
                    terminate_agreement(tx, on=said["on"] or today, today=today, reason=said["reason"], **own)
                case "renew":
                    renew_line(
                        tx, line=said["line"] or 0, until=said["on"] or today, number=said["number"], **own
                    )
                case _:
                    raise NotFound(Sentence(zh="没有这个操作。", en="There is no such step."))

        command(work)
    except (ValidationError, Invalid, Refusal) as error:
        return _refused(agreement_id, error)
    return redirect(url_for("agreements.page", agreement_id=agreement_id), 303)


@blueprint.get("/<uuid:agreement_id>/differences")
@MAY["see"]
def different(agreement_id: UUID) -> str:
    """What is different between two versions, field by field; `?of=1&to=2`."""
    with reading() as db:
        agreement = agreement_of(db, agreement_id, asker_of(db, signed_in()))
        to = request.args.get("to", default=agreement.content, type=int)
        of = request.args.get("of", default=max(1, to - 1), type=int)
        old, new_ = terms_of(db, agreement_id, of), terms_of(db, agreement_id, to)
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
        **_words(),
    )


def _page(
    agreement_id: UUID, *, errors: dict[str, Sentence] | None = None, refused: Sentence | None = None
) -> Page:
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
        **_words(),
    )  # fmt: skip
    return (html, 422) if errors else (html, 409) if refused else html


def _refused(agreement_id: UUID, error: ValidationError | TongxingError) -> Page:
    """The page with why; what is not there is not there."""
    if isinstance(error, NotFound):
        raise error
    if isinstance(error, Refusal):
        shown = _page(agreement_id, refused=error.sentence)
        status = HTTPStatus.PRECONDITION_FAILED if isinstance(error, Stale) else HTTPStatus.CONFLICT
        return (shown if isinstance(shown, str) else shown[0]), status
    return _page(agreement_id, errors=_errors(error))


def _form(
    typed: MultiDict[str, str],
    *,
    agreement_id: UUID | None = None,
    errors: dict[str, Sentence] | None = None,
    refused: Refusal | None = None,
) -> Page:
    with reading() as db:
        who = asker_of(db, signed_in())
        agreement = agreement_of(db, agreement_id, who) if agreement_id else None
        parties = _choices(db)
    html = render_template(
        "exchange/agreement_form.html",
        agreement=agreement,
        typed=typed,
        lines=[*lines_in(typed), {}, {}],
        parties=parties,
        chosen=typed.getlist("parties"),
        errors={field: say(sentence) for field, sentence in (errors or {}).items()},
        refused=refused.sentence if refused else None,
        **_words(),
    )
    status = 412 if isinstance(refused, Stale) else 409 if refused else 422 if errors else 200
    return (html, status) if status != HTTPStatus.OK else html


def _choices(db: Session) -> list[tuple[str, str]]:
    """Who may be a party: regions and groups."""
    regions, groups = roster_regions.c, roster_groups.c
    rows = db.execute(
        sa.select(regions.code, regions.name)
        .where(sa.not_(regions.abolished), regions.level != "province")
        .order_by(regions.code)
        .limit(400)
    )
    found = [(f"region:{row.code}", row.name) for row in rows]
    named = db.execute(
        sa.select(groups.group_id, groups.name)
        .where(sa.not_(groups.retired))
        .order_by(groups.name)
        .limit(200)
    )
    return [*found, *((f"group:{row.group_id}", row.name) for row in named)]


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


def _words() -> dict[str, object]:
    return {
        "KINDS": KINDS,
        "STAGES": STAGES,
        "STATES": STATES,
        "CHIPS": CHIPS,
        "TARGETS": TARGETS,
        "FIELDS": FIELDS,
        "may_act": MAY["act"].allows(signed_in()),
    }


def _errors(error: ValidationError | TongxingError) -> dict[str, Sentence]:
    return sentences(error) if isinstance(error, ValidationError) else {error.field or "": error.sentence}


def _who() -> Asker:
    with reading() as db:
        return asker_of(db, signed_in())
