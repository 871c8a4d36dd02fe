"""The tree of GB/T 2260 as data: which regions there are, which lies in which."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

from shared.auth.grants import significant

Level = Literal["province", "prefecture", "county"]
_LEVELS: Mapping[int, Level] = {2: "province", 4: "prefecture", 6: "county"}


@dataclass(frozen=True, slots=True)
class Node:
    """A region as the standard names it."""

    code: str
    name: str
    level: Level
    parent_code: str | None


def level_of(code: str) -> Level:
    """What a code stands for: 630000 a province, 632800 a prefecture, 632801 a county."""
    return _LEVELS[len(significant(code))]


def parent_of(code: str) -> str | None:
    """The code of the region that this one lies in; None for a province."""
    kept = len(significant(code)) - 2
    return f"{code[:kept]:0<6}" if kept else None


@cache
def tree() -> Mapping[str, Node]:
    """Every region of the standard by its code, parents before children. The file names its source."""
    text = files("services.directory.regions").joinpath("gbt2260.tsv").read_text("utf-8")
    lines = [line.split("\t") for line in text.splitlines() if not line.startswith("#")][1:]
    return {code: Node(code, name, level_of(code), parent_of(code)) for code, name in lines}


def ancestry(code: str) -> tuple[Node, ...]:
    """The regions above this one that the standard knows, the province first."""
    above = parent_of(code)
    if above is None:
        return ()
    node = tree().get(above)
    return (*ancestry(above), *((node,) if node else ()))


def like(words: str, *, most: int = 30) -> tuple[Node, ...]:
    """The regions that a code or a part of a name leads to, those that begin with it first, then the larger first."""
    words = words.strip()
    if not words:
        return ()
    if words.isdigit():
        found = [node for node in tree().values() if node.code.startswith(words)]
    else:
        found = [node for node in tree().values() if words in node.name]
    found.sort(
        key=lambda node: (
            not node.name.startswith(words),
            len(significant(node.code)),
            len(node.name),
            node.code,
        )
    )
    return tuple(found[:most])


def below(code: str) -> tuple[Node, ...]:
    """The regions that lie in this one, but for development zones, which the Bureau counts as xxxx71 to xxxx79."""
    inside = significant(code)
    lie = (node for node in tree().values() if node.code.startswith(inside) and node.code != code)
    return tuple(node for node in lie if node.code[4] != "7")


def called(name: str, *, within: str | None = None) -> tuple[Node, ...]:
    """The regions of that name, with or without its last word (海西 for 海西蒙古族藏族自治州), within a region.

    Several may share a name: whoever asks chooses, nothing is guessed.
    """
    inside = significant(within) if within else ""
    exact = tuple(n for n in tree().values() if n.name == name and n.code.startswith(inside))
    if exact or len(name) < 2:  # noqa: PLR2004  one character names nothing
        return exact
    return tuple(n for n in tree().values() if n.name.startswith(name) and n.code.startswith(inside))
