"""Who publishes, by a region's rule; what readers think of a version; what harvesters hear. Through the pages."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from services.resources.app import service
from services.resources.harvesting import policies
from shared.auth import Principal
from shared.auth.grants import Grant
from shared.auth.tokens import Signer
from shared.contracts.directory import RegionChanged
from shared.contracts.resources import ResourcesTask
from shared.ids import uuid7
from tests.builders import DELINGHA, GOLMUD, PARTNER, House, house, three_schools

MINE, LIAISON = f"teacher@school:{GOLMUD}", f"liaison@school:{GOLMUD}"
COUNTY, PREFECTURE = "coordinator@region:632801", "coordinator@region:632800"
READER, ABROAD = f"teacher@school:{DELINGHA}", f"teacher@school:{PARTNER}"
FORM = {"title": "圆的面积", "kind": "course", "school_id": str(GOLMUD), "audience": "all"}
OAI = {"o": "http://www.openarchives.org/OAI/2.0/", "dc": "http://purl.org/dc/elements/1.1/"}


@pytest.fixture
def place(tmp_path: Path) -> Iterator[House]:
    with house(service, tmp_path) as made:
        made.hear(*three_schools())
        yield made


def enter(place: House, **said: str) -> str:
    return str(place.client(MINE).post("/resources/items", data={**FORM, **said}).headers["Location"])


def tasks(place: House) -> list[tuple[tuple[str, ...], bool]]:
    """For whom each task was told, in order, and whether it waits."""
    return [(e.audiences, e.closed_at is None) for e in place.said() if isinstance(e, ResourcesTask)]


def test_who_publishes_is_whom_the_regions_rule_says_and_the_task_goes_to_them(place: House) -> None:
    region = RegionChanged(
        code="632801",
        version=1,
        name="格尔木市",
        name_en="Golmud",
        level="county",
        parent_code="632800",
        zone="",
    )
    place.hear(region)
    at, rules = enter(place), "/resources/review-rules"
    assert place.client(MINE).post(f"{at}/submission").status_code == 303
    assert place.client(LIAISON).post(f"{at}/publication").status_code == 403
    assert place.client(COUNTY).post(f"{at}/return", data={"reason": "补答案"}).status_code == 303
    assert tasks(place) == [(("coordinator@region:632801",), True), (("coordinator@region:632801",), False)]

    rule = {"region_code": "632801", "by": "prefecture"}
    assert place.client(COUNTY).post(rules, data={**rule, "by": "nobody"}).status_code == 422
    assert place.client("coordinator@region:520502").post(rules, data=rule).status_code == 403
    assert place.client(COUNTY).post(rules, data=rule).status_code == 303
    assert "地（州、市）或上级管理人员审核" in place.client(COUNTY).get(rules).text
    assert place.client(MINE).post(f"{at}/submission").status_code == 303
    assert tasks(place)[2:] == [(("coordinator@region:632800",), True)]
    assert place.client(COUNTY).post(f"{at}/publication").status_code == 403
    assert place.client(PREFECTURE).post(f"{at}/publication").status_code == 303
    assert tasks(place)[3:] == [(("coordinator@region:632800",), False)]
    page = place.client(MINE).get(at).text
    assert all(each in page for each in ("审核经过", "补答案", "已通过"))

    # What a prefecture says holds in its counties that say nothing; the liaison's word is enough then.
    assert place.client(COUNTY).post(rules, data={**rule, "by": "above"}).status_code == 303
    said = {"region_code": "632800", "by": "school"}
    assert place.client(COUNTY).post(rules, data=said).status_code == 403
    assert place.client(PREFECTURE).post(rules, data=said).status_code == 303
    other = enter(place, title="又一件")
    place.client(MINE).post(f"{other}/submission")
    assert tasks(place)[4:] == [((f"liaison@school:{GOLMUD}",), True)]
    assert place.client(f"liaison@school:{DELINGHA}").post(f"{other}/publication").status_code == 404
    assert place.client(LIAISON).post(f"{other}/publication").status_code == 303


def test_a_rating_is_of_the_version_that_was_read(place: House) -> None:
    at, reader = enter(place), place.client(READER)
    rating = f"{at}/ratings"
    assert reader.post(rating, data={"stars": "5"}).status_code == 404  # a draft is not theirs to read
    place.client(COUNTY).post(f"{at}/publication")
    assert reader.post(rating, data={"stars": "6", "text": "留着这句"}).status_code == 422
    assert "留着这句" in reader.post(rating, data={"stars": "", "text": "留着这句"}).text
    assert place.client(MINE).post(rating, data={"stars": "5"}).status_code == 409  # one's own
    assert reader.post(rating, data={"stars": "2", "text": "太难"}).status_code == 303
    assert reader.post(rating, data={"stars": "4", "text": "第二遍好多了"}).status_code == 303
    other = place.client()
    abroad = Principal(account=uuid7(), grants=(Grant.parse(ABROAD),))
    other.set_cookie("tongxing", Signer(place.key).sign(abroad, session=uuid7(), now=place.clock()))
    assert other.post(rating, data={"stars": "1"}).status_code == 303
    page = reader.get(rating).text
    assert "太难" not in page
    assert all(each in page for each in ("第二遍好多了", "2.5 分，2 人评价", "德令哈市第一小学"))
    assert "<strong>2.5</strong>" in reader.get(at).text

    place.client(MINE).post(f"{at}/versions")
    place.client(COUNTY).post(f"{at}/publication")
    page = reader.get(rating).text
    assert "现行版本还没有人评价" in page
    assert "（旧版）" in page
    assert reader.post(rating, data={"stars": "5"}).status_code == 303
    assert "5.0 分，1 人评价" in reader.get(rating).text
    assert reader.post(f"{rating}/removal").status_code == 303
    assert "现行版本还没有人评价" in reader.get(rating).text


def oai(place: House, **said: str) -> ET.Element:
    answer = place.client().get("/resources/oai", query_string=said)
    assert (answer.status_code, answer.mimetype) == (200, "text/xml")
    return ET.fromstring(answer.data)  # noqa: S314  our own answer


def headers(root: ET.Element) -> list[tuple[str, str | None]]:
    return [
        (str(head.findtext("o:identifier", namespaces=OAI)).rpartition(":")[2], head.get("status"))
        for head in root.iter(f"{{{OAI['o']}}}header")
    ]


def test_harvesters_hear_what_is_open_to_everybody_and_when_it_is_no_more(
    place: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.resources.harvesting.ui.AT_ONCE", 2)
    assert oai(place, verb="Identify").find(".//o:baseURL", OAI) is not None
    empty = oai(place, verb="ListRecords", metadataPrefix="oai_dc").find("o:error", OAI)
    assert empty is not None
    assert empty.get("code") == "noRecordsMatch"
    ids = []
    for number in range(3):
        at = enter(place, title=f"第{number}件 <b>&", summary="给全部区域")
        place.client(COUNTY).post(f"{at}/publication")
        place.clock.move(timedelta(minutes=1))
        ids.append(at.rpartition("/")[2])
    closed = enter(place, audience="region")
    place.client(COUNTY).post(f"{closed}/publication")

    root = oai(place, verb="ListRecords", metadataPrefix="oai_dc")
    assert headers(root) == [(ids[0], None), (ids[1], None)]
    assert [each.text for each in root.iter(f"{{{OAI['dc']}}}title")] == ["第0件 <b>&", "第1件 <b>&"]
    token = root.findtext(".//o:resumptionToken", namespaces=OAI)
    assert headers(oai(place, verb="ListRecords", resumptionToken=str(token))) == [(ids[2], None)]
    for said, code in (
        ({"verb": "Sing"}, "badVerb"),
        ({"verb": "ListRecords"}, "badArgument"),
        ({"verb": "ListRecords", "resumptionToken": "WzFd"}, "badResumptionToken"),
        ({"verb": "ListRecords", "metadataPrefix": "marc"}, "cannotDisseminateFormat"),
        ({"verb": "ListRecords", "metadataPrefix": "oai_dc", "from": "yesterday"}, "badArgument"),
        ({"verb": "GetRecord", "metadataPrefix": "oai_dc", "identifier": "oai:x:1"}, "idDoesNotExist"),
    ):
        error = oai(place, **said).find("o:error", OAI)
        assert (said, error is not None and error.get("code")) == (said, code)

    anybody = place.client()
    said = json.loads(anybody.get(f"/resources/public/{ids[0]}.jsonld").data)
    assert (said["name"], said["license"]) == (
        "第0件 <b>&",
        "https://creativecommons.org/licenses/by-nc/4.0/",
    )
    page = anybody.get(f"/resources/public/{ids[0]}").text
    assert "application/ld+json" in page
    assert "<b>&" not in page
    assert anybody.get(f"/resources/public/{closed.rpartition('/')[2]}").status_code == 404

    place.client(COUNTY).post(f"/resources/items/{ids[0]}/retirement", data={"reason": "过时"})
    later = oai(
        place, verb="ListIdentifiers", metadataPrefix="oai_dc", **{"from": policies.stamp(place.clock())}
    )
    assert headers(later) == [(ids[0], "deleted")]
    assert anybody.get(f"/resources/public/{ids[0]}").status_code == 404
