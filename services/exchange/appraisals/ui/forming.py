"""The forms of a region: what is appraised by whom, for each kind of exchange, every version of it, and the next one."""

from http import HTTPStatus
from typing import Any

from flask import redirect, render_template, request, url_for
from marshmallow import ValidationError
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from services.exchange.appraisals.commands import decide_form
from services.exchange.appraisals.model import GRADES, MOST, ROLES, Form
from services.exchange.appraisals.policies import DEFAULTS, MAY
from services.exchange.appraisals.queries import forms_held, forms_of, newest_number
from services.exchange.appraisals.schemas import FormSchema
from services.exchange.appraisals.ui.showing import Page, blueprint
from services.exchange.identities.queries import names_of
from services.exchange.placements.model import KINDS
from services.exchange.rules.queries import regions_named
from shared.auth import covers
from shared.errors import Invalid, NotFound, Stale
from shared.text import Sentence
from shared.web.edge import command, reading, signed_in
from shared.web.rendering import say
from shared.web.spoken import sentences

#: Empty lines that the form offers beside those that are filled in.
_MORE = 2


@blueprint.get("/appraisal-forms/<region>")
@MAY["see"]
def forms(region: str) -> Page:
    """Which form holds for each kind of exchange, and what was decided before."""
    with reading() as db:
        name = _named(db, region)
        held = forms_held(db, region)
        rows = forms_of(db, region)
        whose = regions_named(db, [each.region_code for each in held.values() if each])
        names = names_of(db, {each.by for each in rows})
    return render_template(
        "exchange/appraisal_forms.html",
        region=region,
        name=name,
        kinds=[
            (
                kind,
                found := held[kind],
                Form.of(found.form) if found else DEFAULTS[kind],
                [(row, Form.of(row.form)) for row in rows if row.kind == kind],
            )
            for kind in KINDS
        ],
        whose=whose,
        names=names,
        may_decide=_may_decide(region),
        KINDS=KINDS,
        ROLES=ROLES,
        GRADES=GRADES,
    )


@blueprint.get("/appraisal-forms/<region>/<kind>")
@MAY["forms"]
def edit(region: str, kind: str) -> Page:
    """The form of the next version, with what holds now."""
    if kind not in KINDS:
        raise _no_such_form()
    with reading() as db:
        held = forms_held(db, region)[kind]
    return _form(region, kind, _typed(Form.of(held.form) if held else DEFAULTS[kind]))


@blueprint.post("/appraisal-forms/<region>/<kind>")
@MAY["forms"]
def decide(region: str, kind: str) -> Page | Response:
    """Keep the next version of a form; what was typed stays where it is refused."""
    if kind not in KINDS:
        raise _no_such_form()
    scopes = signed_in().scopes("administrator", "coordinator")
    try:
        said: dict[str, Any] = FormSchema().load(_said(kind))
        command(lambda tx: decide_form(tx, region=region, scopes=scopes, **said))
    except ValidationError as error:
        return _form(region, kind, request.form, errors=sentences(error))
    except Invalid as error:
        return _form(region, kind, request.form, errors={error.field or "why": error.sentence})
    except Stale as error:
        return _form(region, kind, request.form, refused=error.sentence)
    return redirect(url_for("appraisals.forms", region=region), 303)


def _form(
    region: str,
    kind: str,
    typed: MultiDict[str, str],
    *,
    errors: dict[str, Sentence] | None = None,
    refused: Sentence | None = None,
) -> Page:
    with reading() as db:
        name = _named(db, region)
        last = newest_number(db, region, kind)
    filled = [
        number for number in range(MOST) if typed.get(f"name-{number}") or typed.get(f"weight-{number}")
    ]
    html = render_template(
        "exchange/appraisal_form_edit.html",
        region=region,
        kind=kind,
        name=name,
        last=last,
        typed=typed,
        lines=range(min(MOST, max([*filled, -1]) + 1 + _MORE)),
        errors={field: say(sentence) for field, sentence in (errors or {}).items()},
        refused=refused,
        may_decide=_may_decide(region),
        KINDS=KINDS,
        ROLES=ROLES,
        GRADES=GRADES,
    )
    status = HTTPStatus.PRECONDITION_FAILED if refused else HTTPStatus.UNPROCESSABLE_ENTITY
    return (html, status) if refused or errors else html


def _said(kind: str) -> dict[str, Any]:
    """What the form says, as JSON would."""
    form = request.form
    return {
        "kind": kind,
        "dimensions": [
            {
                "name": form.get(f"name-{number}", ""),
                "weight": form.get(f"weight-{number}", ""),
                "roles": form.getlist(f"roles-{number}"),
            }
            for number in range(MOST)
            if form.get(f"name-{number}", "").strip() or form.get(f"weight-{number}", "").strip()
        ],
        "levels": form.getlist("levels"),
        **{name: form.get(name, "") for name in ("why", "gate", "excellent_share", "seen")},
    }


def _typed(form: Form) -> MultiDict[str, str]:
    """A form as the page sends it."""
    typed: MultiDict[str, str] = MultiDict({"gate": form.gate, "excellent_share": str(form.excellent_share)})
    typed.setlist("levels", [str(each) for each in form.levels])
    for number, each in enumerate(form.dimensions):
        typed[f"name-{number}"], typed[f"weight-{number}"] = each.name, str(each.weight)
        typed.setlist(f"roles-{number}", list(each.roles))
    return typed


def _named(db: Session, region: str) -> Sentence:
    name = regions_named(db, [region]).get(region)
    if name is None:
        raise _no_such_form()
    return name


def _may_decide(region: str) -> bool:
    scopes = signed_in().scopes("administrator", "coordinator")
    return MAY["forms"].allows(signed_in()) and any(covers(scope, region=region) for scope in scopes)


def _no_such_form() -> NotFound:
    return NotFound(
        Sentence(zh="没有这个区域或交流类型。", en="There is no such region or kind of exchange.")
    )
