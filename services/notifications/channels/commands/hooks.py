"""Webhooks by Standard Webhooks: signed, the same id at every try, and an answer that means what its status says."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus

from standardwebhooks import Webhook

from services.notifications.channels.commands.parcels import Parcel
from services.notifications.channels.commands.reaching import (
    Answered,
    CutOffError,
    InternalError,
    Reach,
    UnreachableError,
)
from services.notifications.channels.model import Answer

_CLIPPED = 300


def post_hook(parcel: Parcel, *, reach: Reach, now: datetime) -> Answer:
    """Post the parcel once. Never raises for what the other side does."""
    body = body_of(parcel)
    stamp = str(int(now.timestamp()))
    secrets = [each for each in (parcel.kept.secret, parcel.kept.former) if each]
    id_ = f"msg_{parcel.id.hex}"
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Tongxing",
        "webhook-id": id_,
        "webhook-timestamp": stamp,
        "webhook-signature": " ".join(Webhook(each).sign(id_, now, body) for each in secrets),
    }
    return posted(
        lambda: meaning(reach.post(parcel.kept.address, body.encode(), headers, reuse=True), now=now)
    )


def body_of(parcel: Parcel) -> str:
    """What a webhook says, the same text at every try."""
    recipient_kind, _, recipient_id = parcel.recipient.partition(":")
    said = {
        "type": f"notice.{parcel.class_name}",
        "timestamp": parcel.written_at.isoformat(),
        "data": {
            "notice_id": str(parcel.notice_id),
            "class": parcel.class_name,
            "subject": {"zh": parcel.subject.zh, "en": parcel.subject.en},
            "text": {"zh": parcel.text.zh, "en": parcel.text.en},
            "link": parcel.link,
            "recipient": {"kind": recipient_kind, "id": recipient_id},
        },
    }
    return json.dumps(said, ensure_ascii=False, separators=(",", ":"))


def posted(post: Callable[[], Answer]) -> Answer:
    """The answer of a post, also where nothing came of it."""
    try:
        return post()
    except InternalError:
        return Answer(
            outcome="refused",
            code="internal",
            text="The name leads to an address of an internal network.",
            channel="internal",
        )
    except UnreachableError as error:
        return Answer(outcome="failed", code=error.code, text=error.text[:_CLIPPED], slow=error.slow)
    except CutOffError as error:
        return Answer(outcome="in_doubt", code="no-answer", text=str(error)[:_CLIPPED], slow=True)


def meaning(answered: Answered, *, now: datetime) -> Answer:
    """What a status says: 2xx has it, 410 wants no more; everything else, redirects too, is tried again."""
    code, text = str(answered.status), clipped(answered.body)
    if HTTPStatus.OK <= answered.status < HTTPStatus.MULTIPLE_CHOICES:
        return Answer(outcome="delivered", code=code, text=text)
    if answered.status == HTTPStatus.GONE:
        return Answer(outcome="refused", code=code, text=text, channel="gone")
    return Answer(outcome="failed", code=code, text=text, wait=retry_after(answered, now=now))


def retry_after(answered: Answered, *, now: datetime) -> timedelta | None:
    """How long the other side asks us to wait, in either of the ways that it may say it."""
    said = answered.headers.get("retry-after", "").strip()
    if not said:
        return None
    if said.isascii() and said.isdigit():
        return timedelta(seconds=min(int(said[:9]), 10**6))
    try:
        at = parsedate_to_datetime(said)
    except ValueError:
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return max(timedelta(0), at - now)


def clipped(body: bytes) -> str:
    """The beginning of an answer as text that any database takes."""
    text = body[: _CLIPPED * 4].decode("utf-8", "replace")
    return "".join(sign if sign.isprintable() else " " for sign in text)[:_CLIPPED].strip()
