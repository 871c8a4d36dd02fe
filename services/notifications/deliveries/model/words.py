"""What people call states, outcomes and reasons, and how a state looks."""

from collections.abc import Mapping

from shared.text import Sentence

#: Of a delivery.
STATE_WORDS: Mapping[str, Sentence] = {
    "queued": Sentence(zh="待发送", en="Queued"),
    "held": Sentence(zh="等待渠道恢复", en="Held"),
    "digest": Sentence(zh="等待汇总", en="For the digest"),
    "sending": Sentence(zh="正在发送", en="Being sent"),
    "failed": Sentence(zh="失败，会再试", en="Failed, tried again"),
    "sent": Sentence(zh="已发出", en="Sent"),
    "delivered": Sentence(zh="已送达", en="Delivered"),
    "merged": Sentence(zh="已并入汇总", en="In a digest"),
    "skipped": Sentence(zh="按设置不发", en="Not sent, as chosen"),
    "in_doubt": Sentence(zh="不确定是否送达", en="In doubt"),
    "given_up": Sentence(zh="未能送达", en="Given up"),
}

#: The chip of each of them: the same meaning looks the same on every page.
STATE_CHIPS: Mapping[str, str] = {
    "queued": "waiting",
    "held": "waiting",
    "digest": "waiting",
    "sending": "waiting",
    "failed": "waiting",
    "sent": "done",
    "delivered": "done",
    "merged": "plain",
    "skipped": "plain",
    "in_doubt": "due",
    "given_up": "failed",
}

#: Of an attempt.
OUTCOME_WORDS: Mapping[str, Sentence] = {
    "delivered": Sentence(zh="对方已收", en="Taken"),
    "sent": Sentence(zh="邮件服务器已收", en="Taken by the mail server"),
    "failed": Sentence(zh="失败", en="Failed"),
    "refused": Sentence(zh="被拒绝", en="Refused"),
    "limited": Sentence(zh="发送过快，被限制", en="Too fast, asked to wait"),
    "in_doubt": Sentence(zh="中断，不确定是否送达", en="Cut off: perhaps sent"),
    "cut_off": Sentence(zh="中断，不确定是否送达", en="Cut off: perhaps sent"),
    "untried": Sentence(zh="未开始", en="Not begun"),
}

#: Why a delivery waits, was skipped or given up.
REASONS: Mapping[str, Sentence] = {
    "quiet": Sentence(zh="免打扰时段，到时再发。", en="Held until quiet hours are over."),
    "preference": Sentence(zh="设置为不接收这类通知。", en="Notices of this class were turned off."),
    "digest": Sentence(zh="设置为每天汇总一次。", en="Chosen to come once a day."),
    "read": Sentence(zh="发送前已在收件箱读过。", en="Read in the inbox before it went out."),
    "paused": Sentence(
        zh="渠道已暂停，恢复后再发。", en="The channel is paused; it goes out when that is over."
    ),
    "removed": Sentence(zh="渠道已移除或停用。", en="The channel was removed or switched off."),
    "limited": Sentence(
        zh="机器人限制了发送速度，稍后再发。", en="The robot's rate is used up; it goes out a little later."
    ),
    "no_server": Sentence(
        zh="系统还没有设置邮件服务器，设置好后自动发出。",
        en="No mail server is set up yet; it goes out once there is one.",
    ),
    "in_doubt": Sentence(
        zh="发送中断，不确定对方是否收到。", en="Cut off while it was sent: nobody knows whether it arrived."
    ),
    "tried": Sentence(zh="多次尝试都未成功。", en="Every try failed."),
    "refused": Sentence(zh="对方拒收这一条。", en="The other side refuses this one."),
    "stale": Sentence(zh="已过有效时间，不再发送。", en="It is of no use any more."),
    "gone": Sentence(zh="对方答复 410，不再接收。", en="The other side wants no more (410)."),
    "internal": Sentence(
        zh="地址指向内部网络，不能使用。", en="The address leads into an internal network and cannot be used."
    ),
    "secret": Sentence(zh="对方不认签名或关键词。", en="The signature or keyword is not accepted."),
    "unsettled": Sentence(zh="发送者选择不再重发。", en="Its sender chose not to send it again."),
    "again": Sentence(zh="由人重新发送。", en="Sent again by hand."),
}
