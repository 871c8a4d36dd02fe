"""Every state × every verb × every party, against a table written down a second time, as the law of the house says it."""

from datetime import UTC, date, datetime
from typing import Literal, get_args
from uuid import uuid4

import pytest

from services.exchange.placements.model import (
    ENDED,
    MOVES,
    STATES,
    Party,
    Placement,
    State,
    Verb,
    waits_for,
)
from shared.errors import Invalid, Refusal
from tests.services.exchange.office import plan

AT = datetime(2026, 1, 5, 1, 0, tzinfo=UTC)
REGIONS = "origin_region host_region"

#: state: verb → who may, and what it leads to. Nothing else may be done.
LAW: dict[str, dict[str, tuple[str, str]]] = {
    "applied": {
        "nominate": ("home", "nominated"),
        "refuse": ("home", "refused"),
        "withdraw": ("teacher home", "withdrawn"),
    },
    "nominated": {
        "accept": ("host", "accepted"),
        "refuse": ("host", "refused"),
        "withdraw": ("teacher home", "withdrawn"),
    },
    "accepted": {
        "agree": (REGIONS, "accepted"),  # by one of the two; both together lead to agreed
        "refuse": (REGIONS, "refused"),
        "withdraw": ("teacher home", "withdrawn"),
    },
    "agreed": {"start": ("host host_region", "active"), "withdraw": ("home origin_region", "withdrawn")},
    "active": {
        "review": ("host", "midterm"),
        "return": ("home host", "returned"),
        "extend": ("origin_region", "active"),
        "end_early": (f"home host {REGIONS}", "ended_early"),
    },
    "midterm": {
        "return": ("home host", "returned"),
        "extend": ("origin_region", "midterm"),
        "end_early": (f"home host {REGIONS}", "ended_early"),
    },
    "returned": {"appraise": ("host host_region", "appraised")},
    "appraised": {"close": ("origin_region", "closed")},
    "ended_early": {"close": ("origin_region", "closed")},
    "closed": {},
    "refused": {},
    "withdrawn": {},
}

#: What has to be there before a verb.
NEEDED: dict[str, tuple[Literal["result"], ...]] = {"appraise": ("result",)}


def placement(state: str) -> Placement:
    made = Placement.propose(
        id_=uuid4(), plan=plan(), regions=("632801", "520502"), state=state, by="account:a", at=AT
    )
    made.left_on = made.agreed_origin = made.agreed_host = made.justified = None
    return made


def go(made: Placement, verb: Verb, *parties: Party) -> str:
    on = {"extend": date(2026, 12, 31), "end_early": date(2026, 1, 5)}.get(verb)
    made.go(
        verb,
        parties=set(parties),
        at=AT,
        on=on,
        reason="家庭原因",
        justified=True,
        facts=NEEDED.get(verb, ()),
    )
    return made.state


@pytest.mark.parametrize("state", get_args(State))
def test_every_verb_by_every_party_does_what_the_law_says_or_nothing_at_all(state: State) -> None:
    for verb in get_args(Verb):
        by, leads_to = LAW[state].get(verb, ("", ""))
        for party in get_args(Party):
            made = placement(state)
            if party in by.split():
                assert made.why_not(verb, {party}, facts=NEEDED.get(verb, ())) is None
                assert go(made, verb, party) == leads_to, (state, verb, party)
                assert made.version == 2
            else:
                with pytest.raises(Refusal) as refused:
                    go(made, verb, party)
                assert refused.value.sentence.zh, refused.value.sentence.en
                assert (made.state, made.version) == (state, 1), (state, verb, party)
        made = placement(state)
        with pytest.raises(Refusal):
            made.go(verb, parties=set(), at=AT, reason="家庭原因", justified=True)


def test_nobody_is_appraised_without_a_result() -> None:
    made = placement("returned")
    with pytest.raises(Refusal) as refused:
        made.go("appraise", parties={"host", "host_region"}, at=AT)
    assert "还没有考核结果" in refused.value.sentence.zh
    assert (made.state, made.version) == ("returned", 1)


def test_both_regions_have_to_agree_whoever_is_first_and_nobody_twice() -> None:
    for first, second in (("origin_region", "host_region"), ("host_region", "origin_region")):
        made = placement("accepted")
        assert go(made, "agree", first) == "accepted"  # type: ignore[arg-type]
        assert made.awaited() == ("agree", frozenset({second}))
        assert (refused := made.why_not("agree", {first})) is not None  # type: ignore[arg-type]
        assert "另一方" in refused.zh
        assert go(made, "agree", second) == "agreed"  # type: ignore[arg-type]


def test_who_looks_after_both_regions_agrees_once() -> None:
    assert go(placement("accepted"), "agree", "origin_region", "host_region") == "agreed"


def test_in_every_state_that_does_not_end_somebody_is_waited_for_who_can_do_it() -> None:
    for state in STATES:
        waits = waits_for(state)
        assert (waits is None) == (state in ENDED), state
        if waits:
            [move] = [move for move in MOVES if (move.verb, move.state) == (waits[0], state)]
            assert waits[1] == move.by


@pytest.mark.parametrize("verb", ["refuse", "withdraw", "extend", "end_early"])
def test_what_somebody_has_to_live_with_has_a_reason(verb: Verb) -> None:
    state: State = {"refuse": "nominated", "withdraw": "nominated"}.get(verb, "active")  # type: ignore[assignment]
    made = placement(state)
    parties: set[Party] = {"home", "host", "origin_region"}

    with pytest.raises(Invalid) as invalid:
        made.go(verb, parties=parties, at=AT, on=date(2026, 12, 31), justified=True)

    assert (invalid.value.field, made.state) == ("reason", state)


def test_an_early_end_is_justified_or_not_and_gives_the_rest_of_the_time_back() -> None:
    made = placement("active")
    with pytest.raises(Invalid) as invalid:
        made.go("end_early", parties={"host"}, at=AT, on=date(2026, 1, 5), reason="生病")
    assert invalid.value.field == "justified"

    told = made.go("end_early", parties={"host"}, at=AT, on=date(2026, 1, 5), reason="生病", justified=False)

    assert (told.ends_on, told.justified, told.reason, told.step) == (
        date(2026, 1, 5),
        False,
        "生病",
        "end_early",
    )
    assert (made.ends_on, made.last_on) == (date(2026, 7, 15), date(2026, 1, 5))


@pytest.mark.parametrize(
    ("verb", "on"),
    [
        ("extend", None),
        ("extend", date(2026, 7, 15)),
        ("extend", date(2039, 1, 1)),
        ("return", date(2025, 8, 31)),
        ("return", date(2026, 7, 16)),
        ("end_early", date(2027, 1, 1)),
    ],
)
def test_days_that_cannot_be_are_refused(verb: Verb, on: date | None) -> None:
    made = placement("active")

    with pytest.raises(Invalid) as invalid:
        made.go(
            verb,
            parties={"home", "host", "origin_region"},
            at=AT,
            on=on,
            reason="家庭原因",
            justified=True,
        )

    assert (invalid.value.field, made.state) == ("on", "active")
