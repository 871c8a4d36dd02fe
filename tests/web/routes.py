"""Routes of the tests: each raises, or answers, one thing."""

from typing import Any, Never

from flask import Blueprint, redirect, render_template_string, request
from flask_smorest import Blueprint as ApiBlueprint
from marshmallow import RAISE, Schema, fields
from werkzeug.wrappers import Response

from shared.auth import PUBLIC, SIGNED_IN
from shared.db import Transaction
from shared.errors import Forbidden, Invalid, NotFound, Refusal, TongxingError, Unavailable
from shared.text import Sentence
from shared.web.edge import command, language, signed_in
from shared.web.signing_in import local_path

SENTENCE = Sentence(zh="不行。", en="No.")
ERRORS: dict[str, TongxingError] = {
    "refusal": Refusal(SENTENCE),
    "invalid": Invalid(SENTENCE, field="title"),
    "not-found": NotFound(SENTENCE),
    "forbidden": Forbidden(SENTENCE),
    "unavailable": Unavailable(SENTENCE, retry_after=7),
}


class TitleSchema(Schema):
    """One field, as an example."""

    class Meta:
        unknown = RAISE

    title = fields.String(required=True)


def pages() -> Blueprint:
    blueprint = Blueprint("pages", __name__, url_prefix="/exchange")

    @blueprint.get("/raise/<name>")
    @PUBLIC
    def raising(name: str) -> Never:
        raise ERRORS.get(name) or ZeroDivisionError("secret 1000-1234")

    @blueprint.get("/language")
    @PUBLIC
    def which() -> str:
        return language()

    @blueprint.get("/echo")
    @PUBLIC
    def echo() -> str:
        return render_template_string("<p>{{ said }}</p>", said=request.args["said"])

    @blueprint.get("/go")
    @PUBLIC
    def go() -> Response:
        return redirect(local_path(request.args.get("next")), 303)

    @blueprint.get("/mine")
    @SIGNED_IN
    def mine() -> str:
        return signed_in().actor

    @blueprint.post("/change")
    @SIGNED_IN
    def change() -> str:
        def work(tx: Transaction) -> str:
            return f"{tx.actor} {tx.traceparent}"

        return command(work)

    return blueprint


def api() -> Any:
    blueprint = ApiBlueprint("api", __name__, url_prefix="/exchange/api/v1/things", description="Things")

    @blueprint.get("/<name>")
    @PUBLIC
    def raising(name: str) -> Never:
        raise ERRORS.get(name) or ZeroDivisionError("secret 1000-1234")

    @blueprint.post("")
    @SIGNED_IN
    @blueprint.arguments(TitleSchema)
    @blueprint.response(201, TitleSchema)
    def make(asked: dict[str, str]) -> dict[str, str]:
        return asked

    return blueprint
