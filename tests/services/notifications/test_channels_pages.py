"""Channels, preferences and the log in a browser and for machines."""

import re
from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa

from services.notifications.channels.model import Channel
from services.notifications.deliveries.model import Delivery
from services.notifications.preferences.model import Preference
from tests.builders import DELINGHA, GOLMUD, House, counted, three_schools
from tests.services.notifications.channels_of import LIAISON, add, writing
from tests.services.notifications.receivers import postbox, receiver
from tests.services.notifications.sending import allow, answering, send, states, tell

OF_GOLMUD = f"liaison@school:{GOLMUD}"
OF_DELINGHA = f"liaison@school:{DELINGHA}"


def the_channel(office: House) -> Channel:
    with office.database.reading() as db:
        return db.scalars(sa.select(Channel)).one()


def the_delivery(office: House) -> UUID:
    with office.database.reading() as db:
        return db.scalars(sa.select(Delivery.id)).one()


def test_a_school_adds_a_mail_address_and_tries_it_with_one_click(office: House) -> None:
    office.hear(*three_schools())
    with postbox() as box:
        allow(office, smtp=box.url)
        client = office.client(OF_GOLMUD)
        assert "还没有渠道" in client.get("/notifications/channels").text
        answer = client.post(
            "/notifications/channels/new",
            data={
                "kind": "email",
                "owner": LIAISON,
                "address": "office@golmud.example",
                "name": "教务处邮箱",
            },
        )
        assert answer.status_code == 303
        assert "教务处邮箱" in client.get("/notifications/channels").text

        tried = client.post(f"/notifications/channels/{the_channel(office).id}/trial")
        trial = re.search(r"trial=([0-9a-f-]+)", tried.headers["Location"])
        assert trial
        assert "正在通过" in client.get(f"/notifications/deliveries/{trial[1]}/state").text
        send(office)

        assert "测试成功" in client.get(f"/notifications/deliveries/{trial[1]}/state").text
        assert [to for to, _ in box.got] == ["office@golmud.example"]


@pytest.mark.parametrize(
    ("kind", "address", "words"),
    [
        ("email", "nobody@", "邮箱地址写得不对"),
        ("webhook", "http://hooks.golmud.example/in", "https:// 网址"),
        ("webhook", "https://127.0.0.1/in", "内部网络"),
        ("webhook", "https://[::1]/in", "内部网络"),
        ("webhook", "https://user:secret@hooks.golmud.example/", "https:// 网址"),
        ("dingtalk", "https://evil.example/robot/send?access_token=1", "oapi.dingtalk.com"),
        ("feishu", "https://open.feishu.cn/other", "open.feishu.cn"),
    ],
)
def test_an_address_that_cannot_be_is_refused_and_what_was_typed_stays(
    office: House, kind: str, address: str, words: str
) -> None:
    answer = office.client(OF_GOLMUD).post(
        "/notifications/channels/new",
        data={"kind": kind, "owner": LIAISON, "address": address, "name": "钥匙"},
    )

    assert answer.status_code == 422
    assert words in answer.text
    assert "钥匙" in answer.text
    with office.database.reading() as db:
        assert db.scalars(sa.select(Channel)).all() == []


def test_a_secret_is_shown_once_and_lies_nowhere_in_the_clear(office: House) -> None:
    client = office.client(OF_GOLMUD)
    data = {"kind": "webhook", "owner": LIAISON, "address": "https://hooks.golmud.example/in?key=k-4711"}

    shown = client.post("/notifications/channels/new", data=data).text

    secret = re.search(r"whsec_[A-Za-z0-9+/=]+", shown)
    assert secret
    channel = the_channel(office)
    later = (
        client.get("/notifications/channels").text + client.get(f"/notifications/channels/{channel.id}").text
    )
    assert secret[0] not in later
    assert "k-4711" not in later
    assert client.get("/notifications/api/v1/channels").json == [
        {
            "id": str(channel.id),
            "version": 1,
            "owner": LIAISON,
            "kind": "webhook",
            "name": "https://hooks.golmud.example/in?…",
            "address": "https://hooks.golmud.example/in?…",
            "language": None,
            "state": "on",
            "why": "",
            "failures": 0,
            "worked_at": None,
            "created_at": channel.created_at.isoformat(),
        }
    ]
    with office.database.reading() as db:
        dump = "\n".join(str(row) for row in db.execute(sa.text("SELECT * FROM channels")))
        dump += "\n".join(str(row) for row in db.execute(sa.text("SELECT * FROM audit_entries")))
    assert secret[0] not in dump
    assert "k-4711" not in dump


