"""The mail with which somebody who forgot the password chooses a new one."""

import secrets
import smtplib
import ssl
from datetime import timedelta
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit
from uuid import UUID

from services.directory.accounts.model import Account, SignInLink, hashed
from shared.db import Transaction
from shared.errors import Invalid
from shared.ids import uuid7
from shared.jobs import Done, Step
from shared.settings import Settings
from shared.text import Sentence

#: How long a mailed link lasts.
LASTS = timedelta(hours=2)

_SECONDS = 20

_SUBJECT = Sentence(zh="同行：重新设置密码", en="Tongxing: choose a new password")
_TEXT = Sentence(
    zh="{name}，你好：\n\n打开下面的链接，重新设置密码。链接 2 小时内有效，只能使用一次。\n\n{link}\n\n"
    "如果这不是你的请求，不用理会：密码不会改变。\n",
    en="Hello {name},\n\nOpen this link to choose a new password. It is valid for 2 hours and works once.\n\n{link}\n\n"
    "If you did not ask for it, do nothing: your password stays as it is.\n",
)


def mail_link(step: Step, *, settings: Settings) -> Done:
    """Send a link to the account's mail, and then keep the hash of its secret.

    In this order, so that the secret lies in no table: where the second fails, the mail's link is none, and the next
    attempt sends another.
    """
    account_id = UUID(str(step.arguments["account_id"]))
    with step.reading() as db:
        account = db.get(Account, account_id)
    if account is None or not account.enabled or not account.mail:
        return Done()
    secret = secrets.token_urlsafe(32)
    send(letter(account, f"{settings.base_url}/sign-in/{secret}", settings=settings), settings=settings)

    def keep(tx: Transaction) -> None:
        tx.db.add(
            SignInLink(
                id=uuid7(),
                version=1,
                account_id=account_id,
                secret_hash=hashed(secret),
                purpose="password",
                expires_at=tx.now + LASTS,
            )
        )

    return Done(effect=keep)


def letter(account: Account, link: str, *, settings: Settings) -> EmailMessage:
    """The mail, in the account's language; both where it has none."""
    languages = ("zh", "en") if account.language is None else (account.language,)
    message = EmailMessage()
    message["From"], message["To"] = settings.mail_from, account.mail
    message["Subject"] = _SUBJECT.en if languages == ("en",) else _SUBJECT.zh
    texts = (_TEXT.en if language == "en" else _TEXT.zh for language in languages)
    message.set_content("\n".join(text.format(name=account.name, link=link) for text in texts))
    return message


def send(message: EmailMessage, *, settings: Settings) -> None:
    """Hand a mail to the server of the settings. Raises Invalid for settings that make no sense, OSError otherwise."""
    url = urlsplit(settings.smtp_url)
    if url.scheme not in {"smtp", "smtps"} or not url.hostname or not settings.mail_from:
        raise Invalid(
            Sentence(
                zh="邮件设置有误：需要 TONGXING_SMTP_URL（smtp://主机:端口）和 TONGXING_MAIL_FROM。",
                en="Mail is set up wrongly: TONGXING_SMTP_URL (smtp://HOST:PORT) and TONGXING_MAIL_FROM are needed.",
            )
        )
    trusted = ssl.create_default_context()
    if url.scheme == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(
            url.hostname, url.port or 465, timeout=_SECONDS, context=trusted
        )
    else:
        server = smtplib.SMTP(url.hostname, url.port or 587, timeout=_SECONDS)
    with server:
        server.ehlo()
        if url.scheme == "smtp" and server.has_extn("starttls"):
            server.starttls(context=trusted)
            server.ehlo()
        if url.username:
            server.login(unquote(url.username), unquote(url.password or ""))
        server.send_message(message)
