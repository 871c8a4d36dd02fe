"""Robots: their code counts, their rate is kept, and their limit stops everything to them."""

import base64
import hashlib
import hmac
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.builders import House
from tests.services.notifications.channels_of import add, writing
from tests.services.notifications.receivers import Says, receiver
from tests.services.notifications.sending import (
    allow,
    answering,
    channel,
    send,
    states,
    tell,
)

DINGTALK = ("dingtalk", "/robot/send?access_token=abcdef")
WECOM = ("wecom", "/cgi-bin/webhook/send?key=abcdef")
FEISHU = ("feishu", "/open-apis/bot/v2/hook/abcdef")


@pytest.mark.parametrize(
    ("robot", "fine"),
    [
        (DINGTALK, {"errcode": 0, "errmsg": "ok"}),
        (WECOM, {"errcode": 0}),
        (FEISHU, {"code": 0, "msg": "success"}),
    ],
)
def test_a_robot_has_it_when_its_code_says_so(office: House, robot: tuple[str, str], fine: object) -> None:
    kind, path = robot
    with receiver(answering(200, fine)) as group:
        allow(office, hosts=("127.0.0.1",))
        add(office, kind, f"{group.address}{path}", secret="SEC123")
        tell(office, subject=writing().subject)
        send(office)

    assert states(office) == [("delivered", "", 1)]
    (posted,) = group.got
    assert "集团治理与管理策略" in posted.body.decode()
    if kind == "dingtalk":
        asked = parse_qs(urlsplit(posted.path).query)
        message = f"{asked['timestamp'][0]}\nSEC123".encode()
        assert asked["sign"] == [base64.b64encode(hmac.digest(b"SEC123", message, hashlib.sha256)).decode()]
    if kind == "feishu":
        key = f"{posted.json['timestamp']}\nSEC123".encode()
        assert posted.json["sign"] == base64.b64encode(hmac.digest(key, b"", hashlib.sha256)).decode()


@pytest.mark.parametrize(
    ("robot", "answer", "state", "why"),
    [
        (DINGTALK, {"errcode": 310000, "errmsg": "sign not match"}, ("given_up", "secret", 1), "secret"),
        (DINGTALK, {"errcode": 130101, "errmsg": "send too fast"}, ("queued", "limited", 0), ""),
        (WECOM, {"errcode": 93000, "errmsg": "invalid webhook url"}, ("given_up", "refused", 1), "refused"),
        (WECOM, {"errcode": 45009, "errmsg": "api freq out of limit"}, ("queued", "limited", 0), ""),
        (FEISHU, {"code": 19021, "msg": "sign match fail"}, ("given_up", "secret", 1), "secret"),
        (FEISHU, {"code": 11232, "msg": "frequency limited"}, ("queued", "limited", 0), ""),
        (FEISHU, {"code": 9999999, "msg": "new"}, ("failed", "", 1), ""),
    ],
)
def test_200_with_an_error_code_is_no_success(
    office: House, robot: tuple[str, str], answer: object, state: tuple[str, str, int], why: str
) -> None:
    kind, path = robot
    with receiver(answering(200, answer)) as group:
        allow(office, hosts=("127.0.0.1",))
        made = add(office, kind, f"{group.address}{path}")
        tell(office)
        send(office)

    assert states(office) == [state]
    assert channel(office, made.id).why == why


def test_a_robot_is_told_no_more_than_its_rate_however_many_senders(office: House) -> None:
    with receiver(answering(200, {"errcode": 0})) as group:
        allow(office, hosts=("127.0.0.1",))
        add(office, "dingtalk", f"{group.address}/robot/send?access_token=abcdef")
        for number in range(30):
            tell(office, number=number)
        counts = []
        for _ in range(4):
            send(office)
            counts.append(len(group.got))
            office.clock.move(timedelta(seconds=20))

    assert counts == [8, 12, 16, 20]


def test_the_robots_own_limit_stops_everything_to_it_for_ten_minutes(office: House) -> None:
    answers: Iterator[Says] = iter([(200, {}, b'{"errcode": 130101}')])
    with receiver(lambda _posted: next(answers, (200, {}, b'{"errcode": 0}'))) as group:
        allow(office, hosts=("127.0.0.1",))
        add(office, "dingtalk", f"{group.address}/robot/send?access_token=abcdef")
        tell(office, number=1)
        send(office)
        tell(office, number=2)
        office.clock.move(timedelta(minutes=9))
        send(office)
        assert len(group.got) == 1
        office.clock.move(timedelta(minutes=2))
        send(office)

    assert {state for state, *_ in states(office)} == {"delivered"}
    assert len(group.got) == 3
