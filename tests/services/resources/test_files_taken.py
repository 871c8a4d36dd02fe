"""What is taken and what is not: decided by the bytes, said with a sentence, and nothing of it can burst or run."""

import io
import os
import socketserver
import stat
import threading
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from tusclient.exceptions import TusCommunicationError

from services.resources.app import service
from services.resources.files.model.stored import Stored
from services.resources.files.policies.kinds import name_lies
from services.resources.files.policies.naming import apart, disposition, name_of
from shared.errors import Invalid
from tests.builders import house, three_schools
from tests.services.resources.sending import (
    TEACHER,
    Sender,
    a_bomb,
    a_picture,
    a_text_pdf,
    a_virus,
    a_word,
    an_archive,
    files_under,
    served,
    some_slides,
    work,
)

SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg">%s<circle r="4"/></svg>'


@pytest.fixture(scope="module")
def sender(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sender]:
    with house(service, tmp_path_factory.mktemp("taken")) as made:
        made.hear(*three_schools())
        with served(made) as base:
            yield Sender(made, base, TEACHER)


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("说明.txt", a_virus(), "病毒"),
        ("说明.txt", b"x" * 262_140 + a_virus(), "病毒"),  # across the border of two pieces
        ("图.svg", SVG % b"<script>alert(1)</script>", "脚本"),
        ("图.svg", SVG % b'<g onload="x()"/>', "脚本"),
        ("页.html", b"<!doctype html><p><a href=' java\0script:alert(1)'>x</a>", "脚本"),
        ("页.html", "<html><iframe src=x></iframe>".encode("utf-16"), "脚本"),
        ("课件.zip", a_bomb(), "展开后过大"),
        ("课件.zip", an_archive(**{"../../etc/passwd": b"x"}), "../"),
        ("课件.docx", b"PK\x03\x04 broken", "损坏"),
        ("课件.pdf", b"MZ\x90\0" + b"\0" * 400, "程序"),
        ("课件.pdf", b"#!/bin/sh\nrm -rf /\n", "程序"),
        ("课件.pdf", a_picture(), "文件名说是PDF（.pdf），内容却是图片"),
        ("照片.jpg", SVG % b"", "内容却是矢量图"),
        ("成绩.xlsx", b"<html><table></table></html>", "内容却是网页"),
    ],
)
def test_bad_files_are_refused_with_a_sentence_and_leave_nothing_behind(
    sender: Sender, name: str, content: bytes, says: str
) -> None:
    state, why = sender.outcome(name, content)

    assert (state, says in why) == ("refused", True), why
    assert files_under(sender.depot, "parts") == []
    assert files_under(sender.depot, "files") == []


@pytest.mark.parametrize("name", ["../../etc/passwd", "..", "", "a\\b.pdf", "/课件.pdf"])
def test_a_name_with_a_path_in_it_is_not_even_begun(sender: Sender, name: str) -> None:
    with pytest.raises(Invalid, match="without a path"):
        name_of(name)
    with pytest.raises(TusCommunicationError) as refused:
        sender.send(name, b"x")
    assert refused.value.status_code == 422


@pytest.mark.parametrize("name", ["病毒.exe", "点我.bat", "x.HTA", "课件.pdf.lnk", "cod\u202efdp.scr"])
def test_what_a_double_click_would_run_is_not_even_begun(sender: Sender, name: str) -> None:
    with pytest.raises(TusCommunicationError) as refused:
        sender.send(name, b"x")
    assert refused.value.status_code == 422


