"""Through the pages: a teacher makes an item with files, its region publishes it, others take it away, and that is counted."""

import io
import re
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from services.resources.app import service
from services.resources.files.model.stored import Attachment, Stored
from services.resources.items.model.item import Item, Version
from services.resources.use.commands import count
from services.resources.use.model import Click, Count
from services.resources.use.policies import NO_SCHOOL
from shared.ids import uuid7
from tests.builders import DELINGHA, GOLMUD, PARTNER, House, house, three_schools
from tests.services.resources.sending import TEACHER, Sender, a_text_pdf, a_word, served, work

REGION, OTHERS, ABROAD = (
    "coordinator@region:632800",
    f"teacher@school:{DELINGHA}",
    f"teacher@school:{PARTNER}",
)
AGENT = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"}
FORM = {"title": "圆的面积", "kind": "lesson_plan", "school_id": str(GOLMUD), "audience": "region"}
PDF, WORD = a_text_pdf("Area of a circle"), a_word("圆的面积")


@pytest.fixture
def place(tmp_path: Path) -> Iterator[House]:
    with house(service, tmp_path) as made:
        made.hear(*three_schools())
        yield made


def entered(place: House) -> tuple[UUID, UUID]:
    """An item of the first school, made by the form: its id and its draft's."""
    answer = place.client(TEACHER).post("/resources/items", data=FORM)
    assert answer.status_code == 303, answer.text
    item = UUID(answer.headers["Location"].rpartition("/")[2])
    with place.database.reading() as db:
        return item, db.scalars(sa.select(Version.id).where(Version.item_id == item)).one()


def with_files(place: House) -> tuple[UUID, dict[str, UUID]]:
    """The item with two files, sent for its draft and examined; and a film that no test needs to be a real one."""
    item, version = entered(place)
    with served(place) as base:
        sender = Sender(place, base, TEACHER)
        for name, content in (("圆.pdf", PDF), ("教案.docx", WORD)):
            sender.send(name, content, version=version)
        work(place)
    with place.database.begin() as db:
        film = Stored(
            id=uuid7(),
            sha256="f" * 64,
            size=1000,
            media_type="video/mp4",
            key="films/one",
            text="",
            preview="",
            pages=0,
            stored_at=place.clock(),
            read_at=place.clock(),
            trouble_zh="",
            trouble_en="",
        )
        db.add(film)
        db.flush()
        shot = Attachment(
            id=uuid7(),
            version_id=version,
            stored_id=film.id,
            position=9,
            name="片.mp4",
            link="",
            added_by="account:chen",
            added_at=place.clock(),
        )
        db.add(shot)
    sender.depot.put("films/one", [b"0123456789" * 100])
    with place.database.reading() as db:
        rows = db.execute(sa.select(Attachment.name, Attachment.id).where(Attachment.version_id == version))
        return item, {row.name: row.id for row in rows}


def publish(place: House, item: UUID) -> None:
    assert place.client(REGION).post(f"/resources/items/{item}/publication").status_code == 303


def uses(place: House) -> dict[tuple[UUID, str], int]:
    place.database.run(count, actor="service:resources")
    with place.database.reading() as db:
        return {(row.school_id, row.kind): row.number for row in db.scalars(sa.select(Count))}


def get(client: FlaskClient, path: str, **headers: str) -> int:
    return client.get(path, headers={**AGENT, **headers}).status_code


def test_files_of_a_draft_are_its_makers_and_of_a_published_item_its_audiences(place: House) -> None:
    item, files = with_files(place)
    paths = [
        f"/resources/files/{files['圆.pdf']}",
        f"/resources/items/{item}/files.zip",
        f"/resources/items/{item}",
    ]

    def seen(*grants: str) -> set[int]:
        client = place.client(*grants)
        return {get(client, path) for path in paths}

    assert (seen(TEACHER), seen(REGION), seen("auditor@all")) == ({200}, {200}, {200})
    assert (seen(OTHERS), seen(ABROAD)) == ({404}, {404})
    publish(place, item)
    assert (seen(OTHERS), seen(ABROAD)) == ({200}, {404})
    assert get(place.client(), paths[0]) == 303
    late = place.client(TEACHER).get(f"/resources/items/{item}/files")
    assert (late.status_code, "请先做新版本" in late.text) == (409, True)


