"""The page where an administrator keeps the kinds of session."""

from collections.abc import Callable

from flask import Blueprint, redirect, render_template, request, url_for
from marshmallow import ValidationError
from werkzeug.wrappers import Response

from services.scheduling.kinds.commands import add_kind, call_kind, retire_kind
from services.scheduling.kinds.policies import MAY
from services.scheduling.kinds.queries import all_kinds
from services.scheduling.kinds.schemas import KindForm, NamesForm
from shared.db import Transaction
from shared.errors import Invalid, Refusal
from shared.web.edge import command, reading, signed_in
from shared.web.rendering import say
from shared.web.spoken import sentences

blueprint = Blueprint("kinds", __name__, url_prefix="/scheduling/kinds", template_folder="../templates")

Page = str | tuple[str, int]


@blueprint.get("")
@MAY["keep"]
def index() -> Page:
    """All kinds, those that are retired last, and the form for another."""
    return _index()


@blueprint.post("")
@MAY["keep"]
def added() -> Page | Response:
    """Add a kind."""
    scopes = _scopes()
    return _change(lambda tx: add_kind(tx, **KindForm().load(request.form.to_dict()), scopes=scopes))


@blueprint.post("/<key>/names")
@MAY["keep"]
def called(key: str) -> Page | Response:
    """Call a kind differently."""
    scopes = _scopes()
    return _change(
        lambda tx: call_kind(tx, key=key, **NamesForm().load(request.form.to_dict()), scopes=scopes), key
    )


@blueprint.post("/<key>/retirement")
@MAY["keep"]
def retired(key: str) -> Page | Response:
    """Offer a kind no more."""
    scopes = _scopes()
    return _change(lambda tx: retire_kind(tx, key=key, retired=True, scopes=scopes), key)


@blueprint.post("/<key>/return")
@MAY["keep"]
def restored(key: str) -> Page | Response:
    """Offer a kind again."""
    scopes = _scopes()
    return _change(lambda tx: retire_kind(tx, key=key, retired=False, scopes=scopes), key)


def _change(work: Callable[[Transaction], object], key: str = "") -> Page | Response:
    try:
        command(work)
    except ValidationError as error:
        return _index(key, errors={name: say(said) for name, said in sentences(error).items()})
    except Invalid as error:
        return _index(key, errors={error.field or "": say(error.sentence)})
    except Refusal as error:
        return _index(key, refused=error)
    return redirect(url_for("kinds.index"), 303)


def _index(key: str = "", *, errors: dict[str, str] | None = None, refused: Refusal | None = None) -> Page:
    """key: the kind to which what was typed belongs; empty for a new one."""
    with reading() as db:
        found = all_kinds(db)
        html = render_template(
            "scheduling/kinds.html",
            kinds=found,
            changing=key,
            typed=request.form if errors or refused else {},
            errors=errors or {},
            refused=refused.sentence if refused else None,
        )
    return (html, 422) if errors else (html, int(refused.status)) if refused else html


def _scopes() -> frozenset[str]:
    return signed_in().scopes("administrator")
