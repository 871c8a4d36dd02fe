"""Demonstration: Haixi's notice of June 2025 about job shadowing, which most schools have confirmed."""

from datetime import datetime, timedelta

from services.notifications.announcements.model import Announcement, Receipt
from shared.db import Transaction
from shared.ids import named

_SENT = datetime.fromisoformat("2025-06-02T09:00+08:00")

#: School code, and who confirmed it; `read` who only opened it, nothing who did not.
_SCHOOLS = {
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


def demonstrate(tx: Transaction) -> None:
    """Enter it as it stood a week later; the schools themselves come from directory."""
    made = Announcement(
        id=named("demonstration", "announcement/2025-06"),
        version=2,
        title="关于报名 2025 年暑期跟岗学习的通知",
        body=(
            "各校：\n2025 年暑期跟岗学习安排在 7 月 7 日至 7 月 18 日，每校可报 1 至 2 名青年教师。\n"
            "请于 6 月 8 日 18:00 前确认是否参加；名额和接收学校另行通知。"
        ),
        host_region="632800",
        state="sent",
        created_by=tx.actor,
        reason="",
        scopes=["region:632800"],
        asks=True,
        confirm_by=datetime.fromisoformat("2025-06-08T18:00+08:00"),
        send_at=None,
        edition=1,
        drafted_at=_SENT - timedelta(days=1),
        sent_at=_SENT,
        withdrawn_at=None,
        reminded=2,
        principals_at=datetime.fromisoformat("2025-06-09T06:00+08:00"),
        escalated_at=datetime.fromisoformat("2025-06-09T18:00+08:00"),
        session_id=None,
        session_version=0,
    )
    tx.db.add(made)
    tx.db.flush()  # the receipts refer to it
    for hours, (code, said) in enumerate(_SCHOOLS.items(), start=1):
        opened = _SENT + timedelta(hours=hours)
        confirms = said not in {"", "read"}
        receipt = Receipt(
            announcement_id=made.id,
            school_id=named("school", code),
            version=2 if confirms else 1,
            told_at=_SENT,
            read_at=opened if said else None,
            read_by=tx.actor if said else "",
            edition=1 if confirms else 0,
            confirmed_at=opened + timedelta(minutes=7) if confirms else None,
            confirmed_by=tx.actor if confirms else "",
            confirmed_name=said if confirms else "",
            principals=[],
        )
        tx.db.add(receipt)
        tx.emit(receipt.task(made, at=opened))