def test_text_and_a_picture_come_out_of_what_teachers_make_and_a_broken_file_is_kept_and_said_to_be_broken(
    tmp_path: Path,
) -> None:
    laughs = b"".join(b'<!ENTITY l%d "%s">' % (n, b"&l%d;" % (n - 1) * 10) for n in range(1, 9))
    laughing = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(a_word("x"))) as whole, zipfile.ZipFile(laughing, "w") as bad:
        for each in whole.namelist():
            inside = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "ha">' + laughs + b"]><x>&l8;</x>"
            bad.writestr(each, inside if each == "word/document.xml" else whole.read(each))
    sent = {
        "分数乘法.docx": a_word("分数乘法的意义与计算"),
        "课件.pptx": some_slides("圆的面积", "提醒学生带圆规"),
        "lesson.pdf": a_text_pdf("Area of a circle"),
        "笔记.txt": "联合教研记录".encode("gb18030"),
        "照片.png": a_picture(),
        "坏的.pdf": a_text_pdf("gone")[:180],
        "空的.pdf": b"%PDF-1.7\n" + os.urandom(4000),
        "大笑.docx": laughing.getvalue(),
    }
    with house(service, tmp_path) as made, served(made) as base:
        one = Sender(made, base, TEACHER)
        urls = {name: one.send(name, content) for name, content in sent.items()}
        work(made)
        assert {one.state(url)["state"] for url in urls.values()} == {"ready"}
        with made.database.reading() as db:
            kept = {
                name: db.scalars(
                    sa.select(Stored).where(Stored.size == len(content)).options(sa.orm.undefer(Stored.text))
                ).one()
                for name, content in sent.items()
            }
        assert kept["分数乘法.docx"].text == "分数乘法的意义与计算\n表格里的字"
        assert kept["课件.pptx"].text == "圆的面积\n提醒学生带圆规"
        assert (kept["lesson.pdf"].text, kept["lesson.pdf"].pages) == ("Area of a circle", 1)
        assert kept["笔记.txt"].text == "联合教研记录"
        pictures = {name for name, each in kept.items() if each.preview}
        assert {"lesson.pdf", "照片.png"} <= pictures
        assert b"".join(one.depot.pieces(kept["照片.png"].preview))[8:12] == b"WEBP"
        assert {name for name, each in kept.items() if each.trouble} == {"坏的.pdf", "空的.pdf", "大笑.docx"}


def test_the_scanners_of_the_office_are_asked_and_files_wait_while_they_are_silent(
    sender: Sender, tmp_path: Path
) -> None:
    command = tmp_path / "scan"
    command.write_text('#!/bin/sh\ngrep -q "bad words" "$1" && exit 1\nexit 0\n')
    command.chmod(command.stat().st_mode | stat.S_IXUSR)
    assert sender.outcome("a.txt", b"bad words", scanner=f"command:{command}")[0] == "refused"
    assert sender.outcome("b.txt", b"good words", scanner=f"command:{command}")[0] == "ready"

    class Clamd(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            assert self.rfile.read(10) == b"zINSTREAM\0"
            said = b""
            while size := int.from_bytes(self.rfile.read(4), "big"):
                said += self.rfile.read(size)
            self.wfile.write(b"stream: Eicar FOUND\0" if b"worm" in said else b"stream: OK\0")

    with socketserver.UnixStreamServer(str(tmp_path / "clamd"), Clamd) as clamd:
        threading.Thread(target=clamd.serve_forever, daemon=True).start()
        scanner = f"clamd:{tmp_path / 'clamd'}"
        assert sender.outcome("c.txt", b"a worm", scanner=scanner)[0] == "refused"
        assert sender.outcome("d.txt", b"an apple", scanner=scanner)[0] == "ready"
        clamd.shutdown()
    waiting = sender.send("e.txt", b"who knows")
    for _ in range(30):
        work(sender.house, scanner=f"clamd:{tmp_path / 'nobody'}")
        assert sender.state(waiting)["state"] == "received"
        sender.house.clock.move(timedelta(seconds=61))
    work(sender.house, scanner=f"command:{command}")
    sender.headers = {"Cookie": f"tongxing={sender.house.token(TEACHER)}"}
    assert sender.state(waiting)["state"] == "ready"


def test_names_are_told_as_headers_and_folders_need_them() -> None:
    assert disposition("圆的 面积.pdf") == (
        "attachment; filename=file.pdf; filename*=UTF-8''%E5%9C%86%E7%9A%84%20%E9%9D%A2%E7%A7%AF.pdf"
    )
    assert disposition('a"\r\nb', inline=True) == "inline; filename=file; filename*=UTF-8''a%22%0D%0Ab"
    assert apart(["a.pdf", "A.pdf", "b", "b"]) == ["a.pdf", "A (2).pdf", "b", "b (2)"]
    assert name_of("  课件\u202e.pdf ") == "课件.pdf"
    assert len(name_of("长" * 300 + ".pptx")) == 160
    assert name_lies("ppt", "application/zip") is not None
    assert name_lies("mov", "video/mp4") is None
    assert name_lies("jpg", "image/png") is None
