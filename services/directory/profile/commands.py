"""What everybody may change of their own account."""

import re
from uuid import UUID

from services.directory.accounts.model import Account
from shared.db import Transaction
from shared.errors import Invalid
from shared.text import Sentence

_MAIL = re.compile(r"[^\s@<>,;]+@[^\s@<>,;]+\.[^\s@<>,;]+")
_LONGEST = 80
_PHONE = re.compile(r"[0-9+() -]{5,30}")


def change_profile(
    tx: Transaction, *, account_id: UUID, name: str, language: str, phone: str, mail: str
) -> None:
    """Keep name, language and contacts. Raises Invalid with the field at fault."""
    name = " ".join(name.split())
    if not 1 <= len(name) <= _LONGEST:
        raise Invalid(Sentence(zh="请填写姓名。", en="Say what you are called."), field="name")
    if phone and not _PHONE.fullmatch(phone):
        raise Invalid(Sentence(zh="电话号码写得不对。", en="This is no phone number."), field="phone")
    if mail and not _MAIL.fullmatch(mail):
        raise Invalid(Sentence(zh="邮箱地址写得不对。", en="This is no mail address."), field="mail")
    account = tx.load(Account, account_id)
    account.name, account.phone, account.mail = name, phone, mail.lower()
    account.language = language if language in {"zh", "en"} else None
