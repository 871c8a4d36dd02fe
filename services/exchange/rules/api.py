"""Rules as JSON."""

from typing import Any

from flask import request
from flask_smorest import Blueprint

from services.exchange.rules.commands import decide_rules
from services.exchange.rules.policies import MAY
from services.exchange.rules.queries import newest, regions_named, rulebook, versions_of
from services.exchange.rules.schemas import DecisionSchema, HeldSchema, merged
from shared.errors import NotFound
from shared.text import Sentence
from shared.web.edge import command, edge, reading, signed_in
from shared.web.rendering import ZONE

blueprint = Blueprint(
    "rules_api", __name__, url_prefix="/exchange/api/v1/rules", description="Rules of regions"
)


@blueprint.get("/<region>")
@MAY["see"]
@blueprint.response(200, HeldSchema)
def held(region: str) -> tuple[dict[str, Any], int, dict[str, str]]:
    """What holds today, and the region's own versions; the ETag is the number of the newest."""
    return _held(region)


@blueprint.post("/<region>/versions")
@MAY["change"]
@blueprint.arguments(DecisionSchema)
@blueprint.response(201, HeldSchema)
def decide(said: dict[str, Any], region: str) -> tuple[dict[str, Any], int, dict[str, str]]:
    """Decide on the next version: the parameters that change, from when on, and why. 412 where `seen` is older."""
    with reading() as db:
        before = rulebook(db, [region]).on(region, said["valid_from"])
    scopes, rules = signed_in().scopes("administrator", "coordinator"), merged(before.rules, said["rules"])
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
    found, _, headers = _held(region)
    return found, 201, {**headers, "Location": request.path}


def _held(region: str) -> tuple[dict[str, Any], int, dict[str, str]]:
    today = edge().runtime.clock().astimezone(ZONE).date()
    with reading() as db:
        if region not in regions_named(db, [region]):
            raise NotFound(Sentence(zh="没有这个区域。", en="There is no such region."))
        now = rulebook(db, [region]).on(region, today)
        number = newest(db, region)
        versions = versions_of(db, region)
    found = {
        "region_code": now.region_code,
        "number": now.number,
        "valid_from": now.valid_from,
        "rules": now.rules.written(),
        "newest": number,
        "versions": versions,
    }
    return found, 200, {"ETag": f'"{number}"'}
