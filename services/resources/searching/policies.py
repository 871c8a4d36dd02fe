"""How text becomes the words that are looked up: Chinese by pairs of characters, the rest by words.

No dictionary knows the names of a county's courses, so nothing is left to one: `分数乘法` is 分数, 数乘, 乘法 and, so that a single
character can be looked up too, 法. Who looks for `分数` finds every text with these two characters side by side.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from itertools import pairwise
from uuid import UUID

_CHINESE = "\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003134f"
_HAN = re.compile(f"[{_CHINESE}]")
_RUN = re.compile(f"[{_CHINESE}]+|[^\\W_{_CHINESE}]+")

#: Characters of a text that are looked up, and of a question.
LONGEST, ASKED = 30_000, 64
#: Letters of a word beyond which it is cut, on both sides alike.
_WORD = 40


def words_of(text: str) -> list[str]:
    """The words under which a text is found, each once, in the order in which they come."""
    return list(dict.fromkeys(_words(text[:LONGEST], whole=False)))


def asked_of(said: str) -> list[str]:
    """What a question asks for, all of which has to be found. A word that ends with `*` stands for all that begin so."""
    return list(dict.fromkeys(_words(said[:ASKED], whole=True)))


def _words(text: str, *, whole: bool) -> Iterator[str]:
    for run in _RUN.findall(unicodedata.normalize("NFKC", text).lower()):
        if not _HAN.match(run):
            yield f"{run[:_WORD]}*" if whole else run[:_WORD]
            continue
        for pair in pairwise(run):
            yield "".join(pair)
        if not whole:
            yield run[-1]
        elif len(run) == 1:
            yield f"{run}*"


def opened(audience: str) -> str:
    """The word that stands for an audience."""
    return "k" + re.sub(r"[^a-z0-9]", "", audience.lower())


def made_by(school_id: UUID) -> str:
    """The word that stands for a school that makes an item."""
    return f"m{school_id.hex}"


def lies_in(region: str) -> list[str]:
    """The words that stand for where an item belongs: its county, prefecture, province."""
    return [f"o{region[:size]}" for size in (2, 4, 6)]


def looked_after(scope: str) -> str:
    """The word by which whoever looks after a region finds what belongs there."""
    region = scope.removeprefix("region:")
    for size in (2, 4):
        if set(region[size:]) == {"0"}:
            return f"o{region[:size]}"
    return f"o{region}"


def facet(name: str, value: str) -> str:
    """The word that stands for a value of a field, such as a subject, whatever is in it."""
    return f"x{name}{value.encode().hex()}"


def snippet(text: str, asked: Iterable[str], *, around: int = 40) -> list[tuple[str, bool]]:
    """The text around the first place where something of the question stands, in pieces; True for what was asked for."""
    wanted = sorted({each.rstrip("*") for each in asked}, key=len, reverse=True)
    if not wanted:
        return [(text[: around * 2], False)]
    found = re.compile("|".join(map(re.escape, wanted)), re.IGNORECASE)
    first = found.search(text)
    if first is None:
        return [(text[: around * 2], False)]
    start, end = max(0, first.start() - around), min(len(text), first.end() + around * 2)
    part, told, at = text[start:end], [], 0
    for match in found.finditer(part):
        if match.start() > at:
            told.append((part[at : match.start()], False))
        if told and told[-1][1]:
            told[-1] = (told[-1][0] + match[0], True)
        else:
            told.append((match[0], True))
        at = match.end()
    told.append((part[at:], False))
    lead, tail = "…" if start else "", "…" if end < len(text) else ""
    return [(lead, False), *told, (tail, False)] if lead or tail else told
