"""Uploads by tus 1.0.0, with the protocol's own client: nothing that came is lost, and nobody's bytes are another's."""

import base64
import hashlib
import io
import socket
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests
import sqlalchemy as sa
from tusclient.client import TusClient

from services.resources.app import service
from services.resources.files.commands.depot import Depot
from services.resources.files.commands.examining import examine
from services.resources.files.commands.uploading import Sending, begin, expire, take
from services.resources.files.model.stored import Stored
from services.resources.files.model.upload import Part, Upload
from shared.jobs import Done, Step
from tests.builders import DELINGHA, House, house, three_schools
from tests.services.resources.sending import TEACHER, Sender, a_pdf, files_under, served, work

TUS = {"Tus-Resumable": "1.0.0"}
PART = {**TUS, "Content-Type": "application/offset+octet-stream"}


@pytest.fixture
def sender(tmp_path: Path) -> Iterator[Sender]:
    with house(service, tmp_path) as made:
        made.hear(*three_schools())
        with served(made) as base:
            yield Sender(made, base, TEACHER)


def begun(sender: Sender, *, length: int, name: str = "课件.pdf") -> str:
    said = base64.b64encode(name.encode()).decode()
    headers = {**TUS, **sender.headers, "Upload-Length": str(length), "Upload-Metadata": f"filename {said}"}
    answer = requests.post(sender.door, headers=headers, timeout=10)
    assert answer.status_code == 201, answer.text
    assert "GMT" in answer.headers["Upload-Expires"]
    return sender.base + answer.headers["Location"]


def offset(sender: Sender, url: str) -> int:
    answer = requests.head(url, headers={**TUS, **sender.headers}, timeout=10)
    assert answer.headers["Cache-Control"] == "no-store"
    return int(answer.headers["Upload-Offset"])


def patch(sender: Sender, url: str, at: int, body: bytes, **more: str) -> requests.Response:
    headers = {**PART, **sender.headers, "Upload-Offset": str(at), **more}
    return requests.patch(url, headers=headers, data=body, timeout=10)


def stored(made: House) -> list[Stored]:
    with made.database.reading() as db:
        return list(db.scalars(sa.select(Stored).order_by(Stored.id)))


def test_the_protocols_own_client_sends_a_file_in_pieces_and_it_is_kept_once_however_often_it_comes(
    sender: Sender,
) -> None:
    content = a_pdf() + b"\n" * 3_000_000
    # The first part is larger than any other request may be.
    first, second = sender.send("课件.pdf", content, chunk=2_500_000), sender.send("再来一次.pdf", content)
    work(sender.house)

    [kept] = stored(sender.house)
    assert kept.sha256 == hashlib.sha256(content).hexdigest()
    assert (kept.size, kept.media_type) == (len(content), "application/pdf")
    assert b"".join(sender.depot.pieces(kept.key)) == content
    assert {sender.state(url)["file"] for url in (first, second)} == {str(kept.id)}
    assert files_under(sender.depot, "parts") == []
    assert len(files_under(sender.depot, "files")) == 1


def test_a_line_that_is_cut_loses_nothing_of_what_came_and_the_client_goes_on_from_there(
    sender: Sender,
) -> None:
    content = bytes(range(256)) * 8192
    url = begun(sender, length=len(content), name="几何画板.gsp")
    address = urlsplit(url)
    head = (
        f"PATCH {address.path} HTTP/1.1\r\nHost: x\r\nContent-Length: {len(content)}\r\nUpload-Offset: 0\r\n"
    )
    head += "".join(f"{name}: {value}\r\n" for name, value in {**PART, **sender.headers}.items())
    with socket.create_connection((str(address.hostname), address.port or 80)) as line:
        line.sendall(head.encode() + b"\r\n" + content[:900_000])
    came = 0
    for _ in range(100):
        if came := offset(sender, url):
            break
        time.sleep(0.05)

    assert came == 900_000
    uploader = TusClient(sender.door, headers=sender.headers).uploader(
        file_stream=io.BytesIO(content), url=url, chunk_size=700_000
    )
    assert uploader.offset == came
    uploader.upload()
    work(sender.house)
    assert b"".join(sender.depot.pieces(stored(sender.house)[0].key)) == content


def test_a_part_that_was_damaged_on_its_way_counts_for_nothing(sender: Sender) -> None:
    url = begun(sender, length=10)
    good = base64.b64encode(hashlib.sha1(b"hello", usedforsecurity=False).digest()).decode()

    assert patch(sender, url, 0, b"hellO", **{"Upload-Checksum": f"sha1 {good}"}).status_code == 460
    assert offset(sender, url) == 0
    assert patch(sender, url, 0, b"hello", **{"Upload-Checksum": "crc32 AAAA"}).status_code == 422
    assert patch(sender, url, 0, b"hello", **{"Upload-Checksum": f"sha1 {good}"}).status_code == 204
    assert offset(sender, url) == 5


def test_of_two_requests_for_one_stretch_one_counts(sender: Sender) -> None:
    url = begun(sender, length=10)

    assert patch(sender, url, 0, b"first").status_code == 204
    late = patch(sender, url, 0, b"again")
    assert (late.status_code, "5 字节" in late.json()["detail"]) == (409, True)
    assert patch(sender, url, 5, b"far too much").status_code == 413
    assert patch(sender, url, 5, b"other").headers["Upload-Offset"] == "10"
    with sender.house.database.reading() as db:
        assert db.scalars(sa.select(Part.size).order_by(Part.at)).all() == [5, 5]


