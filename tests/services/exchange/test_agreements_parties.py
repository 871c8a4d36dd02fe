"""Agreements between schools and groups, by form and as JSON: whose answer it is, and who else may look."""

from typing import Any
from uuid import UUID

import sqlalchemy as sa
from werkzeug.test import TestResponse

from services.exchange.agreements.model import Agreement, Content
from shared.contracts.directory import GroupChanged
from shared.contracts.exchange import ExchangeTask
from shared.ids import named
from shared.roster import roster_schools
from tests.builders import DELINGHA, GOLMUD, PARTNER, House
from tests.services.exchange.office import HAIXI, HOME, HOST, LIU, OURS, QIXINGGUAN, THEIRS, plan, proposed

GROUP = named("group", "格尔木一中教育集团")
MEMBER = f"liaison@school:{DELINGHA}"
FORM: dict[str, Any] = {
    "title": "两校交流协议",
    "starts_on": "2025-09-01",
    "ends_on": "2028-08-31",
    "line_kind": ["support_teaching"],
    "line_number": ["1"],
    "notice_days": "30",
}
TERMS: dict[str, Any] = {
    "title": "集团与七星关区交流协议",
    "starts_on": "2025-09-01",
    "ends_on": "2028-08-31",
    "lines": [{"kind": "support_teaching", "number": 2}],
    "criteria": ["县级以上骨干"],
    "subsidies": {"support_teaching": 200_050},
}
API = "/exchange/api/v1/agreements"


def grouped(office: House) -> None:
    office.hear(
        GroupChanged(
            group_id=GROUP,
            version=1,
            name="格尔木一中教育集团",
            lead_school_id=GOLMUD,
            member_ids=(DELINGHA,),
        )
    )


def said(answer: TestResponse) -> Any:
    """The body."""
    return answer.json


def asked_of(office: House) -> tuple[str, ...]:
    """Of whom the newest task asks."""
    return [each for each in office.said() if isinstance(each, ExchangeTask)][-1].audiences


def test_two_schools_agree_by_their_liaisons_and_nobody_answers_for_them(office: House) -> None:
    form = office.client(HOME).get("/exchange/agreements/new").text
    assert f'value="school:{GOLMUD}"' in form
    assert (
        f'value="school:{PARTNER}"' not in form
    )  # of thousands of schools one's own are offered; others are named
    with office.database.reading() as db:
        name = db.scalar(sa.select(roster_schools.c.name).where(roster_schools.c.school_id == PARTNER))
    wrong = office.client(HOME).post(
        "/exchange/agreements", data={**FORM, "parties": f"school:{GOLMUD}", "schools": "没有的学校"}
    )
    assert (wrong.status_code, "没有的学校</textarea>" in wrong.text) == (422, True)
    assert "名录里没有，或有同名：没有的学校" in wrong.text
    made = office.client(HOME).post(
        "/exchange/agreements", data={**FORM, "parties": f"school:{GOLMUD}", "schools": name}
    )
    assert made.status_code == 303, made.text
    path = made.headers["Location"]
    id_ = UUID(path.rpartition("/")[2])

    assert office.client(HOME).post(f"{path}/steps", data={"verb": "ask", "seen": "1"}).status_code == 303
    assert asked_of(office) == (f"liaison@school:{PARTNER}",)
    assert office.client(THEIRS).get(path).status_code == 404  # a draft of theirs alone, until it is in force
    with office.database.reading() as db:
        content = db.get(Content, (id_, 1))
    assert content is not None
    yes = {"number": "1", "sha256": content.sha256, "answer": "approve"}
    assert office.client(OURS).post(f"{path}/answers", data=yes).status_code == 404
    assert office.client(HOST).post(f"{path}/answers", data=yes).status_code == 303

    assert (
        office.client(THEIRS).get(path).status_code == 200
    )  # in force: who looks after a school's region looks at it
    assert office.client(MEMBER).get(path).status_code == 404
    proposed(office, plan(agreement_id=id_, person_id=LIU))


