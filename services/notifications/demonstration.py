"""Demonstration: Haixi's notice of June 2025 about job shadowing, and one of these days that is on its way to the schools."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from services.notifications.announcements.model import Announcement, Receipt
from services.notifications.demonstration_sending import Sent, demonstrate_sending
from shared.db import Transaction
from shared.ids import named

_ZONE = ZoneInfo("Asia/Shanghai")

#: School code, and who confirmed it; `read` who only opened it, nothing who did not.
_JUNE = {
    "3632801001": "李慧",
    "3632801002": "高才让",
    "3632801005": "王强",
    "3632802007": "何晓梅",
    "3632802008": "彭玉兰",
    "3632802009": "read",
    "3632802011": "曹海燕",
    "3632803013": "胡文静",
    "3632803016": "read",
    "3632821022": "朱丽华",
    "3632821023": "",
    "3632822028": "马玉兰",
    "3632822030": "read",
    "3632823032": "",
    "3632823033": "许文静",
}

#: Of these days: fewer have answered by now.
_THESE_DAYS = _JUNE | {
    "3632801005": "read",
    "3632802007": "",
    "3632802011": "",
    "3632803016": "",
    "3632821022": "read",
    "3632822028": "",
}

#: By which channels the schools of these days were told, and what came of it.
_BY: Mapping[str, tuple[Sent, ...]] = {
    "3632801001": (Sent("email"), Sent("dingtalk")),
    "3632801002": (Sent("dingtalk"),),
    "3632801005": (Sent("dingtalk"),),
    "3632802007": (Sent("email"), Sent("wecom", "40008 invalid message type", "refused")),
    "3632802009": (Sent("wecom"),),
    "3632802011": (Sent("email", "550 5.1.1 user unknown", "refused"),),
    "3632803013": (Sent("webhook"),),
    "3632821023": (Sent("email"),),
    "3632822030": (Sent("dingtalk"),),
    "3632823032": (Sent("feishu"),),
    "3632823033": (Sent("email"), Sent("feishu")),
}


def demonstrate(tx: Transaction) -> None:
    """Enter both as they stand now, the first one long over; the schools themselves come from directory."""
    june = datetime.fromisoformat("2025-06-02T09:00+08:00")
    _announce(
        tx,
        key="2025-06",
        title="关于报名 2025 年暑期跟岗学习的通知",
        body=(
            "各校：\n2025 年暑期跟岗学习安排在 7 月 7 日至 7 月 18 日，每校可报 1 至 2 名青年教师。\n"
            "请于 6 月 8 日 18:00 前确认是否参加；名额和接收学校另行通知。"
        ),
        sent_at=june,
        confirm_by=datetime.fromisoformat("2025-06-08T18:00+08:00"),
        said=_JUNE,
    )
    yesterday = tx.now.astimezone(_ZONE).replace(hour=9, minute=0, second=0, microsecond=0) - timedelta(
        days=1
    )
    by = (yesterday + timedelta(days=6)).replace(hour=18)
    made = _announce(
        tx,
        key="these-days",
        title="关于报送小学数学集体备课课例的通知",
        body=(
            "各校：\n请从线上集体备课的课例中选送 1 至 2 节，附教学设计和课堂实录。\n"
            f"请于 {by.month} 月 {by.day} 日 18:00 前确认是否报送。"
        ),
        sent_at=yesterday,
        confirm_by=by,
        said=_THESE_DAYS,
    )
    demonstrate_sending(tx, made, _BY)


def _announce(
    tx: Transaction,
    *,
    key: str,
    title: str,
    body: str,
    sent_at: datetime,
    confirm_by: datetime,
    said: Mapping[str, str],
) -> Announcement:
    over = confirm_by < tx.now
    made = Announcement(
        id=named("demonstration", f"announcement/{key}"),
        version=2,
        title=title,
        body=body,
        host_region="632800",
        state="sent",
        created_by=tx.actor,
        reason="",
        scopes=["region:632800"],
        asks=True,
        confirm_by=confirm_by,
        send_at=None,
        edition=1,
        drafted_at=sent_at - timedelta(days=1),
        sent_at=sent_at,
        withdrawn_at=None,
        reminded=2 if over else 0,
        principals_at=confirm_by + timedelta(hours=12) if over else None,
        escalated_at=confirm_by + timedelta(days=1) if over else None,
        session_id=None,
        session_version=0,
    )
    tx.db.add(made)
    tx.db.flush()  # the receipts refer to it
    for number, (code, name) in enumerate(said.items(), start=1):
        opened = sent_at + timedelta(minutes=40 * number)
        confirms = name not in {"", "read"}
        receipt = Receipt(
            announcement_id=made.id,
            school_id=named("school", code),
            version=2 if confirms else 1,
            told_at=sent_at,
            read_at=opened if name else None,
            read_by=tx.actor if name else "",
            edition=1 if confirms else 0,
            confirmed_at=opened + timedelta(minutes=7) if confirms else None,
            confirmed_by=tx.actor if confirms else "",
            confirmed_name=name if confirms else "",
            principals=[],
        )
        tx.db.add(receipt)
        tx.emit(receipt.task(made, at=opened))
    return made
