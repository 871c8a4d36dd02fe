"""Demonstration: how an announcement went out by the schools' own channels, and where it did not arrive."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from services.notifications.announcements.commands.reaching import told_by
from services.notifications.announcements.model import Announcement
from services.notifications.channels.model import KIND_WORDS, Channel
from services.notifications.deliveries.model import Attempt, Delivery, Letter
from shared.db import Transaction
from shared.ids import named

#: From the moment in which it was sent to the moment in which it went out.
_TAKES = timedelta(seconds=3)


@dataclass(frozen=True, slots=True)
class Sent:
    """One way to a school, of the kinds of channels. refusal: the code and what the other side said; reason: of the log."""

    kind: str
    refusal: str = ""
    reason: str = ""


def demonstrate_sending(
    tx: Transaction, announcement: Announcement, ways: Mapping[str, Sequence[Sent]]
) -> None:
    """Enter the letter, and for each school, by its code, what became of it.

    The channels count as removed: they have no address, so nothing will ever be sent by them.
    """
    at = announcement.sent_at or tx.now
    letter = Letter(
        notice_id=told_by(announcement),
        class_name="confirmation",
        subject_zh=announcement.title,
        subject_en=announcement.title,
        text_zh=announcement.body,
        text_en=announcement.body,
        link=announcement.page,
        sender=announcement.created_by,
        written_at=at,
        expires_at=at + timedelta(days=14),
    )
    tx.db.add(letter)
    for code, several in ways.items():
        for way in several:
            _send(tx, letter, code, way)


def _send(tx: Transaction, letter: Letter, code: str, way: Sent) -> None:
    at, key = letter.written_at, f"{code}/{way.kind}"
    school_id = named("school", code)
    arrived = "sent" if way.kind == "email" else "delivered"
    answer_code, _, answer = (way.refusal or ("250 OK" if way.kind == "email" else "0 ok")).partition(" ")
    channel = Channel(
        id=named("demonstration.channel", key),
        version=1,
        owner=f"school:{school_id}",
        school_id=school_id,
        kind=way.kind,
        name=KIND_WORDS[way.kind].zh,
        shown="",
        sealed="",
        mark=key,
        endpoint="",
        language=None,
        created_at=at - timedelta(days=30),
        created_by=tx.actor,
        removed_at=tx.now,
    )
    delivery = Delivery(
        id=named("demonstration.delivery", key),
        notice_id=letter.notice_id,
        recipient=channel.owner,
        channel_id=channel.id,
        school_id=school_id,
        endpoint="",
        state="given_up" if way.refusal else arrived,
        due_at=at,
        attempts=1,
        reason=way.reason,
        layer="mandatory",
        queued_at=at,
        done_at=at + _TAKES,
    )
    attempt = Attempt(
        delivery_id=delivery.id,
        number=1,
        claim=named("demonstration.claim", key),
        began_at=at + _TAKES / 2,
        ended_at=at + _TAKES,
        outcome="refused" if way.refusal else arrived,
        code=answer_code,
        answer=answer,
    )
    for row in (channel, delivery, attempt):
        tx.db.add(row)
        tx.db.flush()  # the next one refers to it
