"""Preferences as JSON."""

from typing import Any

from flask_smorest import Blueprint

from services.notifications.preferences.commands import choose, leave_alone
from services.notifications.preferences.policies import MAY
from services.notifications.preferences.queries import choosers, chosen_by_one, quiet_of
from services.notifications.preferences.schemas import OwnerSchema, PreferencesSchema, clock, minutes
from shared.db import Transaction
from shared.errors import Forbidden
from shared.text import Sentence
from shared.web.edge import command, reading, signed_in

blueprint = Blueprint(
    "preferences_api",
    __name__,
    url_prefix="/notifications/api/v1/preferences",
    description="What somebody wants to hear, how and when",
)


@blueprint.get("")
@MAY["own"]
@blueprint.arguments(OwnerSchema, location="query")
@blueprint.response(200, PreferencesSchema)
def index(asked: dict[str, str]) -> dict[str, Any]:
    """What one owner chose; the reader's own account unless `owner` says otherwise."""
    return _said(_owner(asked["owner"]))


@blueprint.put("")
@MAY["own"]
@blueprint.arguments(PreferencesSchema)
@blueprint.response(200, PreferencesSchema)
def keep(asked: dict[str, Any]) -> dict[str, Any]:
    """Change what is named; what is not named stays."""
    owner, quiet = _owner(asked["owner"]), asked["quiet"]

    def work(tx: Transaction) -> None:
        choose(
            tx,
            owner=owner,
            modes={(each["class_name"], each["kind"]): each["mode"] for each in asked["choices"]},
        )
        if quiet is not None:
            leave_alone(tx, owner=owner, **minutes(quiet))

    command(work)
    return _said(owner)


def _said(owner: str) -> dict[str, Any]:
    with reading() as db:
        own, quiet = chosen_by_one(db, owner), quiet_of(db, owner)
    return {
        "owner": owner,
        "choices": [
            {"class_name": class_name, "kind": kind, "mode": mode}
            for (class_name, kind), mode in sorted(own.items())
        ],
        "quiet": {
            "starts": clock(quiet.starts),
            "ends": clock(quiet.ends),
            "digest_at": clock(quiet.digest_at),
            "days_off": quiet.days_off,
        },
    }


def _owner(said: str) -> str:
    asks = signed_in()
    owner = said or asks.actor
    if owner not in choosers(asks):
        raise Forbidden(
            Sentence(zh="只能为自己和本校设置。", en="One chooses for oneself and one's own school.")
        )
    return owner
