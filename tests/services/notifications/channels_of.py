"""Channels that tests give to schools, with addresses that no network has unless it is loopback."""

from services.notifications.channels.commands import add_channel
from services.notifications.channels.commands.sealing import seal_of
from services.notifications.channels.model import Channel
from services.notifications.channels.policies import checked
from services.notifications.deliveries.model import Writing
from shared.ids import named
from shared.text import Sentence
from tests.builders import GOLMUD, House

LIAISON = f"school:{GOLMUD}"


def add(
    house: House,
    kind: str = "email",
    address: str = "liaison@golmud.example",
    *,
    owner: str = LIAISON,
    secret: str = "",
    language: str | None = None,
) -> Channel:
    settings = house.runtime.settings
    said = checked(kind, address, secret, allowed=settings.webhook_allow)
    return house.database.run(
        lambda tx: add_channel(
            tx, owner=owner, address=said, name="", language=language, seal=seal_of(settings)
        ),
        actor="account:test",
    )


def writing(class_name: str = "invitation", number: int = 1, **more: object) -> Writing:
    values: dict[str, object] = {
        "notice_id": named("test.notice", str(number)),
        "class_name": class_name,
        "subject": Sentence(zh="活动邀请：集团治理与管理策略", en="Invitation: governing a group"),
        "text": Sentence(zh="6月10日 08:30，培训中心报告厅。", en="10 June, 08:30, lecture hall."),
        "link": "/notifications/#notice-1",
    } | more
    return Writing(**values)  # type: ignore[arg-type]
