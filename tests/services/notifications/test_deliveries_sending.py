"""Sending: by mail, webhook and robots, to receivers that answer as real ones do."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from standardwebhooks import Webhook

from services.notifications.app import service
from services.notifications.channels.commands import rotate_secret
from services.notifications.channels.commands.sealing import seal_of
from services.notifications.channels.model import Channel
from services.notifications.deliveries.commands import queue, send_again
from services.notifications.deliveries.commands.sender import Pace, Sender
from services.notifications.deliveries.model import Attempt, Delivery
from tests.builders import DELINGHA, PARTNER, House, house, released, three_schools
from tests.services.notifications.channels_of import LIAISON, add, writing
from tests.services.notifications.receivers import FINE, Posted, Says, postbox, receiver, until


@pytest.fixture
def office(tmp_path: Path) -> Iterator[House]:
    """notifications on SQLite, at this very moment: the library looks at the clock."""
    with ExitStack() as stack:
        made = stack.enter_context(house(service, tmp_path))
        made.clock.now = datetime.now(UTC)
        yield made


def allow(house_: House, *, smtp: str = "", hosts: tuple[str, ...] = ()) -> None:
    house_.runtime.settings = replace(
        house_.runtime.settings,
        smtp_url=smtp,
        mail_from="tongxing@bureau.example",
        webhook_allow=frozenset(hosts),
        base_url="https://tongxing.bureau.example",
    )


def tell(
    house_: House, *recipients: str, class_name: str = "invitation", number: int = 1, **more: object
) -> None:
    letter = writing(class_name, number, **more)
    house_.database.run(
        lambda tx: queue(tx, letter=letter, recipients=recipients or [LIAISON]), actor="service:test"
    )


def send(house_: House, *, pace: Pace | None = None) -> None:
    """Step a sender until nothing more is under way or due."""
    sender = Sender(house_.database, house_.runtime.settings, actor="service:test", pace=pace)
    try:
        until(lambda: not sender.step())
    finally:
        sender.close()


def states(house_: House) -> list[tuple[str, str, int]]:
    with house_.database.reading() as db:
        return [
            (row.state, row.reason, row.attempts)
            for row in db.execute(
                sa.select(Delivery.state, Delivery.reason, Delivery.attempts).order_by(
                    Delivery.queued_at, Delivery.id
                )
            )
        ]


def attempts(house_: House) -> list[tuple[str | None, str]]:
    with house_.database.reading() as db:
        rows = db.execute(sa.select(Attempt.outcome, Attempt.code).order_by(Attempt.id))
        return [(row.outcome, row.code) for row in rows]


def channel(house_: House, id_: UUID) -> Channel:
    with house_.database.reading() as db:
        return db.get_one(Channel, id_)


def due_in(house_: House) -> timedelta:
    with house_.database.reading() as db:
        return db.scalars(sa.select(Delivery.due_at)).one() - house_.clock()


def answering(status: int, body: object = b"", **headers: str) -> Callable[[Posted], Says]:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return lambda _posted: (status, headers, data)


def test_a_mail_is_in_the_recipients_language_and_can_be_ended_with_one_click(office: House) -> None:
    with postbox() as box:
        allow(office, smtp=box.url)
        add(office, address="a@golmud.example", language="en")
        add(office, address="b@golmud.example")
        tell(office, class_name="announcement", text=writing().subject)
        send(office)

    assert states(office) == [("sent", "", 1)] * 2
    (_, english), (_, chinese) = sorted(box.got, key=lambda each: each[0])
    assert str(english["Subject"]) == "Invitation: governing a group"
    parts = [part.get_payload(decode=True) for part in chinese.walk() if not part.is_multipart()]
    assert [part.get_content_type() for part in chinese.walk()] == [
        "multipart/alternative",
        "text/plain",
        "text/html",
    ]
    assert all("集团治理与管理策略" in part.decode() for part in parts if isinstance(part, bytes))
    assert english["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = str(english["List-Unsubscribe"]).strip("<>")
    assert address.startswith("https://tongxing.bureau.example/notifications/unsubscribe/")
    assert len({each["Message-ID"] for _, each in box.got}) == 2


def test_html_in_a_name_stays_text_and_line_breaks_make_no_headers(office: House) -> None:
    with postbox() as box:
        allow(office, smtp=box.url)
        add(office)
        wicked = writing().subject.__class__(zh="<script>1</script>\r\nBcc: x@y.example", en="x")
        tell(office, subject=wicked, text=wicked)
        send(office)

    ((_, mail),) = box.got
    assert mail["Bcc"] is None
    html = [part.get_payload(decode=True) for part in mail.walk() if part.get_content_type() == "text/html"]
    assert b"<script>" not in bytes(html[0] or b"")
    assert mail["List-Unsubscribe"] is None  # an invitation is mandatory


def test_an_address_that_is_refused_pauses_its_channel_and_the_owner_hears_of_it_elsewhere(
    office: House,
) -> None:
    with postbox(rcpt=lambda to: "550 5.1.1 no such user" if to.startswith("gone") else None) as box:
        allow(office, smtp=box.url)
        gone = add(office, address="gone@golmud.example")
        add(office, address="here@golmud.example")
        tell(office)
        send(office)

    assert channel(office, gone.id).state == "paused"
    assert channel(office, gone.id).why == "refused"
    subjects = [(to, str(mail["Subject"])) for to, mail in box.got]
    assert len(subjects) == 2
    assert {to for to, _ in subjects} == {"here@golmud.example"}
    assert sorted(state for state, *_ in states(office)) == ["given_up", "sent", "sent"]


def test_a_mail_server_that_is_busy_is_tried_again_with_the_same_id(office: House) -> None:
    answers = iter(["451 4.3.0 busy", None])
    with postbox(data=lambda _content: next(answers)) as box:
        allow(office, smtp=box.url)
        add(office)
        tell(office)
        send(office)
        assert states(office) == [("failed", "", 1)]
        assert timedelta(minutes=1) <= due_in(office) <= timedelta(seconds=72)
        office.clock.move(timedelta(minutes=2))
        send(office)

    assert states(office) == [("sent", "", 2)]
    assert attempts(office) == [("failed", "451"), ("sent", "250")]
    assert len(box.got) == 1


def test_a_webhook_verifies_by_the_library_also_while_its_key_is_changed(office: House) -> None:
    with receiver() as hook:
        allow(office, hosts=("127.0.0.1",))
        made = add(office, "webhook", f"{hook.address}/in")
        kept = seal_of(office.runtime.settings).open(channel(office, made.id).sealed)
        tell(office, number=1)
        send(office)
        fresh = office.database.run(
            lambda tx: rotate_secret(
                tx,
                channel_id=made.id,
                owners=frozenset({LIAISON}),
                seal=seal_of(office.runtime.settings),
            ),
            actor="account:test",
        )
        tell(office, number=2)
        send(office)

    first, second = hook.got
    said = Webhook(kept.secret).verify(first.body, first.headers)
    assert said["type"] == "notice.invitation"
    assert said["data"]["link"] == "https://tongxing.bureau.example/notifications/#notice-1"
    for secret in (kept.secret, fresh):
        Webhook(secret).verify(second.body, second.headers)
    assert {state for state, *_ in states(office)} == {"delivered"}


def test_a_webhook_is_repeated_by_the_standards_waits_with_the_same_id(office: House) -> None:
    answers: list[Says] = [
        (500, {}, b"oops"),
        (302, {"Location": "/in"}, b""),
        (503, {"Retry-After": "7200"}, b""),
        FINE,
    ]
    with receiver(lambda posted: answers[len(hook.got) - 1]) as hook:
        allow(office, hosts=(f"127.0.0.1:{hook.port}",))
        add(office, "webhook", f"{hook.address}/in")
        tell(office)
        waits = []
        for _ in range(4):
            send(office)
            waits.append(due_in(office))
            office.clock.move(max(waits[-1], timedelta(0)))

    assert len({posted.headers["webhook-id"] for posted in hook.got}) == 1
    assert {posted.body for posted in hook.got} == {hook.got[0].body}
    assert timedelta(seconds=5) <= waits[0] <= timedelta(seconds=6)
    assert timedelta(minutes=5) <= waits[1] <= timedelta(minutes=6)
    assert waits[2] == timedelta(hours=2)  # the other side asks for more than we would wait
    assert attempts(office) == [("failed", "500"), ("failed", "302"), ("failed", "503"), ("delivered", "204")]


def test_the_waits_end_after_ten_tries_and_whoever_asks_sends_it_again(office: House) -> None:
    with receiver(lambda _posted: (500, {}, b"")) as hook:
        allow(office, hosts=("127.0.0.1",))
        made = add(office, "webhook", f"{hook.address}/in")
        tell(office, expires_at=office.clock() + timedelta(days=30))
        for _ in range(12):
            send(office)
            office.clock.move(timedelta(days=1, hours=6))
            with office.database.begin() as db:  # a person resumes it whenever it was paused
                db.execute(sa.update(Channel).values(state="on", failures=0, failing_since=None))
                db.execute(sa.update(Delivery).where(Delivery.state == "held").values(state="queued"))
    assert len(hook.got) == 10
    assert states(office) == [("given_up", "tried", 10)]

    with office.database.reading() as db:
        ids = db.scalars(sa.select(Delivery.id)).all()
    assert office.database.run(lambda tx: send_again(tx, ids=ids), actor="account:test") == 1
    with receiver() as better:
        with office.database.begin() as db:
            seal = seal_of(office.runtime.settings)
            kept = seal.open(made.sealed)
            sealed = seal.close(replace(kept, address=f"{better.address}/in"))
            db.execute(sa.update(Channel).values(sealed=sealed))
        allow(office, hosts=("127.0.0.1",))
        send(office)
    assert states(office) == [("delivered", "", 1)]
    assert better.got[0].headers["webhook-id"] == hook.got[0].headers["webhook-id"]


def test_410_switches_a_webhook_off(office: House) -> None:
    with receiver(answering(410)) as hook:
        allow(office, hosts=("127.0.0.1",))
        made = add(office, "webhook", f"{hook.address}/in")
        tell(office)
        send(office)
        tell(office, number=2)
        send(office)

    assert channel(office, made.id).state == "off"
    assert states(office) == [("given_up", "gone", 1)]
    assert len(hook.got) == 1


@pytest.mark.parametrize("host", ["127.0.0.1.nip.example", "internal.golmud.example"])
def test_a_name_that_leads_inside_is_not_reached(
    office: House, host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with receiver() as hook:
        monkeypatch.setattr(
            "socket.getaddrinfo",
            lambda *_a, **_k: [
                (2, 1, 6, "", ("93.184.215.14", 443)),
                (2, 1, 6, "", ("127.0.0.1", hook.port)),
            ],
        )
        made = add(office, "webhook", f"https://{host}:{hook.port}/in")
        tell(office)
        send(office)

    assert hook.got == []
    assert attempts(office) == [("refused", "internal")]
    assert channel(office, made.id).why == "internal"


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


def test_what_the_sender_has_in_hand_when_it_must_go_is_put_back(office: House) -> None:
    with receiver() as hook:
        allow(office, hosts=("127.0.0.1",))
        add(office, "webhook", f"{hook.address}/in")
        for number in range(40):
            tell(office, number=number)
        sender = Sender(office.database, office.runtime.settings, actor="service:test")
        sender.step()
        sender.close()
        send(office)

    assert [state for state, *_ in states(office)] == ["delivered"] * 40
    assert len(hook.got) == 40


def test_a_released_session_reaches_each_invited_school_once_by_each_of_its_channels(office: House) -> None:
    office.hear(*three_schools())
    later = office.clock() + timedelta(days=7)
    session = released(starts_at=later, ends_at=later + timedelta(hours=4))
    with postbox() as box, receiver() as hook, receiver(answering(200, {"code": 0})) as group:
        allow(office, smtp=box.url, hosts=("127.0.0.1",))
        add(office)
        add(office, "webhook", f"{hook.address}/in")
        add(office, "feishu", f"{group.address}/open-apis/bot/v2/hook/abc")
        add(office, address="office@partner.example", owner=f"school:{PARTNER}")
        add(office, address="office@delingha.example", owner=f"school:{DELINGHA}")  # not invited
        for _ in range(2):
            office.hear(session, event_id="0197a000-0000-7000-8000-00000000abcd")
        send(office)

    assert sorted(to for to, _ in box.got) == ["liaison@golmud.example", "office@partner.example"]
    assert len(hook.got) == len(group.got) == 1
    assert hook.got[0].json["data"]["subject"]["zh"] == "活动邀请：《集团治理与管理策略》，培训中心报告厅"
    assert (
        f"{later.astimezone(ZoneInfo('Asia/Shanghai')):%Y-%m-%d %H:%M}"
        in hook.got[0].json["data"]["text"]["zh"]
    )
