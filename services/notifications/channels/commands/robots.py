"""The robots of DingTalk, WeCom and Feishu: all three answer HTTP 200 with a code in the body, and the code is what counts."""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from http import HTTPStatus
from urllib.parse import quote

from services.notifications.channels.commands.hooks import clipped, posted, retry_after
from services.notifications.channels.commands.parcels import Parcel
from services.notifications.channels.commands.reaching import Answered, Reach
from services.notifications.channels.model import Answer
from shared.text import Sentence

_OPEN = Sentence(zh="打开查看", en="Open")

#: Bytes of a message that each service takes are 20,000, 4,096 and 30,000; a notice is shorter than the shortest.
_LONGEST = 1000

#: Codes that say: too many at once. What each waits for is the service's own rule.
_LIMITED: Mapping[str, Mapping[str, timedelta]] = {
    "dingtalk": {"130101": timedelta(minutes=10), "410100": timedelta(minutes=10)},
    "wecom": {"45009": timedelta(minutes=1), "45033": timedelta(minutes=1)},
    "feishu": {"9499": timedelta(minutes=1), "11232": timedelta(minutes=1)},
}

#: Codes that say: there is no such robot any more.
_GONE: Mapping[str, frozenset[str]] = {
    "dingtalk": frozenset({"300001", "300005", "400101", "400102"}),
    "wecom": frozenset({"93000", "93008", "93017"}),
    "feishu": frozenset({"19001", "19007"}),
}

#: Codes that say: signature, keyword or address are not what the robot was told to accept.
_SECRET: Mapping[str, frozenset[str]] = {
    "dingtalk": frozenset({"310000"}),
    "wecom": frozenset(),
    "feishu": frozenset({"19021", "19022", "19024"}),
}

#: What their dialects of Markdown would take for more than text.
_PLAIN = str.maketrans(
    {"[": "［", "]": "］", "<": "＜", ">": "＞", "*": "＊", "`": "｀", "#": "＃", "|": "｜"}
)


def post_robot(parcel: Parcel, *, reach: Reach, now: datetime) -> Answer:
    """Have the robot say it, once. Never raises for what the other side does."""
    address, body = _request(parcel, now=now)
    data = json.dumps(body, ensure_ascii=False).encode()
    headers = {"Content-Type": "application/json; charset=utf-8"}
    # On a connection of its own: what may come twice there would be said twice.
    return posted(lambda: _meaning(parcel.kind, reach.post(address, data, headers, reuse=False), now=now))


def _request(parcel: Parcel, *, now: datetime) -> tuple[str, Mapping[str, object]]:
    subject, text = parcel.said(parcel.subject), parcel.said(parcel.text)[:_LONGEST]
    word = parcel.said(_OPEN).replace("\n", " ")
    address, secret = parcel.kept.address, parcel.kept.secret
    if parcel.kind == "feishu":
        content = [[{"tag": "text", "text": line}] for line in text.splitlines() if line]
        content.append([{"tag": "a", "text": word, "href": parcel.link}])
        title = " / ".join(subject.splitlines())
        body: dict[str, object] = {
            "msg_type": "post",
            "content": {"post": {"zh_cn": {"title": title, "content": content}}},
        }
        if secret:
            stamp = str(int(now.timestamp()))
            body |= {"timestamp": stamp, "sign": _signed(f"{stamp}\n{secret}", "")}
        return address, body
    said = f"**{_plain(subject)}**\n\n{_plain(text)}\n\n[{word}]({parcel.link})"
    if parcel.kind == "wecom":
        return address, {"msgtype": "markdown", "markdown": {"content": said}}
    if secret:
        stamp = str(int(now.timestamp() * 1000))
        sign = _signed(secret, f"{stamp}\n{secret}")
        address += f"&timestamp={stamp}&sign={quote(sign, safe='')}"
    title = " / ".join(_plain(subject).splitlines())
    return address, {"msgtype": "markdown", "markdown": {"title": title, "text": said}}


def _meaning(kind: str, answered: Answered, *, now: datetime) -> Answer:
    text = clipped(answered.body)
    if answered.status == HTTPStatus.TOO_MANY_REQUESTS:
        wait = retry_after(answered, now=now) or timedelta(minutes=1)
        return Answer(outcome="limited", code="429", text=text, wait=wait)
    if answered.status != HTTPStatus.OK:
        return Answer(
            outcome="failed", code=str(answered.status), text=text, wait=retry_after(answered, now=now)
        )
    return _by_code(kind, _code(kind, answered.body), text)


def _by_code(kind: str, code: str | None, text: str) -> Answer:
    if code is None:
        return Answer(outcome="in_doubt", code="unreadable", text=text)
    if code == "0":
        return Answer(outcome="delivered", code=code, text=text)
    if wait := _LIMITED[kind].get(code):
        return Answer(outcome="limited", code=code, text=text, wait=wait)
    if code in _GONE[kind] or code in _SECRET[kind]:
        channel = "refused" if code in _GONE[kind] else "secret"
        return Answer(outcome="refused", code=code, text=text, channel=channel)
    return Answer(outcome="failed", code=code, text=text)


def _code(kind: str, body: bytes) -> str | None:
    """The code in the body; None where there is none. Feishu's older answers call it StatusCode."""
    try:
        said = json.loads(body)
    except ValueError:
        return None
    if not isinstance(said, dict):
        return None
    code = said.get("code", said.get("StatusCode")) if kind == "feishu" else said.get("errcode")
    return str(code) if isinstance(code, int) else None


def _signed(key: str, message: str) -> str:
    return base64.b64encode(hmac.new(key.encode(), message.encode(), hashlib.sha256).digest()).decode()


def _plain(text: str) -> str:
    return text.translate(_PLAIN)
