"""The codes of a door: what a screen in the hall shows, and what is accepted.

A code is an HMAC-SHA256 over the occurrence and the window of time that it was shown in (RFC 2104; the windows as in
RFC 6238). The scanned one renews every half minute and is accepted one window longer, for slow phones. The typed one has
six digits, stands for five minutes so that the last row can read it, and wrong ones are counted: after `WRONG_AT_MOST` of
one person's none of theirs are looked at for `PAUSE`. Who is not signed in is counted by name; a hall shares one address, so
that alone counts only from `WRONG_OF_ADDRESS` on.

**Kept scans.** A phone without network keeps the scan with its own clock and sends it later. It counts if the code is
right for the window that the phone names, if that page was opened, by the same account, before that window and not
longer than `TICKET_LASTS` (its ticket is signed), and if it arrives within `KEPT_FOR`. A code that was merely copied
carries no such ticket and is refused after its window. A phone whose clock is set by hand can still be made to lie; so
such presences are marked on the host's list.
"""

import hashlib
import hmac
from base64 import b32encode
from datetime import UTC, datetime, timedelta
from uuid import UUID

#: How long a scanned code and a typed one are shown.
SCANNED, TYPED = timedelta(seconds=30), timedelta(minutes=5)

#: How many wrong codes, within how long, before nobody's are looked at any more.
WRONG_AT_MOST, WRONG_OF_ADDRESS, PAUSE = 5, 60, timedelta(minutes=10)

#: How often in a minute one address may type digits without saying in which hall: a hall of hundreds shares an address.
TYPED_AT_MOST = 300

#: How long the page that keeps scans is good for, and how late what it kept may come.
TICKET_LASTS, KEPT_FOR = timedelta(hours=12), timedelta(hours=24)

#: Letters of a scanned code: 80 bits, which nobody guesses within a window.
_LETTERS = 16


def scanned_code(secret: bytes, check_in_id: UUID, at: datetime) -> str:
    """What the QR code of this moment says after the address."""
    return b32encode(_mac(secret, "scan", check_in_id, _window(at, SCANNED)))[:_LETTERS].decode().lower()


def typed_code(secret: bytes, check_in_id: UUID, at: datetime) -> str:
    """The six digits of this moment."""
    number = int.from_bytes(_mac(secret, "type", check_in_id, _window(at, TYPED))[:8], "big")
    return f"{number % 1_000_000:06}"


def is_scanned(code: str, secret: bytes, check_in_id: UUID, at: datetime) -> bool:
    """Whether the code is that of this window or of the one before."""
    return any(
        hmac.compare_digest(code.encode(), scanned_code(secret, check_in_id, moment).encode())
        for moment in (at, at - SCANNED)
    )


def is_typed(code: str, secret: bytes, check_in_id: UUID, at: datetime) -> bool:
    """Whether the digits are those of this window or of the one before."""
    return any(
        hmac.compare_digest(code.encode(), typed_code(secret, check_in_id, moment).encode())
        for moment in (at, at - TYPED)
    )


def ticket(secret: bytes, check_in_id: UUID, account: UUID, at: datetime) -> str:
    """What a page that may keep scans carries: when this account opened it, signed."""
    opened = int(at.timestamp())
    return f"{opened}.{_mac(secret, f'ticket {account}', check_in_id, opened).hex()[:32]}"


def is_kept(
    code: str,
    secret: bytes,
    check_in_id: UUID,
    *,
    account: UUID,
    carried: str,
    scanned_at: datetime,
    now: datetime,
) -> bool:
    """Whether a scan that a phone kept counts, by the rule above."""
    opened, _, _ = carried.partition(".")
    if not (opened.isascii() and opened.isdigit() and len(opened) <= len("9999999999")):
        return False
    since = datetime.fromtimestamp(int(opened), tz=UTC)
    return (
        hmac.compare_digest(carried.encode(), ticket(secret, check_in_id, account, since).encode())
        and since <= scanned_at <= since + TICKET_LASTS
        and scanned_at <= now <= scanned_at + KEPT_FOR
        and (
            is_scanned(code, secret, check_in_id, scanned_at)
            or is_typed(code, secret, check_in_id, scanned_at)
        )
    )


def _window(at: datetime, lasts: timedelta) -> int:
    return int(at.timestamp() // lasts.total_seconds())


def _mac(secret: bytes, purpose: str, check_in_id: UUID, window: int) -> bytes:
    return hmac.new(secret, f"{purpose} {check_in_id} {window}".encode(), hashlib.sha256).digest()