def test_what_the_server_can_do_and_what_it_refuses_is_said(sender: Sender) -> None:
    able = requests.options(sender.door, timeout=10)
    assert able.headers["Tus-Extension"] == "creation,checksum,expiration,termination"
    assert able.headers["Tus-Max-Size"] == str(10_240 * 2**20)

    old = requests.head(sender.door + "/x", headers={**sender.headers, "Tus-Resumable": "0.2.0"}, timeout=10)
    begin_old = requests.post(sender.door, headers={**sender.headers, "Tus-Resumable": "0.2.0"}, timeout=10)
    assert old.status_code in {404, 412}
    assert (begin_old.status_code, begin_old.headers["Tus-Version"]) == (412, "1.0.0")
    headers = {**TUS, **sender.headers}
    large = requests.post(
        sender.door,
        headers={**headers, "Upload-Length": str(2**40), "Upload-Metadata": "filename YS5wZGY="},
        timeout=10,
    )
    assert (large.status_code, "上限是 10.0 GB" in large.json()["detail"]) == (413, True)
    assert (
        requests.post(
            sender.door, headers={**headers, "Upload-Metadata": "filename !"}, timeout=10
        ).status_code
        == 422
    )
    url = begun(sender, length=5)
    wrong = requests.patch(url, headers={**headers, "Upload-Offset": "0"}, data=b"hello", timeout=10)
    assert wrong.status_code == 415


def test_an_upload_is_its_senders_alone_can_be_given_up_and_runs_out_of_time(sender: Sender) -> None:
    url = begun(sender, length=10)
    patch(sender, url, 0, b"hello")
    stranger = sender.house.client(f"auditor@school:{DELINGHA}")
    assert stranger.get(urlsplit(url).path, headers=TUS).status_code == 403
    assert requests.delete(url, headers={**TUS, **sender.headers}, timeout=10).status_code == 204
    assert requests.head(url, headers={**TUS, **sender.headers}, timeout=10).status_code == 410

    other = begun(sender, length=10)
    patch(sender, other, 0, b"hello")
    sender.house.clock.move(timedelta(days=3))
    sender.headers = {"Cookie": f"tongxing={sender.house.token(TEACHER)}"}
    assert requests.head(other, headers={**TUS, **sender.headers}, timeout=10).status_code == 410
    assert patch(sender, other, 5, b"world").status_code == 410
    assert sender.house.database.run(expire, actor="service:resources") == 1
    work(sender.house)
    assert files_under(sender.depot, "parts") == []
    with sender.house.database.reading() as db:
        assert db.scalar(sa.select(sa.func.count()).select_from(Upload)) == 0


def test_a_bucket_keeps_files_as_a_directory_does(tmp_path: Path) -> None:
    bucket, content = Depot("memory://bucket/files"), [b"lesson " * 50_000, b"second part"]
    with house(service, tmp_path) as made:
        upload = made.database.run(
            lambda tx: (
                begin(tx, name="a.txt", length=len(b"".join(content)), largest=2**30, keep=timedelta(1)).id
            ),
            actor="account:chen",
        )
        at = 0
        for part in content:
            sending = Sending(
                upload_id=upload, by="account:chen", at=at, size=len(part), checksum=None, keep=timedelta(1)
            )
            at = take(made.database, bucket, sending, iter([part])).arrived
        work(made, depot=bucket)

        [kept] = stored(made)
        assert b"".join(bucket.pieces(kept.key)) == b"".join(content)
        with made.database.reading() as db:
            assert str(db.scalar(sa.select(Stored.text))).startswith("lesson lesson")
        assert not bucket.has(f"parts/{upload}")


class _Lost(Exception):
    """The process is gone."""


def test_an_examination_that_is_cut_anywhere_is_done_again_and_leaves_one_file(sender: Sender) -> None:
    """Once before the file is moved, once after, once in the effect itself: the next runner finds what it needs."""
    one, several = b"a lesson " * 1000, bytes(range(256)) * 12_000
    urls = [sender.send("一.txt", one), sender.send("二.bin", several, chunk=700_000)]
    depot = sender.depot

    def lose(*_: object) -> None:
        raise _Lost

    for name, url in (("move", urls[0]), ("open", urls[0]), ("open", urls[1])):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(depot, name, lose)
            with pytest.raises(_Lost):
                examine(step_of(sender, url), depot=depot, scanner="")
    outcome = examine(step_of(sender, urls[1]), depot=depot, scanner="")
    assert isinstance(outcome, Done)  # and its effect is never committed
    work(sender.house)

    assert [sender.state(url)["state"] for url in urls] == ["ready", "ready"]
    kept = {each.size: b"".join(depot.pieces(each.key)) for each in stored(sender.house)}
    assert kept == {len(one): one, len(several): several}
    assert files_under(depot, "parts") == []
    assert len(files_under(depot, "files")) == 2


def step_of(sender: Sender, url: str) -> Step:
    return Step(
        job_id="x",
        kind="files.examine",
        arguments={"upload": url.rpartition("/")[2]},
        checkpoint=None,
        requested_by="account:chen",
        attempt=1,
        reading=sender.house.database.reading,
        keep=lambda: None,
    )
