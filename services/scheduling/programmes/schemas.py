"""The shape of programmes as JSON and as forms: shape only; what an outline may be is for `Outline` to say."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from marshmallow import EXCLUDE, Schema, ValidationError, fields, post_load, pre_load
from marshmallow.validate import Length

from services.scheduling.programmes.model import MOST_TRAINEES, Entrant, Outline
from shared.text import Sentence
from shared.web.spoken import Id, Line, Many, Strict, Text, Whole


class OutlineSchema(Strict):
    """What a programme is."""

    title = Line(required=True)
    kind = Line(load_default="training_class")
    outcome = Text(load_default="")
    hours = Whole(load_default=None, allow_none=True)

    @post_load
    def outline(self, data: dict[str, Any], **_options: object) -> Outline:
        """The outline; raises with all of its faults at once."""
        return _outline(**data)


class Draft(NamedTuple):
    """An outline, and for which region it is hosted; empty where who asks hosts for one only."""

    outline: Outline
    host_region: str


class DraftProgrammeSchema(OutlineSchema):
    """What a programme is and who hosts it: six digits of GB/T 2260."""

    host_region = Line(load_default="")

    @post_load
    def outline(self, data: dict[str, Any], **_options: object) -> Draft:
        """The outline and the region."""
        host_region = data.pop("host_region")
        return Draft(_outline(**data), host_region)


class FormSchema(DraftProgrammeSchema):
    """The same as a browser's form sends it: what is left open comes as empty text."""

    class Meta:
        """marshmallow's place for options."""

        unknown = EXCLUDE  # a form has fields of its own beside

    @pre_load
    def nothing_is_none(self, data: Mapping[str, Any], **_options: object) -> dict[str, Any]:
        """Hours that nobody filled in are not settled."""
        return {**data, "hours": data.get("hours") or None}


class EntrantSchema(Strict):
    """Somebody to be put on a roster; without `person_id` only written."""

    name = Line(required=True)
    unit = Line(load_default="")
    post = Line(load_default="")
    phone = Line(load_default="")
    person_id = Id(load_default=None, allow_none=True)

    @post_load
    def entrant(self, data: dict[str, Any], **_options: object) -> Entrant:
        """The value."""
        return Entrant(**data)


class EntrantsSchema(Strict):
    """People to be put on a roster; override: why they are to come although they are busy."""

    trainees = Many(fields.Nested(EntrantSchema), required=True, validate=Length(min=1, max=MOST_TRAINEES))
    override = Line(load_default=None, allow_none=True)


class ReleaseSchema(Strict):
    """Why a programme is to be released although others have what it needs, if it is."""

    override = Line(load_default=None, allow_none=True)


class RecallSchema(Strict):
    """Why a programme is recalled; its schools will read it."""

    reason = Line(required=True)


class ProgrammeSchema(Schema):
    """A programme as its planners see it. starts_at, ends_at: of its sessions; sessions, drafts, trainees: how many."""

    id = fields.UUID()
    version = fields.Integer()
    title = fields.String()
    kind = fields.String()
    host_region = fields.String()
    outcome = fields.String()
    hours = fields.Integer(allow_none=True)
    starts_at = fields.AwareDateTime(allow_none=True)
    ends_at = fields.AwareDateTime(allow_none=True)
    released_at = fields.AwareDateTime(allow_none=True)
    sessions = fields.Integer()
    drafts = fields.Integer()
    trainees = fields.Integer()


class ProgrammeTraineeSchema(Schema):
    """Somebody on a roster. school: at which the directory has them."""

    id = fields.UUID()
    ordinal = fields.Integer()
    person_id = fields.UUID(allow_none=True)
    name = fields.String()
    unit = fields.String()
    post = fields.String()
    source = fields.String()
    school = fields.String()


#: What the form calls its fields.
NAMES: Mapping[str, Sentence] = {
    "title": Sentence(zh="项目名称", en="Title"),
    "kind": Sentence(zh="项目类型", en="Kind"),
    "host_region": Sentence(zh="主办区域", en="Hosted for"),
    "outcome": Sentence(zh="成果要求", en="What has to be handed in"),
    "hours": Sentence(zh="学时", en="Hours (学时)"),
    "trainees": Sentence(zh="学员", en="Trainees"),
}


def _outline(**said: Any) -> Outline:  # noqa: ANN401  what the schema has loaded
    outline = Outline(**said)
    if faults := outline.faults():
        raise ValidationError({field: [sentence] for field, sentence in faults.items()})
    return outline
