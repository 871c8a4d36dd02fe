"""What a request finds at the edge: its service, its principal, and the way into a command or a query."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TypeVar, cast

from flask import current_app, g, request
from sqlalchemy.orm import Session

from shared.auth.keys import Keys
from shared.auth.principal import Principal
from shared.auth.states import AccountStates
from shared.db import Transaction
from shared.errors import Forbidden
from shared.runtime import Runtime
from shared.text import Language, Sentence

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Edge:
    """What the application of one service holds for its requests."""

    runtime: Runtime
    keys: Keys
    accounts: AccountStates


def edge() -> Edge:
    """The edge of the application that serves the present request."""
    return cast("Edge", current_app.extensions["tongxing"])


def principal() -> Principal | None:
    """Who asks, or None where nobody is signed in."""
    return cast("Principal | None", g.get("principal"))


def signed_in() -> Principal:
    """Who asks. Raises Forbidden where nobody is signed in; the route's rule has usually said so before."""
    found = principal()
    if found is None:
        raise Forbidden(Sentence(zh="请先登录。", en="Sign in first."))
    return found


def command(work: Callable[[Transaction], R]) -> R:
    """Run a command in a transaction of its own, as who asks."""
    return edge().runtime.database.run(work, actor=signed_in().actor, origin=request.remote_addr)


def reading() -> AbstractContextManager[Session]:
    """A session for queries: one state, no writes."""
    return edge().runtime.database.reading()


def language() -> Language:
    """The reader's language: chosen on this device, in the account, by the browser, or the default."""
    chosen = request.cookies.get("language")
    if chosen not in {"zh", "en"}:
        asks = principal()
        chosen = asks.language if asks and asks.language else None
    if chosen is None:
        chosen = request.accept_languages.best_match(["zh", "en"])
    return cast("Language", chosen or edge().runtime.settings.language)
