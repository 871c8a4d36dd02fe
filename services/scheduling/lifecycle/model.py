"""In which state what may be done with a session, and if not, why."""

from collections.abc import Mapping
from typing import Literal

from shared.text import Sentence

State = Literal["draft", "released", "held", "closed", "postponed", "cancelled"]
Verb = Literal["revise", "release", "hold", "close", "postpone", "cancel", "recall"]

#: From which states a verb leads on.
MAY: Mapping[Verb, frozenset[State]] = {
    "revise": frozenset({"draft", "released", "postponed"}),
    "release": frozenset({"draft"}),
    "hold": frozenset({"released"}),
    "close": frozenset({"held"}),
    "postpone": frozenset({"released"}),
    "cancel": frozenset({"released", "postponed"}),
    "recall": frozenset({"released", "postponed"}),
}

#: States in which a session takes people and places.
TAKING: frozenset[State] = frozenset({"released", "held", "closed"})

_ALREADY: Mapping[str, Sentence] = {
    "released": Sentence(zh="这次活动已经发布。", en="This session is released already."),
    "held": Sentence(zh="这次活动已经举行。", en="This session has taken place."),
    "closed": Sentence(zh="这次活动已经办结。", en="This session is closed."),
    "postponed": Sentence(
        zh="这次活动已经延期；确定新的时间后，用“修改”重新通知。",
        en="This session is postponed. Once there is a new time, revise it: everybody is told.",
    ),
    "cancelled": Sentence(zh="这次活动已经取消。", en="This session is cancelled already."),
}

_SPECIAL: Mapping[tuple[Verb, str], Sentence] = {
    ("release", "cancelled"): Sentence(zh="这次活动已经取消，不能发布。", en="This session was cancelled."),
    ("cancel", "draft"): Sentence(
        zh="草稿还没有通知任何学校，无需取消，直接修改即可。",
        en="No school knows of a draft, so there is nothing to cancel. Revise it instead.",
    ),
    ("postpone", "draft"): Sentence(
        zh="草稿还没有通知任何学校，直接修改时间即可。",
        en="No school knows of a draft. Revise its time instead.",
    ),
    ("recall", "draft"): Sentence(
        zh="草稿还没有通知任何学校，无需撤回，直接修改即可。",
        en="No school knows of a draft, so there is nothing to recall. Revise it instead.",
    ),
    ("hold", "draft"): Sentence(
        zh="草稿还没有发布。请先发布。", en="This is a draft still. Release it first."
    ),
    ("close", "draft"): Sentence(
        zh="草稿还没有发布。请先发布。", en="This is a draft still. Release it first."
    ),
    ("close", "released"): Sentence(
        zh="活动举行之后才能办结。请先登记“已举行”。",
        en="It is closed after it has taken place. Say first that it has.",
    ),
}


def why_not(verb: Verb, state: str) -> Sentence | None:
    """Why the verb leads nowhere from this state, or None where it leads on."""
    if state in MAY[verb]:
        return None
    return _SPECIAL.get((verb, state)) or _ALREADY[state]
