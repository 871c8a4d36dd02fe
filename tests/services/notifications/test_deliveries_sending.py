"""Sending as a whole: what is in hand at the end is put back, and a session reaches each school once by each channel."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from services.notifications.deliveries.commands.sender import Sender
from tests.builders import DELINGHA, PARTNER, House, released, three_schools
from tests.services.notifications.channels_of import add
from tests.services.notifications.receivers import postbox, receiver
from tests.services.notifications.sending import allow, answering, send, states, tell


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