def test_nobody_touches_the_channels_of_others(office: House) -> None:
    channel = add(office)
    other = office.client(OF_DELINGHA)

    for door in (f"/notifications/channels/{channel.id}", f"/notifications/api/v1/channels/{channel.id}"):
        assert other.get(door).status_code == 404
    for verb in ("pause", "resumption", "removal", "secret", "trial"):
        assert other.post(f"/notifications/channels/{channel.id}/{verb}").status_code == 404
    answer = other.post(
        "/notifications/api/v1/channels", json={"owner": LIAISON, "kind": "email", "address": "x@y.example"}
    )
    assert answer.status_code == 403


def test_a_stale_change_is_told_both_versions(office: House) -> None:
    channel, client = add(office), office.client(OF_GOLMUD)
    path = f"/notifications/api/v1/channels/{channel.id}"
    assert client.put(path, json={"name": "新名字", "version": 1}).status_code == 200

    answer = client.put(path, json={"name": "更新的名字", "version": 1})

    assert answer.status_code == 412
    assert answer.json is not None
    assert (answer.json["seen"], answer.json["now"]) == (1, 2)


def test_what_waited_for_a_paused_channel_goes_out_when_it_is_resumed(office: House) -> None:
    with receiver() as hook:
        allow(office, hosts=("127.0.0.1",))
        channel, client = add(office, "webhook", f"{hook.address}/in"), office.client(OF_GOLMUD)
        client.post(f"/notifications/channels/{channel.id}/pause")
        tell(office)
        send(office)
        assert states(office) == [("held", "paused", 0)]
        assert hook.got == []

        client.post(f"/notifications/channels/{channel.id}/resumption")
        send(office)

    assert states(office) == [("delivered", "", 1)]


def test_one_click_ends_a_class_for_one_address_and_the_owner_takes_it_back(office: House) -> None:
    with postbox() as box:
        allow(office, smtp=box.url)
        channel = add(office)
        tell(office, class_name="announcement", number=1)
        send(office)
        ((_, mail),) = box.got
        path = str(mail["List-Unsubscribe"]).strip("<>").removeprefix("https://tongxing.bureau.example")
        stranger = office.client()
        assert "退订" in stranger.get(path).text
        with office.database.reading() as db:
            assert db.scalars(sa.select(Preference)).all() == []  # scanners open links

        answer = stranger.post(path, data={"List-Unsubscribe": "One-Click"})
        assert answer.status_code == 200
        assert stranger.post(path[:-3] + "abc").status_code == 404
        tell(office, class_name="announcement", number=2)
        tell(office, class_name="cancellation", number=3)
        send(office)
        assert len(box.got) == 2
        assert sorted(state for state, *_ in states(office)) == ["sent", "sent", "skipped"]

        client = office.client(OF_GOLMUD)
        assert "公告" in client.get(f"/notifications/channels/{channel.id}").text
        client.post(f"/notifications/channels/{channel.id}/subscription")
        tell(office, class_name="announcement", number=4)
        send(office)
    assert len(box.got) == 3


