"""The shapes of figures."""

from marshmallow import Schema, fields


class UsedSchema(Schema):
    """How often a school's people used an item, by kind: `view`, `download`, `play`, `taught`. school_id: none, who is of none."""

    school_id = fields.UUID(allow_none=True)
    uses = fields.Dict(keys=fields.String(), values=fields.Integer())


class ItemUseSchema(Schema):
    """Who uses an item. not_counted: clicks that the figures of all items do not hold yet; since: of the oldest of these."""

    schools = fields.List(fields.Nested(UsedSchema))
    weeks = fields.Dict(keys=fields.Date(), values=fields.Integer())
    not_counted = fields.Integer()
    since = fields.AwareDateTime(allow_none=True)


class StandingSchema(Schema):
    """A school: what it shares, how much others use of that, and how much it uses of others', within a year."""

    school_id = fields.UUID(attribute="school.id")
    code = fields.String(attribute="school.code")
    name = fields.String(attribute="school.name")
    items = fields.Integer()
    rooms = fields.Integer()
    lent_items = fields.Integer()
    lent_rooms = fields.Integer()
    taken_items = fields.Integer()
    taken_rooms = fields.Integer()
