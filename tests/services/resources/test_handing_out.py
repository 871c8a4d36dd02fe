"""Files are handed out whole or in ranges, under their own names, and nothing in them can run in this site's name."""

from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from services.resources.app import service
from tests.builders import house, three_schools
from tests.services.resources.sending import TEACHER, Sender, a_text_pdf, served, work

PDF = a_text_pdf("Area of a circle")
SENT = {
    "圆的 面积.pdf": PDF,
    "图.svg": b'<svg xmlns="http://www.w3.org/2000/svg"><circle r="4"/></svg>',
    "页.html": b"<!doctype html><h1>x</h1>",
    "笔记.txt": "<b>联合教研</b>".encode().replace(b"<b>", b"a "),
}


@pytest.fixture(scope="module")
def handed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[FlaskClient, dict[str, str]]]:
    with house(service, tmp_path_factory.mktemp("handed")) as made, served(made) as base:
        made.hear(*three_schools())
        sender = Sender(made, base, TEACHER)
        urls = {name: sender.send(name, content) for name, content in SENT.items()}
        work(made)
        assert {sender.state(url)["state"] for url in urls.values()} == {"ready"}
        paths = {name: f"/resources/uploads/{url.rpartition('/')[2]}/file" for name, url in urls.items()}
        yield made.client(TEACHER), paths


def test_a_file_comes_whole_under_its_chinese_name(handed: tuple[FlaskClient, dict[str, str]]) -> None:
    client, paths = handed
    answer = client.get(paths["圆的 面积.pdf"])

    assert (answer.status_code, answer.data) == (200, PDF)
    assert answer.headers["Content-Disposition"] == (
        "attachment; filename=file.pdf; filename*=UTF-8''%E5%9C%86%E7%9A%84%20%E9%9D%A2%E7%A7%AF.pdf"
    )
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Length"] == str(len(PDF))
    assert client.head(paths["圆的 面积.pdf"]).headers["Content-Length"] == str(len(PDF))


@pytest.mark.parametrize(
    ("asked", "status", "content"),
    [
        ("bytes=0-9", 206, PDF[:10]),
        ("bytes=-7", 206, PDF[-7:]),
        ("bytes=300-", 206, PDF[300:]),
        ("bytes=100000-", 416, None),
        ("bytes=5-2", 416, None),
        ("pages=1-2", 200, PDF),
    ],
)
def test_a_part_comes_where_a_part_is_asked_for(
    handed: tuple[FlaskClient, dict[str, str]], asked: str, status: int, content: bytes | None
) -> None:
    client, paths = handed
    answer = client.get(paths["圆的 面积.pdf"], headers={"Range": asked})

    assert answer.status_code == status
    if content is not None:
        assert answer.data == content
    if status == 206:
        assert answer.headers["Content-Range"].endswith(f"/{len(PDF)}")


def test_a_film_that_changed_meanwhile_is_begun_anew_and_one_that_did_not_is_not_sent_again(
    handed: tuple[FlaskClient, dict[str, str]],
) -> None:
    client, paths = handed
    tag = client.get(paths["圆的 面积.pdf"]).headers["ETag"]

    same = client.get(paths["圆的 面积.pdf"], headers={"Range": "bytes=0-3", "If-Range": tag})
    other = client.get(paths["圆的 面积.pdf"], headers={"Range": "bytes=0-3", "If-Range": '"other"'})
    known = client.get(paths["圆的 面积.pdf"], headers={"If-None-Match": tag})
    assert (same.status_code, other.status_code, known.status_code) == (206, 200, 304)


@pytest.mark.parametrize("name", ["图.svg", "页.html"])
def test_pages_and_drawings_are_saved_and_never_shown(
    handed: tuple[FlaskClient, dict[str, str]], name: str
) -> None:
    client, paths = handed
    answer = client.get(paths[name])

    assert answer.mimetype == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert answer.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.data == SENT[name]