def test_who_has_a_link_takes_files_away_unless_their_licence_keeps_them_inside(place: House) -> None:
    item, files = with_files(place)
    publish(place, item)
    anybody, mine = place.client(), place.client(TEACHER)
    shared = mine.post(f"/resources/items/{item}/links", data={"days": "7"}).text
    [link] = re.findall(r"/resources/shared/[\w-]+", shared)
    file = f"{link}/files/{files['圆.pdf']}"

    assert file in anybody.get(link).text
    taken = anybody.get(file, headers=AGENT)
    assert (taken.data, taken.headers["Content-Type"]) == (PDF, "application/octet-stream")
    assert uses(place) == {(NO_SCHOOL, "download"): 1}
    assert mine.post(f"/resources/items/{item}/versions").status_code == 303
    with place.database.reading() as db:
        of_draft = sa.select(Attachment.id).where(Attachment.id.not_in(files.values()))
        drafted = db.scalars(of_draft.where(Attachment.stored_id.is_not(None))).first()
    closed = [
        f"{link}/files/{drafted}",
        f"{link}x/files/{files['圆.pdf']}",
        f"/resources/files/{files['圆.pdf']}",
    ]
    assert [get(anybody, each) for each in closed] == [404, 404, 303]

    with place.database.begin() as db:
        db.execute(sa.update(Version).where(Version.item_id == item).values(licence="in-school"))
    assert "登录后才能打开" in anybody.get(link).text
    assert (get(anybody, file), file in anybody.get(link).text) == (404, False)
    place.clock.move(timedelta(days=8))
    assert get(anybody, file) == 404


def test_everything_comes_as_one_zip_under_its_names(place: House) -> None:
    item, _files = with_files(place)
    answer = place.client(TEACHER).get(f"/resources/items/{item}/files.zip")

    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        assert archive.namelist() == ["圆.pdf", "教案.docx", "片.mp4"]
        assert (archive.read("圆.pdf"), archive.testzip()) == (PDF, None)
    assert answer.headers["Content-Length"] == str(len(answer.data))
    assert "%E5%9C%86%E7%9A%84%E9%9D%A2%E7%A7%AF.zip" in answer.headers["Content-Disposition"]


def test_looking_taking_and_playing_count_once_each_and_a_film_once_however_many_pieces(place: House) -> None:
    item, files = with_files(place)
    others = place.client(OTHERS)
    assert get(place.client(TEACHER), f"/resources/items/{item}") == 200
    assert uses(place) == {}  # a draft is worked on, not used
    publish(place, item)

    for _ in range(2):
        assert get(others, f"/resources/items/{item}") == 200
        assert get(others, f"/resources/files/{files['圆.pdf']}") == 200
    assert get(others, f"/resources/files/{files['教案.docx']}") == 200
    film = f"/resources/files/{files['片.mp4']}/shown"
    assert get(others, film, Range="bytes=0-") == 206
    assert get(others, film, Range="bytes=500-") == 206
    assert others.get(f"/resources/items/{item}", headers={"User-Agent": "Baiduspider"}).status_code == 200
    place.clock.move(timedelta(seconds=31))
    others = place.client(OTHERS)
    assert get(others, film, Range="bytes=900-") == 206
    assert get(others, f"/resources/items/{item}") == 200

    assert uses(place) == {(DELINGHA, "view"): 2, (DELINGHA, "download"): 2, (DELINGHA, "play"): 1}
    with place.database.reading() as db:
        assert db.scalar(sa.select(sa.func.count()).select_from(Click)) == 7
    page = others.get(f"/resources/items/{item}/use").text
    assert "德令哈市第一小学" in page
    assert "统计到刚才为止" in page
    compared = place.client(REGION).get("/resources/use").text
    assert "格尔木市第一中学" in compared


