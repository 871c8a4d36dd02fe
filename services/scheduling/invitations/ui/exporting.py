"""The list of a session or a programme as a workbook: each invited school, and whom it has named."""

from collections.abc import Iterator, Sequence
from uuid import UUID

from werkzeug.wrappers import Response

from services.scheduling.invitations.policies.rights import MAY
from services.scheduling.invitations.ui.asking import ANSWERS, blueprint, read
from services.scheduling.places.queries.reading import overview
from services.scheduling.places.queries.rows import Overview
from services.scheduling.plans.model import ZONE
from shared.text import Sentence
from shared.web.downloads import workbook
from shared.web.edge import reading
from shared.web.rendering import say

#: The columns, as offices head them.
COLUMNS = (
    Sentence(zh="区域", en="Region"),
    Sentence(zh="学校", en="School"),
    Sentence(zh="答复", en="Answer"),
    Sentence(zh="原因", en="Reason"),
    Sentence(zh="姓名", en="Name"),
    Sentence(zh="职务", en="Post"),
    Sentence(zh="参加/候补", en="Takes part or waits"),
    Sentence(zh="报名时间", en="Named at"),
)

_IN = Sentence(zh="参加", en="takes part")


@blueprint.get("/enrolments/<uuid:subject_id>/export.xlsx")
@MAY["see"]
def exported(subject_id: UUID) -> Response:
    """Who was invited, what they answered, who takes part and who waits."""
    with reading() as db:
        shown = overview(db, subject_id, read())
    title = Sentence(zh=f"报名名单 {shown.subject.title}", en=f"People {shown.subject.title}")
    return workbook(say(title), [say(column) for column in COLUMNS], _rows(shown))


def _rows(shown: Overview) -> Iterator[Sequence[str]]:
    asked = {each.id for each in shown.invitations if each.state == "asked"}
    for answer in shown.answers:
        if answer.invitation_id in asked:
            continue
        school = (answer.region, answer.school, say(ANSWERS[answer.state][1]), answer.reason)
        people = [each for each in shown.people if each.answer_id == answer.id]
        if not people:
            yield (*school, "", "", "", "")
        for one in people:
            place = Sentence(zh=f"候补第 {one.rank}", en=f"waits as no. {one.rank}") if one.rank else _IN
            yield (*school, one.name, one.post, say(place), f"{one.named_at.astimezone(ZONE):%Y-%m-%d %H:%M}")
