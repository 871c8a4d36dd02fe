"""The same words however they were typed: full-width and half-width, with spaces for looks, with notes in brackets."""

import re
import unicodedata

#: Full-width letters, digits, brackets and signs of codes and dates; Chinese punctuation between words stays as it is.
_WIDTHS = {0xFF01 + i: 0x21 + i for i in range(94) if chr(0x21 + i) not in "!,:;?"} | {
    0x3000: " ",
    0xA0: " ",
    0x3010: "(",
    0x3011: ")",
    0x3014: "(",
    0x3015: ")",
}
_INVISIBLE = re.compile(
    "[\u200b-\u200f\u202a-\u202e\u2060\ufeff\u00ad\u0000-\u0008\u000b\u000c\u000e-\u001f]"
)
_SPACES = re.compile(r"\s+")
_HAN = "\u3400-\u9fff\U00020000-\U0003ffff·"
_BETWEEN_HAN = re.compile(f"(?<=[{_HAN}]) (?=[{_HAN}])")
_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_SIGNS = re.compile(r"[^\w]|_")
#: What stands in a cell instead of nothing.
NOTHING = frozenset(
    {"", "-", "--", "---", "—", "——", "–", "/", "\\", "*", "无", "暂无", "没有", "n/a", "na", "null", "none"}
)


def plain(text: str) -> str:
    """A text of a cell: full-width signs made half-width, invisible ones gone, spaces single and none at the ends."""
    if text.isascii() and text.isalnum():
        return text
    return _SPACES.sub(" ", _INVISIBLE.sub("", text.translate(_WIDTHS))).strip()


def close(text: str) -> str:
    """A name: as `plain`, without the spaces that line up short Chinese names (张　三)."""
    return _BETWEEN_HAN.sub("", plain(text))


def key(text: str) -> str:
    """What is left of a header that tells it from others: no spaces, no signs, no brackets with notes, small letters."""
    whole = (
        unicodedata.normalize("NFKC", _INVISIBLE.sub("", text)).replace("【", "(").replace("】", ")").lower()
    )
    bare = _SIGNS.sub("", _BRACKETS.sub("", whole)).removeprefix("其中")
    return bare or _SIGNS.sub("", whole)