def test_makers_order_and_take_out_files_and_add_what_lies_elsewhere(place: House) -> None:
    item, files = with_files(place)
    mine, at = place.client(TEACHER), f"/resources/items/{item}/files"
    assert mine.post(f"{at}/{files['教案.docx']}/up").status_code == 303
    assert mine.post(f"{at}/{files['片.mp4']}/removal").status_code == 303
    assert place.client(OTHERS).post(f"{at}/{files['圆.pdf']}/removal").status_code == 404
    bad = mine.post(f"{at}/links", data={"name": "录像", "link": "javascript:alert(1)"})
    assert (bad.status_code, "http://" in bad.text, 'value="录像"' in bad.text) == (422, True, True)
    assert (
        mine.post(f"{at}/links", data={"name": "录像", "link": "https://video.example/1"}).status_code == 303
    )

    with place.database.reading() as db:
        rows = db.scalars(sa.select(Attachment).order_by(Attachment.position)).all()
    assert [row.name for row in rows] == ["教案.docx", "圆.pdf", "录像"]
    followed = mine.get(f"/resources/files/{rows[2].id}/link")
    assert (followed.status_code, followed.headers["Location"]) == (303, "https://video.example/1")


def test_what_was_refused_is_taken_off_the_items_page_by_who_sent_it(place: House) -> None:
    item, version = entered(place)
    with served(place) as base:
        Sender(place, base, TEACHER).send("图.svg", b"<svg><script>alert(1)</script></svg>", version=version)
        work(place)
    page, mine = f"/resources/items/{item}/files", place.client(TEACHER)
    assert "图.svg" in place.client(REGION).get(page).text
    [way] = re.findall(r'action="([^"]+/removal)"', mine.get(page).text)
    gone = mine.post(way, data={"item": str(item)})
    assert (gone.status_code, gone.headers["Location"]) == (303, page)
    assert "图.svg" not in mine.get(page).text


def test_nobody_sends_files_for_anothers_draft(place: House) -> None:
    _item, version = entered(place)
    with served(place) as base, pytest.raises(Exception, match="404"):
        Sender(place, base, OTHERS).send("x.pdf", PDF, version=version)


def test_the_form_keeps_what_was_typed_and_a_lesson_counts(place: House) -> None:
    mine = place.client(TEACHER)
    wrong = mine.post("/resources/items", data={**FORM, "title": "", "subject": "数学"})
    assert (wrong.status_code, 'value="数学"' in wrong.text, "请填写" in wrong.text) == (422, True, True)
    foreign = mine.post("/resources/items", data={**FORM, "school_id": str(DELINGHA)})
    assert (foreign.status_code, "请选择你所在的学校" in foreign.text) == (403, True)

    item, _version = entered(place)
    publish(place, item)
    others = place.client(OTHERS)
    lesson = {"day": "2025-06-02", "grade": "六年级", "pupils": "41", "remark": "学生喜欢"}
    assert others.post(f"/resources/items/{item}/lessons", data={**lesson, "day": "x"}).status_code == 422
    assert others.post(f"/resources/items/{item}/lessons", data=lesson).status_code == 303
    again = others.post(f"/resources/items/{item}/lessons", data=lesson)
    assert (again.status_code, "已经记过" in again.text, "学生喜欢" in again.text) == (409, True, True)
    assert "学生喜欢" in others.get(f"/resources/items/{item}/use").text
    chosen = {"audience": "schools", "schools": "七星关区第一中学\n没有的学校"}
    refused = mine.post(f"/resources/items/{item}/audiences", data=chosen)
    assert (refused.status_code, "没有的学校" in refused.text) == (422, True)
    assert (
        mine.post(f"/resources/items/{item}/audiences", data={**chosen, "schools": "3520502001"}).status_code
        == 303
    )
    with place.database.reading() as db:
        assert db.get_one(Item, item).audiences == [f"school:{PARTNER}"]
