"""Mail: written in the recipient's language, handed to the server stage by stage, so that it is known what failed."""

import re
import smtplib
import ssl
import threading
import time
from datetime import timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from html import escape
from urllib.parse import unquote, urlsplit

from services.notifications.channels.commands.hooks import clipped
from services.notifications.channels.commands.parcels import Parcel
from services.notifications.channels.model import Answer
from shared.settings import Settings
from shared.text import Language, Sentence

_SECONDS = 15
_IDLE = 20.0

#: Mails over one connection; some servers end it after a number of their own.
_IN_A_ROW = 100

_PERMANENT = 500

#: Enhanced codes (RFC 3463) and plain ones that say: there is no such mailbox, here or any more.
_NO_MAILBOX = re.compile(rb"5\.1\.[0-36]|5\.2\.1|user unknown|no such user|does not exist", re.IGNORECASE)
_NOBODY = frozenset({550, 551, 553})

_OPEN = Sentence(zh="打开查看", en="Open")
_ENDING = Sentence(zh="不再接收这类邮件", en="No more mails of this kind")
_WHY = Sentence(
    zh="你收到这封邮件，是因为这个地址在同行中登记为通知渠道。",
    en="You receive this because the address is a channel for notices in Tongxing.",
)


class Mailer:
    """Hands mails to the server of the settings, over connections that are kept. Thread-safe."""

    def __init__(self, settings: Settings) -> None:
        """Connect to nothing yet."""
        self._url = urlsplit(settings.smtp_url)
        self._from = settings.mail_from
        self._idle: list[tuple[float, int, smtplib.SMTP]] = []
        self._lock = threading.Lock()

    def send(self, parcel: Parcel) -> Answer:
        """Hand over the parcel once. Never raises for what the server does."""
        if not self._url.hostname or not self._from:
            wait = timedelta(minutes=10)  # costs no try: it is nothing that the recipient could mend
            return Answer(outcome="limited", code="no-server", text="No mail server is set up.", wait=wait)
        data = _dotted(letter(parcel, sender=self._from))
        kept = self._take()
        while True:
            try:
                count, server = kept or (0, self._connect())
            except (OSError, smtplib.SMTPException) as error:
                return Answer(outcome="failed", code="connection", text=str(error)[:300], slow=True)
            try:
                stage, code, said = self._stages(server, parcel.kept.address, data)
            except _DoubtError as error:
                server.close()
                return Answer(outcome="in_doubt", code="no-answer", text=str(error)[:300], slow=True)
            except (OSError, smtplib.SMTPException) as error:
                server.close()
                if kept is not None:  # the server had ended that connection: nothing was sent
                    kept = None
                    continue
                return Answer(outcome="failed", code="connection", text=str(error)[:300], slow=True)
            self._give_back(server, count + 1)
            return _meaning(stage, code, said)

    def close(self) -> None:
        """End the connections that are idle."""
        with self._lock:
            idle, self._idle = self._idle, []
        for _, _, server in idle:
            _bye(server)

    def _stages(self, server: smtplib.SMTP, recipient: str, data: bytes) -> tuple[str, int, bytes]:
        """The stage at which it ended, and what the server said there. Raises _DoubtError behind the point of no return."""
        code, said = server.mail(self._from)
        if code != _OK:
            return self._over(server, "from", code, said)
        code, said = server.rcpt(recipient)
        if code not in _TAKEN:
            return self._over(server, "to", code, said)
        code, said = server.docmd("DATA")
        if code != _GO_ON:
            return self._over(server, "data", code, said)
        try:
            server.send(data)
            code, said = server.getreply()
        except (OSError, smtplib.SMTPException) as error:
            raise _DoubtError(str(error)) from error
        return "sent", code, said

    def _over(self, server: smtplib.SMTP, stage: str, code: int, said: bytes) -> tuple[str, int, bytes]:
        server.rset()
        return stage, code, said

    def _connect(self) -> smtplib.SMTP:
        host = self._url.hostname or ""
        trusted = ssl.create_default_context()
        if self._url.scheme == "smtps":
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                host, self._url.port or 465, timeout=_SECONDS, context=trusted
            )
        else:
            server = smtplib.SMTP(host, self._url.port or 587, timeout=_SECONDS)
        server.ehlo()
        if self._url.scheme == "smtp" and server.has_extn("starttls"):
            server.starttls(context=trusted)
            server.ehlo()
        if self._url.username:
            server.login(unquote(self._url.username), unquote(self._url.password or ""))
        return server

    def _take(self) -> tuple[int, smtplib.SMTP] | None:
        while True:
            with self._lock:
                if not self._idle:
                    return None
                since, count, server = self._idle.pop()
            if time.monotonic() - since < _IDLE:
                return count, server
            _bye(server)

    def _give_back(self, server: smtplib.SMTP, count: int) -> None:
        if count >= _IN_A_ROW:
            _bye(server)
            return
        with self._lock:
            self._idle.append((time.monotonic(), count, server))


