"""The scope switch: who holds several scopes may look at one of them. It narrows what is shown and never widens it."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

from flask import request
from sqlalchemy.orm import Session

from shared.roster import name_of
from shared.text import Sentence
from shared.web.edge import principal, reading, signed_in


@dataclass(frozen=True, slots=True)
class Choice:
    """A scope that the reader may look at; an empty one means all of the reader's own."""

    scope: str
    name: Sentence
    chosen: bool


ALL = Sentence(zh="全部范围", en="All of mine")


def chosen() -> str:
    """The scope that was chosen on this device, or nothing; one that is not the reader's own counts as nothing."""
    asks, said = principal(), request.cookies.get("scope", "")
    return said if asks and any(grant.scope == said for grant in asks.grants) else ""


def scopes() -> frozenset[str]:
    """The scopes in force: the chosen one, or all of the reader's own. Raises Forbidden where nobody is signed in."""
    own = frozenset(grant.scope for grant in signed_in().grants)
    return frozenset({said}) if (said := chosen()) else own


def narrowed(granted: Iterable[str]) -> frozenset[str]:
    """Those of the scopes that were granted for something which are in force: what a list of it shows."""
    return scopes().intersection(granted)


def by_roster(db: Session, wanted: Collection[str]) -> Mapping[str, Sentence]:
    """What people call these scopes, of the service's copy of the roster."""
    return {scope: name_of(db, scope) for scope in wanted}


def choices(
    names: Callable[[Session, Collection[str]], Mapping[str, Sentence]] = by_roster,
) -> list[Choice]:
    """What the switch of the top bar offers; nothing for who has nothing to choose.

    names: what scopes are called, where the service knows it better than by a copy of the roster.
    """
    asks = principal()
    own = sorted({grant.scope for grant in asks.grants}) if asks else []
    if len(own) < 2:  # noqa: PLR2004  one scope is no choice
        return []
    said = chosen()
    with reading() as db:
        called = names(db, own)
    named = [Choice(scope, called[scope], scope == said) for scope in own]
    return [Choice("", ALL, not said), *named]
