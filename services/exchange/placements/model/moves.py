"""The states that a placement goes through, and who leads it from one to the next: the whole of it is MOVES.

applied ─▶ nominated ─▶ accepted ─▶ agreed ─▶ active ─▶ midterm ─▶ returned ─▶ appraised ─▶ closed
   └──────────┴────────────┴──▶ refused          └─────────┴──▶ ended_early ─────────────────▶ closed
   └──────────┴────────────┴────────┴──▶ withdrawn
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Literal

from shared.text import Sentence

State = Literal[
    "applied",
    "nominated",
    "accepted",
    "agreed",
    "active",
    "midterm",
    "returned",
    "appraised",
    "closed",
    "refused",
    "withdrawn",
    "ended_early",
]
Verb = Literal[
    "nominate",
    "accept",
    "agree",
    "start",
    "review",
    "return",
    "appraise",
    "close",
    "refuse",
    "withdraw",
    "extend",
    "end_early",
]
#: teacher: the person. home, host: who answers for the school. origin_region, host_region: who looks after its region.
Party = Literal["teacher", "home", "host", "origin_region", "host_region"]
#: What has to be there before a move. result: of the appraisal, which comes from the appraisal alone.
Fact = Literal["result"]

STATES: Mapping[State, Sentence] = {
    "applied": Sentence(zh="已申请", en="Applied"),
    "nominated": Sentence(zh="派出学校已推荐", en="Nominated"),
    "accepted": Sentence(zh="接收学校已同意", en="Accepted"),
    "agreed": Sentence(zh="双方区域已同意", en="Agreed"),
    "active": Sentence(zh="在岗", en="Active"),
    "midterm": Sentence(zh="已中期检查", en="Mid-term reviewed"),
    "returned": Sentence(zh="已返回", en="Returned"),
    "appraised": Sentence(zh="已考核", en="Appraised"),
    "closed": Sentence(zh="已办结", en="Closed"),
    "refused": Sentence(zh="未同意", en="Refused"),
    "withdrawn": Sentence(zh="已撤回", en="Withdrawn"),
    "ended_early": Sentence(zh="提前结束", en="Ended early"),
}

VERBS: Mapping[Verb, Sentence] = {
    "nominate": Sentence(zh="推荐", en="Nominate"),
    "accept": Sentence(zh="同意接收", en="Accept"),
    "agree": Sentence(zh="同意交流", en="Agree"),
    "start": Sentence(zh="登记到岗", en="Has arrived"),
    "review": Sentence(zh="完成中期检查", en="Mid-term review is done"),
    "return": Sentence(zh="登记返回", en="Has returned"),
    "appraise": Sentence(zh="完成考核", en="Appraisal is done"),
    "close": Sentence(zh="办结", en="Close"),
    "refuse": Sentence(zh="不同意", en="Refuse"),
    "withdraw": Sentence(zh="撤回", en="Withdraw"),
    "extend": Sentence(zh="延长", en="Extend"),
    "end_early": Sentence(zh="提前结束", en="End early"),
}

PARTIES: Mapping[Party, Sentence] = {
    "teacher": Sentence(zh="本人", en="the teacher"),
    "home": Sentence(zh="派出学校", en="the home school"),
    "host": Sentence(zh="接收学校", en="the host school"),
    "origin_region": Sentence(zh="派出区域", en="the home region"),
    "host_region": Sentence(zh="接收区域", en="the host region"),
}


#: What is said where it is not.
_WITHOUT: Mapping[Fact, Sentence] = {
    "result": Sentence(
        zh="还没有考核结果。请先在“交流考核”里评价并给出结果，给出后自动进入已考核。",
        en="There is no result yet. Decide on it on the page of the appraisal: the placement goes on with it.",
    ),
}


@dataclass(frozen=True, slots=True)
class Move:
    """In `state`, each of `by` may do `verb`, which leads to `to`; `needs` has to be there first."""

    verb: Verb
    state: State
    by: frozenset[Party]
    to: State
    needs: Fact | None = None


def _move(verb: Verb, state: State, to: State, *by: Party, needs: Fact | None = None) -> Move:
    return Move(verb, state, frozenset(by), to, needs)


#: The transition table. Whatever is not in it cannot be done. `agree` leads on once both regions have.
MOVES: tuple[Move, ...] = (
    _move("nominate", "applied", "nominated", "home"),
    _move("refuse", "applied", "refused", "home"),
    _move("withdraw", "applied", "withdrawn", "teacher", "home"),
    _move("accept", "nominated", "accepted", "host"),
    _move("refuse", "nominated", "refused", "host"),
    _move("withdraw", "nominated", "withdrawn", "teacher", "home"),
    _move("agree", "accepted", "agreed", "origin_region", "host_region"),
    _move("refuse", "accepted", "refused", "origin_region", "host_region"),
    _move("withdraw", "accepted", "withdrawn", "teacher", "home"),
    _move("start", "agreed", "active", "host", "host_region"),
    _move("withdraw", "agreed", "withdrawn", "home", "origin_region"),
    _move("review", "active", "midterm", "host"),
    _move("return", "active", "returned", "home", "host"),
    _move("return", "midterm", "returned", "home", "host"),
    _move("extend", "active", "active", "origin_region"),
    _move("extend", "midterm", "midterm", "origin_region"),
    _move("end_early", "active", "ended_early", "home", "host", "origin_region", "host_region"),
    _move("end_early", "midterm", "ended_early", "home", "host", "origin_region", "host_region"),
    _move("appraise", "returned", "appraised", "host", "host_region", needs="result"),
    _move("close", "appraised", "closed", "origin_region"),
    _move("close", "ended_early", "closed", "origin_region"),
)

_BY_VERB_AND_STATE: Mapping[tuple[str, str], Move] = {(move.verb, move.state): move for move in MOVES}

#: Verbs that are done with a reason alone.
REASONED: frozenset[Verb] = frozenset({"refuse", "withdraw", "extend", "end_early"})

#: States in which somebody works at the other school; in which nothing follows; in which it never came to be.
THERE: frozenset[str] = frozenset({"active", "midterm"})
ENDED: frozenset[str] = frozenset({"closed", "refused", "withdrawn"})
#: What takes nobody's time: it was never to be, or was given up.
NEVER: frozenset[str] = frozenset({"refused", "withdrawn"})
OPEN: frozenset[str] = frozenset(STATES.keys() - ENDED)

#: Which verb somebody is waited for to do.
_AWAITED: Mapping[str, Verb] = {
    "applied": "nominate",
    "nominated": "accept",
    "accepted": "agree",
    "agreed": "start",
    "active": "review",
    "midterm": "return",
    "returned": "appraise",
    "appraised": "close",
    "ended_early": "close",
}


def move_of(verb: str, state: str) -> Move | None:
    """Where a verb leads from a state, and by whom; None where it leads nowhere."""
    return _BY_VERB_AND_STATE.get((verb, state))


def waits_for(state: str) -> tuple[Verb, frozenset[Party]] | None:
    """Which verb is awaited in a state, and of whom; None where nothing follows."""
    verb = _AWAITED.get(state)
    move = move_of(verb, state) if verb else None
    return (move.verb, move.by) if move else None


def why_not(
    verb: Verb, state: str, parties: Collection[Party], *, facts: Collection[Fact] = ()
) -> Sentence | None:
    """Why one who is these parties cannot do the verb in this state, or None where they can. facts: what is there."""
    move = move_of(verb, state)
    if move is None:
        was, does = STATES[state], VERBS[verb]  # type: ignore[index]  # a state of the database is one of these
        possible = [each.verb for each in MOVES if each.state == state and not each.by.isdisjoint(parties)]
        words = [VERBS[each] for each in possible]
        rest_zh = "、".join(word.zh for word in words)
        rest_en = ", ".join(word.en for word in words)
        return Sentence(
            zh=f"这条交流{was.zh}，不能“{does.zh}”。" + (f"现在可以：{rest_zh}。" if words else ""),
            en=f"“{does.en}” is not possible: this placement is in the state “{was.en}”."
            + (f" Possible now: {rest_en}." if words else ""),
        )
    if move.by.isdisjoint(parties):
        whose = [PARTIES[party] for party in PARTIES if party in move.by]
        return Sentence(
            zh=f"“{VERBS[verb].zh}”由{'、'.join(each.zh for each in whose)}办理。",
            en=f"“{VERBS[verb].en}” is for {' or '.join(each.en for each in whose)} to do.",
        )
    if move.needs is not None and move.needs not in facts:
        return _WITHOUT[move.needs]
    return None
