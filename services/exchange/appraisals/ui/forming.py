"""The forms of a region: what is appraised by whom, for each kind of exchange, and every version of it."""

import re
from http import HTTPStatus
from typing import Any

from flask import redirect, render_template, request, url_for
from marshmallow import ValidationError
from werkzeug.wrappers import Response

from services.exchange.appraisals.commands import decide_form
from services.exchange.appraisals.model import MOST, ROLES, Form
from services.exchange.appraisals.policies import DEFAULTS, MAY
from services.exchange.appraisals.queries import forms_of
from services.exchange.appraisals.schemas import FormSchema
from services.exchange.appraisals.ui.showing import Page, blueprint
from services.exchange.placements.model import KINDS
from services.exchange.rules.queries import regions_named
from shared.auth import covers
from shared.errors import Invalid, NotFound
from shared.text import Sentence
from shared.web.edge import command, reading, signed_in
from shared.web.rendering import say
from shared.web.spoken import sentences

#: A line of the form: what is appraised, its weight, and who rates it.
_LINE = re.compile(r"(?P<name>.+?)\s+(?P<weight>\d{1,3})\s*[%％]?\s+(?P<roles>.+)")
_APART = re.compile(r"[\s,，、;；]+")
_ROLES = {word: code for code, said in ROLES.items() for word in (said.zh, said.en.lower(), code)}


@blueprint.get("/appraisal-forms/<region>")
@MAY["see"]
def forms(region: str) -> Page:
    """The forms of a region, and for who looks after it the next version."""
    return _shown(region)


@blueprint.post("/appraisal-forms/<region>")
@MAY["forms"]
def decide(region: str) -> Page | Response:
    """Keep the next version of a form."""
    scopes = signed_in().scopes("administrator", "coordinator")
    try:
        said: dict[str, Any] = FormSchema().load(_said())
        command(lambda tx: decide_form(tx, region=region, scopes=scopes, **said))
    except ValidationError as error:
        return _shown(region, errors=sentences(error))
    except Invalid as error:
        return _shown(
            region, errors={"lines" if error.field == "form" else error.field or "lines": error.sentence}
        )
    return redirect(url_for("appraisals.forms", region=region), 303)


def lines_of(form: Form) -> str:
    """A form's dimensions as the page takes them, a line each."""
    return "\n".join(
        f"{each.name} {each.weight} {'、'.join(ROLES[role].zh for role in each.roles)}"
        for each in form.dimensions
    )


def _said() -> dict[str, Any]:
    """What the form says, as JSON would. Raises Invalid for a line that says something else."""
    dimensions: list[dict[str, Any]] = []
    for line in request.form.get("lines", "").splitlines()[: MOST + 1]:
        if not line.strip():
            continue
        found = _LINE.fullmatch(line.strip())
        roles = (
            [_ROLES.get(part.lower(), part) for part in _APART.split(found["roles"]) if part] if found else []
        )
        if found is None or not set(roles) <= set(ROLES):
            raise Invalid(
                Sentence(
                    zh=f"这一行看不懂：“{line.strip()[:40]}”。写成“维度 权重 评价人、评价人”。",
                    en=f"This line is not clear: “{line.strip()[:40]}”. Write “dimension weight rater, rater”.",
                ),
                field="lines",
            )
        dimensions.append({"name": found["name"], "weight": found["weight"], "roles": roles})
    return {
        "kind": request.form.get("kind", ""),
        "why": request.form.get("why", ""),
        "gate": request.form.get("gate", ""),
        "excellent_share": request.form.get("excellent_share", ""),
        "dimensions": dimensions,
    }


def _shown(region: str, *, errors: dict[str, Sentence] | None = None) -> Page:
    with reading() as db:
        name = regions_named(db, [region]).get(region)
        rows = forms_of(db, region)
    if name is None:
        raise NotFound(Sentence(zh="没有这个区域。", en="There is no such region."))
    scopes = signed_in().scopes("administrator", "coordinator")
    html = render_template(
        "exchange/appraisal_forms.html",
        region=region,
        name=name,
        rows=[(row, Form.of(row.form)) for row in rows],
        defaults=DEFAULTS,
        lines_of=lines_of,
        typed=request.form,
        usual=lines_of(DEFAULTS["support_teaching"]),
        errors={field: say(sentence) for field, sentence in (errors or {}).items()},
        may_decide=any(covers(scope, region=region) for scope in scopes),
        kind_options=[(code, say(word)) for code, word in KINDS.items()],
        roles="、".join(say(word) for word in ROLES.values()),
        KINDS=KINDS,
    )
    return (html, HTTPStatus.UNPROCESSABLE_ENTITY) if errors else html