class _DoubtError(Exception):
    """The whole mail went out and no answer came."""


_OK, _GO_ON = 250, 354
_TAKEN = frozenset({250, 251})


def letter(parcel: Parcel, *, sender: str) -> bytes:
    """The mail as it goes over the wire: text and HTML, the same id at every try.

    Headers that are longer than a line and must not be folded are written by hand: folded, they would be encoded, and no
    reader of mail takes an encoded address for one.
    """
    whole = [f"Message-ID: {message_id(parcel, sender=sender)}"]
    if parcel.unsubscribe:
        whole += [
            f"List-Unsubscribe: <{parcel.unsubscribe}>",
            "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
        ]
    message = EmailMessage()
    message["From"], message["To"] = sender, parcel.kept.address
    message["Subject"] = " / ".join(
        " ".join(line.split()) for line in parcel.said(parcel.subject).splitlines()
    )
    message["Date"] = format_datetime(parcel.written_at)
    message["Auto-Submitted"] = "auto-generated"
    message["Content-Language"] = ", ".join(parcel.languages)
    message.set_content("\n\n".join(_plain(parcel, each) for each in parcel.languages), cte="base64")
    parts = "\n<hr>\n".join(_html(parcel, each) for each in parcel.languages)
    lang = "zh-CN" if parcel.languages[0] == "zh" else "en"
    page = f'<!doctype html>\n<html lang="{lang}"><meta charset="utf-8"><body>\n{parts}\n</body></html>\n'
    message.add_alternative(page, subtype="html", cte="base64")
    return "".join(f"{line}\r\n" for line in whole).encode("ascii") + message.as_bytes(policy=SMTP)


def message_id(parcel: Parcel, *, sender: str) -> str:
    """The same for the same delivery, whoever sends it, however often."""
    domain = sender.rpartition("@")[2].strip("> ") or "tongxing.invalid"
    return f"<{parcel.id}@{domain}>"


def _plain(parcel: Parcel, language: Language) -> str:
    lines = [
        parcel.subject.in_language(language),
        parcel.text.in_language(language),
        f"{_OPEN.in_language(language)}: {parcel.link}",
        "--",
        _WHY.in_language(language),
    ]
    if parcel.unsubscribe:
        lines.append(f"{_ENDING.in_language(language)}: {parcel.unsubscribe}")
    return "\n\n".join(lines)


def _html(parcel: Parcel, language: Language) -> str:
    """Everything that people wrote is escaped; there is no picture and nothing that tells who has opened it."""
    paragraphs = "".join(
        f'<p style="margin:0 0 12px">{escape(line)}</p>'
        for line in parcel.text.in_language(language).splitlines()
        if line
    )
    ending = ""
    if parcel.unsubscribe:
        ending = f' <a href="{escape(parcel.unsubscribe)}">{_ENDING.in_language(language)}</a>'
    return (
        '<div style="max-width:560px;font:15px/1.7 system-ui,sans-serif;color:#1d2433">'
        f'<h1 style="font-size:20px">{escape(parcel.subject.in_language(language))}</h1>{paragraphs}'
        f'<p><a style="color:#1f4e79" href="{escape(parcel.link)}">{_OPEN.in_language(language)}</a></p>'
        f'<p style="font-size:13px;color:#6b7383">{_WHY.in_language(language)}{ending}</p></div>'
    )


def _meaning(stage: str, code: int, said: bytes) -> Answer:
    text, number = clipped(said), str(code)
    if stage == "sent" and code == _OK:
        return Answer(outcome="sent", code=number, text=text)
    if (
        code >= _PERMANENT and stage != "from"
    ):  # who refuses our own address refuses everybody's mail: that is ours to mend
        nobody = stage == "to" and (code in _NOBODY or _NO_MAILBOX.search(said) is not None)
        return Answer(outcome="refused", code=number, text=text, channel="refused" if nobody else "")
    return Answer(outcome="failed", code=number, text=text)


def _dotted(data: bytes) -> bytes:
    """As DATA wants it (RFC 5321, 4.5.2)."""
    return re.sub(rb"(?m)^\.", b"..", data) + (b".\r\n" if data.endswith(b"\r\n") else b"\r\n.\r\n")


def _bye(server: smtplib.SMTP) -> None:
    try:
        server.quit()
    except (OSError, smtplib.SMTPException):
        server.close()
