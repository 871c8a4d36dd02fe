"""Who may do what with agreements, and what is different between two of their contents."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.exchange.agreements.model import Terms
from shared.auth import SIGNED_IN, Rule, covers, holders

MAY: Mapping[str, Rule] = {
    "see": SIGNED_IN,
    "act": holders("administrator", "coordinator", "liaison"),
}


def parties_of(parties: Iterable[str], *, scopes: Collection[str]) -> tuple[str, ...]:
    """Those of the parties that lie in one of the scopes; a school and a group are named as such."""
    return tuple(party for party in parties if _lies_in(party, scopes))


def _lies_in(party: str, scopes: Collection[str]) -> bool:
    kind, _, value = party.partition(":")
    if "all" in scopes or party in scopes:
        return True
    return kind == "region" and any(covers(scope, region=value) for scope in scopes)


@dataclass(frozen=True, slots=True)
class Difference:
    """A field that is different: what was said, and what is said now. None: it was not, or is not any more, said."""

    field: str
    was: str | None
    now: str | None


def differences(old: Terms, new: Terms) -> Sequence[Difference]:
    """Field by field and line by line; the order in which conditions are said is no difference."""
    one, other = old.written(), new.written()
    found: list[Difference] = []
    for name in one:
        was, now = one[name], other[name]
        if isinstance(was, list) or isinstance(now, list):
            before, after = [_said(each) for each in was], [_said(each) for each in now]
            found += [Difference(name, said, None) for said in before if said not in after]
            found += [Difference(name, None, said) for said in after if said not in before]
        elif isinstance(was, dict):
            found += [
                Difference(f"{name}.{key}", _said(was.get(key)), _said(now.get(key)))
                for key in sorted({*was, *now})
                if was.get(key) != now.get(key)
            ]
        elif was != now:
            found.append(Difference(name, _said(was), _said(now)))
    return found


def _said(value: Any) -> str:  # noqa: ANN401  plain values of terms
    """As one text; the page puts it into words."""
    if isinstance(value, dict):
        return " · ".join(str(each) for each in value.values() if each not in (None, ""))
    return "" if value is None else str(value)
