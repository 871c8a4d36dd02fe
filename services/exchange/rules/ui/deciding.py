"""The form of the next version."""

from http import HTTPStatus

from flask import redirect, render_template, request, url_for
from marshmallow import ValidationError
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from services.exchange.rules.commands import decide_rules
from services.exchange.rules.policies import MAY, may_change
from services.exchange.rules.queries import newest, rulebook
from services.exchange.rules.schemas import decision_in, merged, typed_of
from services.exchange.rules.ui.asking import CHOICES, FIELDS, GROUPS, Page, blueprint, named_region
from services.exchange.rules.ui.showing import today
from shared.errors import Forbidden, NotFound, Stale, TongxingError
from shared.text import Sentence
from shared.web.edge import command, reading, signed_in
from shared.web.rendering import say
from shared.web.spoken import sentences


@blueprint.get("/<region>/revision")
@MAY["change"]
def edit(region: str) -> Page:
    """The form, with what holds now. Raises NotFound, Forbidden."""
    with reading() as db:
        held = rulebook(db, [region]).on(region, today())
    typed = typed_of(held.rules)
    typed["valid_from"] = str(today())
    return form(region, typed)


@blueprint.post("/<region>/revision")
@MAY["change"]
def decide(region: str) -> Page | Response:
    """Keep the next version and show it."""
    scopes = signed_in().scopes("administrator", "coordinator")
    try:
        said = decision_in(request.form)
        with reading() as db:
            held = rulebook(db, [region]).on(region, said["valid_from"])
        rules = merged(held.rules, said["rules"])
        command(
            lambda tx: decide_rules(
                tx,
                region=region,
                rules=rules,
                valid_from=said["valid_from"],
                why=said["why"],
                scopes=scopes,
                seen=said["seen"],
            )
        )
    except ValidationError as error:
        return form(region, request.form, errors=sentences(error))
    except (NotFound, Forbidden):
        raise
    except Stale as stale:
        return form(region, request.form, refused=stale.sentence)
    except TongxingError as error:
        return form(region, request.form, errors={error.field or "why": error.sentence})
    return redirect(url_for("rules.page", region=region), 303)


def form(
    region: str,
    typed: MultiDict[str, str],
    *,
    errors: dict[str, Sentence] | None = None,
    refused: Sentence | None = None,
) -> Page:
    """The form with what was typed. Raises NotFound, Forbidden."""
    with reading() as db:
        name, last = named_region(db, region), newest(db, region)
    if not may_change(region, signed_in().scopes("administrator", "coordinator")):
        raise Forbidden(
            Sentence(
                zh="只有这个区域的管理员可以修改规定。",
                en="Who looks after this region decides on its rules.",
            )
        )
    html = render_template(
        "exchange/rules_form.html",
        region=region,
        name=name,
        typed=typed,
        last=last,
        errors={field: say(sentence) for field, sentence in (errors or {}).items()},
        refused=refused,
        FIELDS=FIELDS,
        GROUPS=GROUPS,
        CHOICES=CHOICES,
    )
    status = (
        HTTPStatus.PRECONDITION_FAILED
        if refused
        else HTTPStatus.UNPROCESSABLE_ENTITY
        if errors
        else HTTPStatus.OK
    )
    return html if status == HTTPStatus.OK else (html, status)
