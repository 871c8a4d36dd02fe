"""Items as JSON: made, revised as seen, published by whom the rule says, read by those they are open to."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import TestResponse

from services.resources.app import service
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
    assert mine.post(PATH, json={**SAID, "kind": "song"}).status_code == 422
    made = mine.post(PATH, json=SAID)
    at, tag = made.headers["Location"], made.headers["ETag"]
    assert (made.status_code, said(made)["state"], said(made)["makers"][0]["name"]) == (
        201,
        "draft",
        "格尔木市第一中学",
    )
    assert reader.get(at).status_code == 404

    draft = {"title": "圆的面积（修订）", "licence": "CC-BY-4.0"}
    revised = mine.put(f"{at}/draft", json=draft, headers={"If-Match": tag})
    assert (revised.status_code, said(revised)["title"]) == (200, "圆的面积（修订）")
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