def test_a_group_answers_by_its_lead_school_and_all_of_it_as_json(office: House) -> None:
    grouped(office)
    theirs, lead, member = office.client(THEIRS), office.client(HOME), office.client(MEMBER)
    parties = [f"region:{QIXINGGUAN}", f"group:{GROUP}"]
    wrong = theirs.post(
        API, json={"parties": parties, "terms": {**TERMS, "lines": [], "ends_on": "2025-01-01"}}
    )
    assert wrong.status_code == 422
    assert set(said(wrong)["errors"]["terms"]) == {"lines", "ends_on"}
    unknown = theirs.post(API, json={"parties": [*parties, f"school:{GROUP}"], "terms": TERMS})
    assert (unknown.status_code, list(said(unknown)["errors"])) == (422, ["parties"])
    assert (
        lead.post(API, json={"parties": [f"region:{HAIXI}", parties[0]], "terms": TERMS}).status_code == 403
    )

    made = theirs.post(API, json={"parties": parties, "terms": TERMS})
    assert made.status_code == 201, made.text
    path = made.headers["Location"]
    assert said(made)["agreement"]["state"] == "draft"
    asked = theirs.post(f"{path}/steps", json={"verb": "ask", "seen": 1})
    assert (said(asked)["agreement"]["waiting"], asked.headers["ETag"]) == ([f"group:{GROUP}"], '"2"')
    assert asked_of(office) == (f"liaison@school:{GOLMUD}",)
    first = {"number": 1, "sha256": said(asked)["contents"][0]["sha256"], "approved": True}
    more = {**TERMS, "lines": [{"kind": "support_teaching", "number": 3}]}
    assert theirs.post(f"{path}/revision", json={"terms": more, "seen": 1}).status_code == 412
    revised = theirs.post(f"{path}/revision", json={"terms": more, "seen": 2, "note": "再加一人"})
    assert (revised.status_code, said(revised)["agreement"]["content"]) == (200, 2)

    assert member.get(path).status_code == 404
    assert lead.post(f"{path}/answers", json=first).status_code == 409
    assert said(lead.get(f"{path}/differences")) == {
        "of": 1,
        "to": 2,
        "differences": [
            {"field": "lines", "was": "support_teaching · 2", "now": None},
            {"field": "lines", "was": None, "now": "support_teaching · 3"},
        ],
    }
    newest = said(revised)["contents"][0]
    reply = {"number": 2, "sha256": newest["sha256"], "approved": False}
    no_reason = lead.post(f"{path}/answers", json=reply)
    assert (no_reason.status_code, list(said(no_reason)["errors"])) == (422, ["reason"])
    rejected = lead.post(f"{path}/answers", json={**reply, "reason": "名额太多"})
    assert said(rejected)["agreement"]["state"] == "rejected"
    again = theirs.post(
        f"{path}/revision", json={"terms": TERMS, "seen": said(rejected)["agreement"]["version"]}
    )
    assert said(again)["agreement"]["state"] == "draft"
    asked = theirs.post(f"{path}/steps", json={"verb": "ask", "seen": said(again)["agreement"]["version"]})
    newest = said(asked)["contents"][0]
    agreed = lead.post(f"{path}/answers", json={"number": 3, "sha256": newest["sha256"], "approved": True})
    assert (said(agreed)["agreement"]["state"], said(agreed)["agreement"]["in_force"]) == ("agreed", 3)
    assert [(each["number"], each["approved"]) for each in said(agreed)["answers"]] == [
        (1, True),
        (2, False),
        (2, True),
        (3, True),
        (3, True),
    ]

    assert member.get(path).status_code == 200
    assert [each["title"] for each in said(member.get(API))["agreements"]] == [TERMS["title"]]
    lost = lead.post(f"{path}/steps", json={"verb": "terminate", "on": "2025-06-04", "reason": "不办了"})
    assert (lost.status_code, list(said(lost)["errors"])) == (422, ["on"])
    with office.database.reading() as db:
        kept = db.get(Agreement, UUID(path.rpartition("/")[2]))
    assert kept is not None
    assert kept.state == "agreed"
