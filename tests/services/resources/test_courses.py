"""The parts of a course: in order, each place once, seen as far as they are open."""

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from services.resources.courses.model import CoursePart
from tests.builders import DELINGHA, GOLMUD, House

MINE, COUNTY, READER = (
    f"teacher@school:{GOLMUD}",
    "coordinator@region:632801",
    f"teacher@school:{DELINGHA}",
)


def enter(place: House, title: str, kind: str = "lesson_plan") -> str:
    form = {"title": title, "kind": kind, "school_id": str(GOLMUD), "audience": "region"}
    return str(place.client(MINE).post("/resources/items", data=form).headers["Location"])


def order(place: House) -> list[tuple[int, str]]:
    with place.database.reading() as db:
        rows = db.execute(sa.select(CoursePart.index, CoursePart.item_id).order_by(CoursePart.index))
        return [(index, str(item)) for index, item in rows]


def test_parts_have_one_place_each_and_readers_see_those_that_are_open(either: House) -> None:
    course, mine = enter(either, "竹韵", "course"), either.client(MINE)
    first, second, third = [enter(either, f"第{n}课") for n in "一二三"]
    ids = [each.rpartition("/")[2] for each in (first, second, third)]
    for each in ids:
        assert mine.post(f"{course}/parts", data={"item_id": each}).status_code == 303
    assert mine.post(f"{course}/parts", data={"item_id": ids[0]}).status_code == 422
    assert mine.post(f"{course}/parts", data={"item_id": course.rpartition("/")[2]}).status_code == 422
    assert mine.post(f"{first}/parts", data={"item_id": ids[1]}).status_code == 409
    assert either.client(READER).post(f"{course}/parts", data={"item_id": ids[0]}).status_code == 404
    assert mine.post(f"{course}/parts/{ids[2]}/up").status_code == 303
    assert order(either) == [(1, ids[0]), (2, ids[2]), (3, ids[1])]
    with pytest.raises(IntegrityError), either.database.begin() as db:
        db.execute(sa.update(CoursePart).where(CoursePart.index == 3).values(index=1))
    for each in (course, first):
        either.client(COUNTY).post(f"{each}/publication")
    page = either.client(READER).get(f"{course}/parts").text
    assert "第一课" in page
    assert "第三课" not in page
    shown = either.client(READER).get(course).text  # the course's own page shows them, too
    assert ("第一课" in shown, "第三课" in shown) == (True, False)
    assert mine.post(f"{course}/parts/{ids[0]}/removal").status_code == 303
    assert mine.post(f"{course}/parts/{ids[0]}/removal").status_code == 404
    assert order(either) == [(1, ids[2]), (2, ids[1])]
