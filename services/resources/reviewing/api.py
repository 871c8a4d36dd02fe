"""By whose word regions publish, as JSON: the same command as the page."""

from typing import Any

from flask_smorest import Blueprint

from services.resources.reviewing.commands import say_rule
from services.resources.reviewing.queries import regions_below, rules_by_region
from services.resources.reviewing.schemas import RuleSchema, RuleShownSchema
from shared.auth import holders, readers
from shared.web.edge import command, reading, signed_in

blueprint = Blueprint(
    "reviewing_api", __name__, url_prefix="/resources/api/v1", description="By whose word items are published"
)


@blueprint.get("/review-rules")
@readers("administrator", "coordinator", "liaison")
@blueprint.response(200, RuleShownSchema(many=True))
def index() -> list[dict[str, Any]]:
    """What holds in each region that the reader knows."""
    return _now()


@blueprint.put("/review-rules")
@holders("administrator", "coordinator")
@blueprint.arguments(RuleSchema)
@blueprint.response(200, RuleShownSchema(many=True))
def say(asked: dict[str, str]) -> list[dict[str, Any]]:
    """Say it for a region; `above`: as the region above says. Answers what holds from now on."""
    asks = signed_in()
    command(lambda tx: say_rule(tx, asks=asks, **asked))
    return _now()


def _now() -> list[dict[str, Any]]:
    with reading() as db:
        regions = regions_below(db, signed_in())
        rules = rules_by_region(db, [code for code, _, _ in regions])
    return [
        {"region_code": code, "name": name, "by": by, "own": own, "said": said}
        for code, name, _ in regions
        for by, own, said in [rules[code]]
    ]
