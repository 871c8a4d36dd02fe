"""How long a film is, by the few bytes that say so, and the picture that stands for it where its makers chose none.

No frame is taken out of it: the libraries that do so and install by themselves carry encoders under the GPL and weigh a
hundred megabytes, and decoders of strangers' films are what attackers look for first.
"""

import struct
from typing import IO, Any

#: Boxes of MP4, or bytes of Matroska, that are looked at before giving up.
_BOXES, _HEAD = 64, 64 * 1024
#: Longest that is believed, in seconds.
_DAYS = 3 * 86400

_GROUND, _RIM, _INK = (24, 52, 61), (52, 96, 104), (236, 243, 240)


def length_of(file: IO[bytes], *, size: int) -> int | None:
    """Its length in seconds, as MP4 or Matroska says it; None where it does not, or cannot be."""
    head = file.read(_HEAD)
    seconds = _of_matroska(head) if head.startswith(b"\x1a\x45\xdf\xa3") else _of_mp4(file, size)
    return round(seconds) if seconds is not None and 0 < seconds < _DAYS else None


def told(seconds: int) -> str:
    """As players say it."""
    hours, rest = divmod(seconds, 3600)
    minutes, left = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{left:02}" if hours else f"{minutes}:{left:02}"


def placeholder(seconds: int | None) -> Any:  # noqa: ANN401  Pillow is imported where it is needed
    """A picture of 640 × 360: the sign for playing, and how long it takes."""
    from PIL import Image, ImageDraw, ImageFont  # noqa: PLC0415  each file needs one reader

    image = Image.new("RGB", (640, 360), _GROUND)
    draw = ImageDraw.Draw(image)
    draw.ellipse((260, 120, 380, 240), fill=_RIM)
    draw.polygon(((302, 148), (302, 212), (354, 180)), fill=_INK)
    if seconds is not None:
        draw.text((616, 336), told(seconds), fill=_INK, font=ImageFont.load_default(40), anchor="rs")
    return image


def _of_mp4(file: IO[bytes], size: int) -> float | None:
    """From `mvhd` within `moov`, wherever that stands."""
    at, end = 0, size
    for _ in range(_BOXES):
        if at + 8 > end:
            return None
        file.seek(at)
        head = file.read(16)
        if len(head) < 8:  # noqa: PLR2004  a box's own
            return None
        length, name = struct.unpack(">I4s", head[:8])
        begins = 8
        if length == 1 and len(head) == 16:  # noqa: PLR2004  its length is written in eight bytes
            (length,), begins = struct.unpack(">Q", head[8:]), 16
        if length == 0:
            length = end - at
        if length < begins:
            return None
        if name == b"mvhd":
            file.seek(at + begins)
            return _of_header(file.read(32))
        at, end = (at + begins, min(end, at + length)) if name == b"moov" else (at + length, end)
    return None


def _of_header(said: bytes) -> float | None:
    form = (">12xII", ">20xIQ")[said[0] == 1] if said else ""
    if not said or len(said) < struct.calcsize(form):
        return None
    scale, length = struct.unpack_from(form, said)
    return float(length / scale) if scale else None


def _of_matroska(head: bytes) -> float | None:
    """From `Duration` within `Info`, told in units of `TimestampScale` (a millisecond, unless it says otherwise)."""
    info = head.find(b"\x15\x49\xa9\x66")
    found = head.find(b"\x44\x89", info + 4) if info >= 0 else -1
    if found < 0:
        return None
    form = {0x84: ">f", 0x88: ">d"}.get(head[found + 2] if found + 2 < len(head) else 0, "")
    if not form or found + 3 + struct.calcsize(form) > len(head):
        return None
    (length,) = struct.unpack_from(form, head, found + 3)
    scale, at = 1_000_000, head.find(b"\x2a\xd7\xb1", info + 4, found)
    if at >= 0 and 0x81 <= head[at + 3] <= 0x88:  # noqa: PLR2004  a length of one byte
        scale = int.from_bytes(head[at + 4 : at + 4 + head[at + 3] - 0x80])
    return float(length * scale / 1e9)