def test_the_log_tells_why_and_sends_dead_ones_again(office: House) -> None:
    office.hear(*three_schools())
    with receiver(answering(410)) as hook:
        allow(office, hosts=("127.0.0.1",))
        channel = add(office, "webhook", f"{hook.address}/in")
        tell(office)
        send(office)
        client = office.client(OF_GOLMUD)

        listed = client.get("/notifications/deliveries?state=dead").text
        page = client.get(f"/notifications/deliveries/{the_delivery(office)}").text
        assert "集团治理与管理策略" in listed
        assert "410" in page
        assert "对方答复 410" in page
        notice = writing().notice_id
        assert "必须送达" in client.get(f"/notifications/notices/{notice}/why").text
        assert (
            "没有设置渠道" in client.get(f"/notifications/notices/{notice}/why").text
        )  # the liaison's own account
        assert (
            office.client(OF_DELINGHA).get(f"/notifications/deliveries/{the_delivery(office)}").status_code
            == 404
        )
        coordinator = office.client("coordinator@region:632800")
        assert "格尔木市第一中学" in coordinator.get("/notifications/deliveries").text
        assert office.client("coordinator@region:520500").get("/notifications/api/v1/deliveries").json == {
            "deliveries": [],
            "total": 0,
        }

        hook.says = lambda _posted: (204, {}, b"")
        client.post(f"/notifications/channels/{channel.id}/resumption")
        client.post(
            "/notifications/deliveries/again",
            data={"which": "all", "list": "/notifications/deliveries?state=dead"},
        )
        send(office)

    assert states(office) == [("delivered", "", 1)]
    answers = client.get(f"/notifications/api/v1/deliveries/{the_delivery(office)}/attempts").json
    assert answers is not None
    assert [(each["outcome"], each["code"]) for each in answers] == [("refused", "410"), ("delivered", "204")]


def test_what_is_in_doubt_is_settled_by_whoever_is_asked(office: House) -> None:
    with receiver(answering(200, b"<html>")) as group:  # no code: perhaps it was said, perhaps not
        allow(office, hosts=("127.0.0.1",))
        add(office, "wecom", f"{group.address}/cgi-bin/webhook/send?key=abcdef")
        tell(office, class_name="announcement")
        send(office)
    client, path = office.client(OF_GOLMUD), f"/notifications/deliveries/{the_delivery(office)}"

    assert states(office) == [("in_doubt", "in_doubt", 1)]
    assert "不确定" in client.get(path).text
    assert client.post(f"{path}/settlement").status_code == 303
    assert states(office) == [("given_up", "unsettled", 1)]
    assert client.post(f"{path}/settlement").status_code == 409


def test_preferences_are_kept_and_a_mandatory_class_is_refused(office: House) -> None:
    add(office)
    client = office.client(OF_GOLMUD)
    form = {
        "owner": LIAISON,
        "mode.announcement.email": "digest",
        "starts": "22:00",
        "ends": "07:00",
        "digest_at": "16:30",
        "days_off": "true",
    }
    assert client.post("/notifications/preferences", data=form).status_code == 303

    assert client.get(f"/notifications/api/v1/preferences?owner={LIAISON}").json == {
        "owner": LIAISON,
        "choices": [{"class": "announcement", "kind": "email", "mode": "digest"}],
        "quiet": {"starts": "22:00", "ends": "07:00", "digest_at": "16:30", "days_off": True},
    }
    off = {"owner": LIAISON, "choices": [{"class": "cancellation", "kind": "email", "mode": "off"}]}
    assert client.put("/notifications/api/v1/preferences", json=off).status_code == 409
    assert client.get("/notifications/preferences?owner=school:0").status_code == 403
    assert client.post("/notifications/preferences", data=form | {"starts": "25:00"}).status_code == 422
    assert "必须送达" in client.get("/notifications/preferences").text


def test_an_administrator_enters_a_make_up_workday(office: House) -> None:
    client = office.client("administrator@all")

    assert (
        client.post(
            "/notifications/days", data={"day": "2027-02-06", "works": "true", "name": "调休"}
        ).status_code
        == 303
    )
    assert "2027-02-06" in client.get("/notifications/days").text
    assert client.post("/notifications/days", data={"day": "soon"}).status_code == 422
    assert client.post("/notifications/days/removal").status_code == 422
    assert client.post("/notifications/deliveries/again", data={"id": "x"}).status_code == 422
    client.post("/notifications/days/removal", data={"day": "2027-02-06"})
    assert "2027-02-06" not in client.get("/notifications/days").text


def test_the_log_costs_the_same_however_long_it_is(office: House) -> None:
    office.hear(*three_schools())
    add(office)
    client, costs = office.client("coordinator@region:632800"), []
    client.get("/notifications/deliveries")  # keys and the like are read once
    for number in (1, 3):
        for each in range(number):
            tell(office, number=10 * number + each)
        with counted(office.database) as sent:
            assert client.get("/notifications/deliveries").status_code == 200
        costs.append(len(sent))
        office.clock.move(timedelta(seconds=1))
    assert costs[0] == costs[1]
