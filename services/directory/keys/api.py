"""The public keys, where machines look for them (RFC 7517)."""

from typing import Any

from flask import Blueprint

from services.directory.keys.queries import key_set
from shared.auth import PUBLIC
from shared.web.edge import reading

blueprint = Blueprint("keys", __name__)


@blueprint.get("/directory/.well-known/jwks.json")
@PUBLIC
def jwks() -> dict[str, list[dict[str, Any]]]:
    """The JWK Set of all keys that are not retired."""
    with reading() as db:
        return key_set(db)
