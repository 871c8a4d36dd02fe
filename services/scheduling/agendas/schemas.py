"""The shape of what is said about a staged agenda, and of the agenda as JSON."""

from typing import Any, NamedTuple

from marshmallow import EXCLUDE, Schema, fields, post_load, pre_load
from marshmallow.validate import Range

from services.scheduling.agendas.queries import Preview
from shared.sheets.problems import Problem
from shared.web.spoken import Line, Strict, Whole

#: Years that a programme may be of.
YEARS = Range(min=2000, max=2099)


class Description(NamedTuple):
    """What the programme is called, of which kind it is, of which year its days are."""

    title: str
    kind: str
    year: int | None


class DescriptionSchema(Strict):
    """The same from a form: what is left open comes as empty text."""

    class Meta:
        """marshmallow's place for options."""

        unknown = EXCLUDE  # a form has fields of its own beside

    title = Line(load_default="")
    kind = Line(required=True)
    year = Whole(load_default=None, allow_none=True, validate=YEARS)

    @pre_load
    def nothing_is_none(self, data: dict[str, Any], **_options: object) -> dict[str, Any]:
        """A year that nobody chose is the workbook's."""
        return {**data, "year": data.get("year") or None}

    @post_load
    def description(self, data: dict[str, Any], **_options: object) -> Description:
        """All three."""
        return Description(**data)


class CorrectionSchema(Strict):
    """Cells of a sheet, as in {"A4": "6月9日"}."""

    sheet = Line(required=True)
    cells = fields.Dict(keys=fields.String(), values=fields.String(), required=True)


class SentenceSchema(Schema):
    """A sentence in both languages."""

    zh = fields.String()
    en = fields.String()


class ProblemSchema(Schema):
    """Something wrong with a cell. row 0: the whole sheet."""

    sheet = fields.String()
    row = fields.Integer()
    column = fields.String()
    severity = fields.String()
    sentence = fields.Nested(SentenceSchema)


class EntrySchema(Schema):
    """A row of the agenda; `taken`: it becomes a session."""

    sheet = fields.String()
    row = fields.Integer()
    title = fields.String()
    kind = fields.String()
    first = fields.Date(allow_none=True)
    last = fields.Date(allow_none=True)
    times = fields.List(fields.List(fields.Time()))
    speakers = fields.List(fields.String())
    place = fields.String()
    taken = fields.Boolean()


class TraineeSchema(Schema):
    """A row of the list; person_id: who of the directory it is, as far as that is settled; offers: who may be meant."""

    sheet = fields.String()
    row = fields.Integer()
    name = fields.String()
    unit = fields.String()
    post = fields.String()
    person_id = fields.UUID(allow_none=True)
    offers = fields.List(fields.Dict())
    taken = fields.Boolean()


class AgendaSchema(Schema):
    """A staged agenda, as it is now."""

    id = fields.UUID()
    version = fields.Integer()
    filename = fields.String()
    state = fields.String()
    title = fields.String()
    kind = fields.String()
    year = fields.Integer(allow_none=True)
    asks_year = fields.Boolean()
    programme_id = fields.UUID(allow_none=True)
    why_not = fields.Nested(SentenceSchema, allow_none=True)
    problems = fields.List(fields.Nested(ProblemSchema))
    entries = fields.List(fields.Nested(EntrySchema))
    trainees = fields.List(fields.Nested(TraineeSchema))


def as_json(found: Preview) -> dict[str, Any]:
    """What `AgendaSchema` writes."""
    made = found.made
    problems: list[Problem] = list(found.book.problems)
    return {
        **{
            name: getattr(made, name)
            for name in ("id", "version", "filename", "state", "kind", "programme_id")
        },
        "title": found.title,
        "year": found.book.agenda.year,
        "asks_year": found.book.asks_year,
        "why_not": found.why_not if made.state == "staged" else None,
        "problems": problems,
        "entries": [
            {
                **{
                    name: getattr(row.entry, name)
                    for name in ("sheet", "row", "title", "kind", "times", "place")
                },
                "first": row.entry.days and row.entry.days[0],
                "last": row.entry.days and row.entry.days[1],
                "speakers": [speaker.name for speaker in row.entry.speakers],
                "taken": row.taken,
            }
            for row in found.entries
        ],
        "trainees": [
            {
                **{name: getattr(row.trainee, name) for name in ("sheet", "row", "name", "unit", "post")},
                "person_id": row.person_id,
                "offers": [
                    {
                        "person_id": str(o.person.id),
                        "name": o.person.name,
                        "unit": o.person.unit.name,
                        "reason": o.reason.zh,
                    }
                    for o in row.match.offers
                ],
                "taken": row.taken,
            }
            for row in found.trainees
        ],
    }
