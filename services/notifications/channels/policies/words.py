"""What people call the states of channels, and why one is stopped."""

from collections.abc import Mapping

from shared.text import Sentence

STATE_WORDS: Mapping[str, Sentence] = {
    "on": Sentence(zh="使用中", en="In use"),
    "paused": Sentence(zh="已暂停", en="Paused"),
    "off": Sentence(zh="已停用", en="Switched off"),
}

#: Words of `Channel.why`; what a newer release writes is shown as it is.
WHY_WORDS: Mapping[str, Sentence] = {
    "owner": Sentence(zh="由你们暂停。", en="You paused it."),
    "failing": Sentence(
        zh="一直发送失败，已自动暂停。检查地址后恢复。",
        en="It kept failing. Check the address, then resume it.",
    ),
    "refused": Sentence(
        zh="对方拒收：地址不存在或已停用。改好地址后恢复。",
        en="The other side refuses it: there is no such address any more. Correct it, then resume.",
    ),
    "internal": Sentence(
        zh="地址指向内部网络，不能使用。", en="The address leads into an internal network and cannot be used."
    ),
    "gone": Sentence(
        zh="对方答复 410，不再接收。", en="The other side answered 410: it wants no more of these."
    ),
    "secret": Sentence(
        zh="对方不认签名或关键词。核对机器人的安全设置后恢复。",
        en="The signature or keyword is not accepted. Compare the robot's security settings, then resume.",
    ),
    "unsubscribed": Sentence(zh="收件人通过邮件退订。", en="The recipient unsubscribed by mail."),
}
