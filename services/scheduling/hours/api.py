"""Hours as JSON: one's own, those of a school's people, and the rules by which they are counted."""

from collections.abc import Sequence
from uuid import UUID

from flask_smorest import Blueprint
from marshmallow import Schema, fields

from services.scheduling.hosting.model import PLANNERS, own_regions
from services.scheduling.hosting.queries import known_schools
from services.scheduling.hours.commands import set_rule
from services.scheduling.hours.model import Rule
from services.scheduling.hours.policies import rule_for, total
from services.scheduling.hours.queries import FIVE_YEARS, Learned, learned_by, rules_of, standings
from services.scheduling.hours.schemas import RuleForm
from services.scheduling.plans.model import EVERYWHERE, ZONE
from shared.auth import SIGNED_IN, covers, holders, readers
from shared.auth.grants import significant
from shared.auth.states import person_of
from shared.errors import NotFound
from shared.text import Sentence
from shared.web.edge import command, edge, reading, signed_in

blueprint = Blueprint(
    "hours_api", __name__, url_prefix="/scheduling/api/v1/hours", description="Hours that people have learned"
)


class RuleSchema(Schema):
    """By what a region counts from a day on; without `since` the defaults, which hold where nobody has said anything."""

    region_code = fields.String()
    since = fields.Date(allow_none=True)
    minutes_per_hour = fields.Integer()
    half_day = fields.Integer()
    full_day = fields.Integer()
    daily_cap = fields.Integer()
    five_years = fields.Integer()
    share = fields.Integer()


class LearnedSchema(Schema):
    """What somebody learned by one programme, or by a session that is part of none."""

    title = fields.String()
    first = fields.Date()
    last = fields.Date()
    times = fields.Integer()
    hours = fields.Float()


class OwnSchema(Schema):
    """One's own hours of the last five years, and what is needed of them."""

    hours = fields.Float()
    needed = fields.Integer()
    learned = fields.List(fields.Nested(LearnedSchema))


class StandingSchema(Schema):
    """Somebody of a school and their hours of the last five years."""

    person_id = fields.UUID()
    name = fields.String()
    subject = fields.String()
    hours = fields.Float()


class SchoolSchema(Schema):
    """A school's people, who has the fewest hours first, and how many each needs."""

    needed = fields.Integer()
    people = fields.List(fields.Nested(StandingSchema))


@blueprint.get("")
@SIGNED_IN
@blueprint.response(200, OwnSchema)
def own() -> dict[str, object]:
    """What the reader has learned in five years; nothing where the account belongs to nobody of the register."""
    now = edge().runtime.clock()
    with reading() as db:
        person = person_of(db, signed_in().account)
        learned: Sequence[Learned] = learned_by(db, person, since=now - FIVE_YEARS) if person else []
        rule = rule_for(rules_of(db), region="", on=now.astimezone(ZONE).date())
    return {"hours": total(one.hours for one in learned), "needed": rule.five_years, "learned": learned}


@blueprint.get("/schools/<uuid:school_id>")
@readers(*PLANNERS, "liaison")
@blueprint.response(200, SchoolSchema)
def of_school(school_id: UUID) -> dict[str, object]:
    """Everybody of a school."""
    now, scopes = edge().runtime.clock(), signed_in().reads(*PLANNERS, "liaison")
    with reading() as db:
        region = next((each.code for each in known_schools(db, [school_id])), None)
        if region is None or not any(covers(scope, region=region, school=str(school_id)) for scope in scopes):
            raise NotFound(
                Sentence(
                    zh="没有找到这所学校，或者它不在你的范围内。",
                    en="There is no such school, or it is outside your scope.",
                )
            )
        rule = rule_for(rules_of(db), region=region, on=now.astimezone(ZONE).date())
        people = standings(db, school_id, since=now - FIVE_YEARS)
    return {"needed": rule.five_years, "people": people}


@blueprint.get("/rules")
@holders(*PLANNERS)
@blueprint.response(200, RuleSchema(many=True))
def rules() -> list[Rule]:
    """The defaults, then what the regions around and below the reader's own have set, the latest first."""
    own_codes = own_regions(signed_in().scopes(*PLANNERS))
    with reading() as db:
        known = rules_of(db)
    return [Rule(), *(rule for rule in known if any(_near(rule.region_code, code) for code in own_codes))]


@blueprint.post("/rules")
@holders(*PLANNERS)
@blueprint.arguments(RuleForm)
@blueprint.response(201, RuleSchema)
def added(rule: Rule) -> Rule:
    """Let a region count so from a day on. 409 where that day has a rule: what holds is not rewritten."""
    scopes = signed_in().scopes(*PLANNERS)
    return command(lambda tx: set_rule(tx, rule, scopes=scopes).rule)


def _near(region: str, own: str) -> bool:
    """Whether what a region has set holds in one's own, or lies in it."""
    if EVERYWHERE in {region, own}:
        return True
    inner, outer = significant(region), significant(own)
    return inner.startswith(outer) or outer.startswith(inner)
