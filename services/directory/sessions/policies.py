"""What a login and a password may be, and how long somebody waits who guesses."""

import re
import unicodedata
from datetime import timedelta

from shared.text import Sentence

SHORTEST, LONGEST, FEWEST_SIGNS = 10, 200, 4

#: Failures in a row that cost nothing. Behind one address sits a whole school.
FREE_OF_ACCOUNT, FREE_OF_ADDRESS = 5, 30

_FIRST_WAIT, _LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=1)

#: What is guessed first: each of these in any case, also with digits or signs behind it.
_COMMON = [
    "password",
    "passw0rd",
    "qwertyuiop",
    "qwerty",
    "asdfghjkl",
    "iloveyou",
    "administrator",
    "admin",
    "welcome",
    "letmein",
    "abc",
    "woaini",
    "tongxing",
    "zxcvbnm",
    "1qaz2wsx",
    "q1w2e3r4",
    "a1b2c3d4",
    "aa",
    "bb",
]
_LOGIN = re.compile(r"[\w.+@-]{3,64}")


def plain_login(login: str) -> str:
    """The login as it is kept and looked up: full-width signs and capitals make no difference."""
    return unicodedata.normalize("NFKC", login).strip().lower()


def why_not_login(login: str) -> Sentence | None:
    """Why nobody may be called so at sign-in, if nobody may."""
    if _LOGIN.fullmatch(login):
        return None
    return Sentence(
        zh="登录名为 3 至 64 个字：字母、汉字、数字和 . _ - + @，如手机号、邮箱或自己取的名字。",
        en="A login has 3 to 64 letters, digits or . _ - + @: a phone number, a mail address or a name of your own.",
    )


def why_not_password(password: str, *, login: str) -> Sentence | None:
    """Why this is no password for that login, if it is none."""
    if len(password) < SHORTEST:
        return Sentence(
            zh=f"密码至少要有 {SHORTEST} 个字符，几个词连起来就很好。",
            en=f"A password has {SHORTEST} characters or more; a few words in a row are fine.",
        )
    if len(password) > LONGEST:
        return Sentence(zh=f"密码最多 {LONGEST} 个字符。", en=f"A password has {LONGEST} characters at most.")
    plain = plain_login(password)
    if login and (plain == login or plain == login.partition("@")[0]):
        return Sentence(zh="密码不能和登录名相同。", en="The password must not be the login.")
    stem = plain.strip("0123456789!@#$%^&*._-+")
    if len(set(plain)) < FEWEST_SIGNS or not stem or stem in _COMMON or plain in _COMMON:
        return Sentence(
            zh="这个密码太常见，容易被猜到，请换一个。", en="This password is guessed easily; take another."
        )
    return None


def wait_after(failures: int, *, free: int) -> timedelta | None:
    """How long to wait after so many failures in a row: a minute, then twice as long each time, an hour at most."""
    if failures < free:
        return None
    return min(_LONGEST_WAIT, _FIRST_WAIT * (1 << min(failures - free, 10)))
