"""What waits for whom: the one shape of it, which each service publishes on a topic of its own, as whole states."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec

from shared.events.contract import Event

Moment = Annotated[datetime, msgspec.Meta(tz=True)]


class Task(Event, frozen=True, kw_only=True):
    """Something that waits for somebody, as it is now.

    audiences: for whom, each written as a grant (`coordinator@region:632800`, `liaison@school:ID`) or `account:ID`;
    whoever is one of them may do it, and then it is done for all. due: until when, if it has an end. sentence: what it
    is, what matters first, up to a colon. verb: the word on its button, which leads to `link`, a path of ours.
    closed_at: since when it waits no more; a task that is closed may be opened again.
    """

    task_id: UUID
    audiences: tuple[str, ...]
    sentence_zh: str
    sentence_en: str
    verb_zh: str
    verb_en: str
    link: str
    opened_at: Moment
    due: Moment | None = None
    closed_at: Moment | None = None
