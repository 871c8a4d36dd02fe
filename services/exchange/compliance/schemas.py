"""Compliance as JSON: shape only."""

from marshmallow import Schema, fields

from shared.web.spoken import Strict, Text, Whole


class ShareSchema(Schema):
    """One rule: so many of so many."""

    part = fields.Integer()
    whole = fields.Integer()
    percent = fields.Float(allow_none=True)
    wanted = fields.Integer()
    answer = fields.String(metadata={"description": "met, missed or not_applicable"})
    lacks = fields.Integer(metadata={"description": "how many more people would meet it"})


class FiguresSchema(Schema):
    """How many people there are behind each number."""

    teachers = fields.Integer()
    eligible = fields.Integer()
    eligible_backbone = fields.Integer()
    exchanged = fields.Integer()
    backbone = fields.Integer()
    planned = fields.Integer()
    planned_backbone = fields.Integer()
    beside = fields.Integer()
    facts_lacking = fields.Integer(attribute="unknown")
    principals = fields.Integer()
    due = fields.Integer()


class StandingSchema(Schema):
    """How a county stands in a school year."""

    region_code = fields.String(attribute="county.code")
    name = fields.String(attribute="county.name.zh")
    figures = fields.Nested(FiguresSchema)
    exchanged = fields.Nested(ShareSchema, attribute="verdict.exchanged")
    backbone = fields.Nested(ShareSchema, attribute="verdict.backbone")
    answer = fields.String(attribute="verdict.answer")
    foretold = fields.String(attribute="verdict.foretold")
    rules_region = fields.String(attribute="held.region_code")
    rules_number = fields.Integer(attribute="held.number")
    closed_at = fields.AwareDateTime(attribute="closed", allow_none=True)


class StandingsSchema(Schema):
    """The counties of a region in a school year."""

    year = fields.Integer()
    counties = fields.List(fields.Nested(StandingSchema))


class PersonSchema(Schema):
    """Somebody behind a number. why: the rule that makes them ineligible, or empty."""

    person_id = fields.UUID()
    name = fields.String()
    region_code = fields.String()
    school = fields.String(attribute="school.zh")
    host = fields.String(attribute="host.zh")
    post = fields.String()
    subject = fields.String()
    backbone = fields.String()
    since = fields.String()
    birth = fields.String()
    why = fields.String()
    exchanged = fields.String(metadata={"description": "yes, planned, beside (not counted) or empty"})
    placement_id = fields.UUID(allow_none=True)


class PeopleSchema(Schema):
    """Some of the people behind a number, and how many there are."""

    people = fields.List(fields.Nested(PersonSchema))
    total = fields.Integer()


class SchoolStageSchema(Schema):
    """A school as one stage of it is compared. have: of indicators 1 to 3. left_out: why it is not compared, or empty."""

    school_id = fields.String()
    name = fields.String()
    stage = fields.String()
    pupils = fields.Integer()
    have = fields.List(fields.Integer())
    left_out = fields.String()


class CoefficientSchema(Schema):
    """The coefficient of variation of one indicator of one stage. value: null where there is nothing to compare."""

    stage = fields.String()
    indicator = fields.String()
    value = fields.Float(allow_none=True)
    limit = fields.Float()
    mean = fields.Float(allow_none=True, metadata={"description": "per 100 pupils"})
    least = fields.Float()
    below = fields.Integer()
    schools = fields.Integer()
    answer = fields.String()


class BalanceSchema(Schema):
    """A county's coefficients and the schools behind them."""

    coefficients = fields.List(fields.Nested(CoefficientSchema))
    schools = fields.List(fields.Nested(SchoolStageSchema))


class ClosingSchema(Strict):
    """Which school year is closed."""

    year = Whole(required=True)


class ReopeningInSchema(Strict):
    """Which school year is opened again, and why."""

    year = Whole(required=True)
    reason = Text(required=True)


class ReopeningSchema(Schema):
    """A closed school year that was opened again. figures: as they had been closed."""

    year = fields.Integer()
    region_code = fields.String()
    number = fields.Integer()
    figures = fields.Nested(FiguresSchema)
    closed_at = fields.AwareDateTime()
    reason = fields.String()
    at = fields.AwareDateTime()


class ClosedSchema(Schema):
    """A county's school year that is closed."""

    year = fields.Integer()
    region_code = fields.String()
    figures = fields.Nested(FiguresSchema)
    at = fields.AwareDateTime()
