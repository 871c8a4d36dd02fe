"""The layers: a class's own default, a group, a school, a person; the last that says something decides."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.notifications.preferences.model import Mode, NoticeClass


@dataclass(frozen=True, slots=True)
class Decision:
    """How it goes out, and which layer said so: `mandatory`, `class`, or an owner such as `school:ID`."""

    mode: Mode
    layer: str


def decide(
    notice_class: NoticeClass,
    kind: str,
    *,
    layers: Sequence[str],
    chosen: Mapping[tuple[str, str, str], Mode],
) -> Decision:
    """How a notice of the class goes out by a kind of channel.

    layers: owners from the farthest to the nearest, groups before the school before the person. chosen: by owner, class
    and kind. Of several groups one that wants it goes before one that does not: nobody misses what a group needs.
    """
    if notice_class.mandatory:
        return Decision("on", "mandatory")
    found = Decision(notice_class.defaults.get(kind, "on"), "class")
    of_groups = [
        Decision(mode, layer)
        for layer in layers
        if layer.startswith("group:") and (mode := chosen.get((layer, notice_class.name, kind)))
    ]
    if of_groups:
        found = min(of_groups, key=lambda said: ("on", "digest", "off").index(said.mode))
    for layer in layers:
        if not layer.startswith("group:") and (mode := chosen.get((layer, notice_class.name, kind))):
            found = Decision(mode, layer)
    return found
