"""Items as JSON: made, revised as seen, published by whom the rule says, read by those they are open to."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import TestResponse

from services.resources.app import service
from shared.contracts.directory import RegionChanged
from tests.builders import DELINGHA, GOLMUD, PARTNER, House, house, three_schools

MINE, COUNTY = f"teacher@school:{GOLMUD}", "coordinator@region:632801"
READER, ABROAD = f"teacher@school:{DELINGHA}", f"teacher@school:{PARTNER}"
PATH = "/resources/api/v1/items"
SAID = {
    "kind": "course",
    "title": "圆的面积",
    "subject": "数学",
    "school_id": str(GOLMUD),
    "audience": "region",
}


@pytest.fixture
def place(tmp_path: Path) -> Iterator[House]:
    with house(service, tmp_path) as made:
        made.hear(*three_schools())
        yield made


def said(answer: TestResponse) -> Any:
    return answer.json


def test_an_item_from_draft_to_a_second_version(place: House) -> None:
    mine, county, reader = place.client(MINE), place.client(COUNTY), place.client(READER)
    assert mine.post(PATH, json={**SAID, "school_id": str(PARTNER)}).status_code == 403
    for wrong in ({"kind": "song"}, {"language": "xx"}):
        assert mine.post(PATH, json={**SAID, **wrong}).status_code == 422
    made = mine.post(PATH, json=SAID)
    at, tag = made.headers["Location"], made.headers["ETag"]
    assert (made.status_code, said(made)["state"], said(made)["makers"][0]["name"]) == (
        201,
        "draft",
        "格尔木市第一中学",
    )
    assert reader.get(at).status_code == 404
    closed = reader.get(f"/resources/items/{said(made)['id']}")
    assert (closed.status_code, f"{said(made)['id']}/access" in closed.text) == (404, True)

    draft = {"title": "圆的面积（修订）", "licence": "CC-BY-4.0", "language": "bo"}
    revised = mine.put(f"{at}/draft", json=draft, headers={"If-Match": tag})
    assert (revised.status_code, said(revised)["title"], said(revised)["language"]) == (
        200,
        "圆的面积（修订）",
        "bo",
    )
    assert mine.put(f"{at}/draft", json=draft, headers={"If-Match": tag}).status_code == 412
    assert said(mine.post(f"{at}/submission"))["state"] == "review"
    assert mine.post(f"{at}/submission").status_code == 409
    assert mine.post(f"{at}/publication").status_code == 403
    assert said(county.post(f"{at}/publication"))["state"] == "published"

    again = said(mine.post(f"{at}/versions"))
    assert (again["index"], again["published_at"]) == (2, None)
    mine.put(f"{at}/draft", json={"title": "第二版"})
    # Whoever does not make it reads the published version, whichever they name.
    assert said(reader.get(f"{at}?version={again['version_id']}"))["title"] == "圆的面积（修订）"
    assert said(mine.get(f"{at}?version={again['version_id']}"))["title"] == "第二版"

    for who, count in ((reader, 1), (place.client(ABROAD), 0)):
        for query in ("", "?q=面积", "?kind=course&subject=数学" if who is not reader else ""):
            answer = who.get(f"{PATH}{query}")
            assert (len(said(answer)), answer.headers["X-Total-Count"]) == (count, str(count))
    opened = mine.put(f"{at}/audiences", json={"audience": "all"})
    assert said(opened)["audiences"] == ["all"]
    assert len(said(place.client(ABROAD).get(PATH))) == 1
    assert said(county.post(f"{at}/retirement", json={"reason": "过时"}))["state"] == "retired"
    assert reader.get(at).status_code == 404


def test_parts_ratings_and_use_are_there_for_programs_too(place: House) -> None:
    mine, county, reader = place.client(MINE), place.client(COUNTY), place.client(READER)
    course = mine.post(PATH, json=SAID).headers["Location"]
    lessons = [mine.post(PATH, json={**SAID, "kind": "reading", "title": each}) for each in ("一", "二")]
    ids = [said(each)["id"] for each in lessons]
    assert mine.post(f"{course}/parts", json={"item_id": "none"}).status_code == 422
    assert reader.post(f"{course}/parts", json={"item_id": ids[0]}).status_code == 404
    for each in ids:
        assert mine.post(f"{course}/parts", json={"item_id": each}).status_code == 200
    moved = mine.post(f"{course}/parts/{ids[1]}/up")
    assert [(part["index"], part["title"]) for part in said(moved)] == [(1, "二"), (2, "一")]
    assert mine.delete(f"{course}/parts/{ids[1]}").status_code == 204
    for each in (course, lessons[0].headers["Location"]):
        assert county.post(f"{each}/publication").status_code == 200
    assert [part["item_id"] for part in said(reader.get(f"{course}/parts"))] == [ids[0]]

    assert reader.put(f"{course}/ratings/own", json={"stars": 6}).status_code == 422
    assert mine.put(f"{course}/ratings/own", json={"stars": 5}).status_code == 409
    rated = said(reader.put(f"{course}/ratings/own", json={"stars": 4, "text": "好用"}))
    assert rated["versions"] == [{"index": 1, "count": 1, "mean": 4.0}]
    assert [(each["stars"], each["text"], each["own"]) for each in rated["ratings"]] == [(4, "好用", True)]
    assert reader.delete(f"{course}/ratings/own").status_code == 204
    assert said(mine.get(f"{course}/ratings")) == {"versions": [], "ratings": []}

    assert said(reader.get(f"{course}/use")) == {"schools": [], "weeks": {}, "not_counted": 0, "since": None}
    assert place.client(ABROAD).get(f"{course}/use").status_code == 404
    everybody = said(place.client(COUNTY).get("/resources/api/v1/use"))
    assert [(each["name"], each["items"]) for each in everybody] == [("格尔木市第一中学", 2)]


def test_who_made_it_is_named_and_found_by_name(place: House) -> None:
    mine, county = place.client(MINE), place.client(COUNTY)
    made = mine.post(PATH, json={**SAID, "people": "王立群、 李文博，Anna Lee，王立群"})
    at = made.headers["Location"]
    assert said(made)["people"] == ["王立群", "李文博", "Anna Lee"]
    assert mine.post(PATH, json={**SAID, "people": "名" * 201}).status_code == 422
    mine.put(f"{at}/audiences", json={"audience": "all"})
    county.post(f"{at}/publication")

    assert [each["title"] for each in said(place.client(READER).get(f"{PATH}?q=文博"))] == [SAID["title"]]
    page = place.client(READER).get(f"/resources/items/{said(made)['id']}").text
    assert "王立群、李文博、Anna Lee" in page
    public = place.client().get(f"/resources/public/{said(made)['id']}.jsonld").get_json(force=True)
    assert [each["name"] for each in public["creator"]] == ["王立群", "李文博", "Anna Lee"]


def test_lists_and_rules_are_there_for_programs_too(place: House) -> None:
    mine, county = place.client(MINE), place.client(COUNTY)
    head = ["类别", "名称", "提供学校", "语言", "共享范围"]
    rows = [
        head,
        ["课程", "盐湖", "格尔木市第一中学", "藏语", "全州"],
        ["歌曲", "x", "格尔木市第一中学", "", None],
    ]
    for new, known in ((1, 0), (0, 1)):
        brought = said(mine.post(f"{PATH}/lists", json={"rows": rows}))
        assert (brought["new"], brought["known"], list(brought["problems"])) == (new, known, ["3"])
    assert mine.post(f"{PATH}/lists", json={"rows": []}).status_code == 422
    assert mine.post(f"{PATH}/lists", json={"rows": "课程"}).status_code == 422
    [item] = said(mine.get(PATH))
    assert (item["title"], item["language"], item["state"]) == ("盐湖", "bo", "draft")
    every = {"id": [item["id"]], "what": "stage", "stage": "junior"}
    assert said(mine.post(f"{PATH}/changes", json=every)) == {"done": 1, "left": {}}
    assert list(said(mine.post(f"{PATH}/changes", json={**every, "what": "publish"}))["left"]) == ["盐湖"]

    place.hear(RegionChanged(code="632801", version=1, name="格尔木市", level="county"))
    rules = "/resources/api/v1/review-rules"
    assert {row["by"] for row in said(county.get(rules))} == {"county"}
    told = said(county.put(rules, json={"region_code": "632801", "by": "school"}))
    assert [row["by"] for row in told if row["own"]] == ["school"]
    assert county.put(rules, json={"region_code": "520502", "by": "school"}).status_code == 403
    assert county.put(rules, json={"region_code": "632801", "by": "nobody"}).status_code == 422
