"""Sessions as a calendar (RFC 5545): an event for each occurrence, so that a programme is its sessions and no long bar."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from icalendar import Calendar, Event, Timezone, vDuration

from services.scheduling.plans.model import ZONE, Occurrence
from shared.text import Language, Sentence

#: How often a calendar programme is asked to look again.
LOOK_AGAIN = timedelta(hours=1)

_STATES = {
    "cancelled": Sentence(zh="已取消：", en="Cancelled: "),
    "postponed": Sentence(zh="已延期：", en="Postponed: "),
    "recalled": Sentence(zh="已撤回：", en="Recalled: "),
}


@dataclass(frozen=True, slots=True)
class Told:
    """A session as a calendar tells of it. about: what stands below the title; address: its page."""

    id: str
    version: int
    title: str
    state: str
    reason: str
    occurrences: tuple[Occurrence, ...]
    changed_at: datetime
    about: str
    address: str


def calendar(sessions: Iterable[Told], *, title: str, speaks: Language) -> bytes:
    """The calendar: UTF-8, lines folded, with the zone that it is told in.

    UID: the session and the place of the occurrence in it, so that a moved one moves. SEQUENCE: the session's version.
    What was cancelled, postponed or recalled stays, as cancelled: a calendar that merely forgets it would leave people waiting.
    """
    made = Calendar()
    made.add("prodid", "-//Tongxing//scheduling//ZH")
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    made.add("x-wr-calname", title)
    made.add("refresh-interval", vDuration(LOOK_AGAIN), parameters={"VALUE": "DURATION"})
    made.add("x-published-ttl", vDuration(LOOK_AGAIN))
    made.add_component(Timezone.from_tzid(ZONE.key))
    for session in sessions:
        for number, occurrence in enumerate(session.occurrences, start=1):
            made.add_component(_event(session, occurrence, number=number, speaks=speaks))
    return bytes(made.to_ical())


def _event(session: Told, occurrence: Occurrence, *, number: int, speaks: Language) -> Event:
    event = Event()
    off = _STATES.get(session.state)
    event.add("uid", f"{session.id}-{number}@tongxing")
    event.add("dtstamp", session.changed_at)
    event.add("sequence", session.version)
    event.add("dtstart", occurrence.starts_at.astimezone(ZONE))
    event.add("dtend", occurrence.ends_at.astimezone(ZONE))
    event.add("summary", f"{off.in_language(speaks)}{session.title}" if off else session.title)
    event.add("status", "CANCELLED" if off else "CONFIRMED")
    if occurrence.place or occurrence.link:
        event.add("location", occurrence.place or occurrence.link)
    lines = [session.reason if off else "", session.about, occurrence.link, session.address]
    event.add("description", "\n".join(line for line in lines if line))
    event.add("url", session.address)
    return event
