"""How long a film is, and the picture that stands for it; what is no film, or lies, has no length and does no harm."""

import io
import struct
from pathlib import Path

import pytest
from PIL import Image

from services.resources.files.policies.films import length_of, told
from services.resources.files.policies.reading import Found, read


def box(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(content), name) + content


MOVIE = box(b"mvhd", struct.pack(">12xII", 600, 600 * 2725) + bytes(80))
LONG = box(b"mvhd", b"\x01" + struct.pack(">19xIQ", 1000, 61_000) + bytes(80))
HUGE = struct.pack(">I4sQ", 1, b"mdat", 16 + 50) + bytes(50)
MATROSKA = (
    b"\x1a\x45\xdf\xa3\x80\x18\x53\x80\x67\x90\x15\x49\xa9\x66\x90\x2a\xd7\xb1\x83\x0f\x42\x40\x44\x89\x88"
)


@pytest.mark.parametrize(
    ("content", "length"),
    [
        (box(b"ftyp", b"isom") + box(b"moov", MOVIE) + box(b"mdat", bytes(9)), 2725),
        (box(b"ftyp", b"isom") + HUGE + box(b"moov", box(b"free", b"") + LONG), 61),
        (MATROSKA + struct.pack(">d", 90_500.0), 90),
        (box(b"ftyp", b"isom") + box(b"mdat", MOVIE), None),
        (box(b"ftyp", b"isom") + box(b"moov", MOVIE[:14]), None),
        (box(b"moov", box(b"mvhd", struct.pack(">12xII", 0, 7) + bytes(80))), None),
        (struct.pack(">I4s", 3, b"moov") * 40, None),
        (MATROSKA, None),
        (b"", None),
    ],
)
def test_a_film_says_how_long_it_is_or_nothing_is_said(content: bytes, length: int | None) -> None:
    assert length_of(io.BytesIO(content), size=len(content)) == length


def test_a_length_is_told_as_players_do() -> None:
    assert [told(each) for each in (9, 2725, 3661)] == ["0:09", "45:25", "1:01:01"]


def test_a_picture_stands_for_a_film(tmp_path: Path) -> None:
    film = tmp_path / "film"
    film.write_bytes(box(b"ftyp", b"isom") + box(b"moov", MOVIE))

    assert read(film, "video/mp4", tmp_path / "picture") == Found()
    with Image.open(tmp_path / "picture") as picture:
        assert (picture.format, picture.size) == ("WEBP", (640, 360))
