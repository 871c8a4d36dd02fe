"""What notices say: a template for each kind in both languages, and the filling in of its variables."""

import logging
import re
from collections.abc import Mapping
from string import Formatter

from shared.text import Sentence

#: A place whose name had not arrived when the notice was written: `⟦school:ID⟧`, or of a region its code.
LATE = re.compile(r"⟦((?:school|region):[0-9a-f-]+)⟧")

_log = logging.getLogger(__name__)

#: By kind. `{at}` is where it is, with the comma before it, or nothing.
WORDS: Mapping[str, Sentence] = {
    "session_released": Sentence(zh="活动邀请：《{title}》{at}", en="Invitation: “{title}”{at}"),
    "session_revised": Sentence(
        zh="活动有变动：《{title}》，请看改了什么。", en="Changed: “{title}”. See what is different."
    ),
    "session_withdrawn": Sentence(
        zh="不再邀请：《{title}》的参加学校有变动。", en="No longer invited: “{title}” goes on without you."
    ),
    "session_postponed": Sentence(zh="活动延期：《{title}》。{reason}", en="Postponed: “{title}”. {reason}"),
    "session_cancelled": Sentence(
        zh="活动取消：《{title}》不再举行。{reason}", en="Cancelled: “{title}” does not take place. {reason}"
    ),
    "session_recalled": Sentence(
        zh="通知撤回：《{title}》之前的通知作废。{reason}",
        en="Recalled: what you were told of “{title}” holds no more. {reason}",
    ),
    "session_reminded": Sentence(
        zh="活动提醒：《{title}》{at}，{day} 开始。", en="Reminder: “{title}”{at} begins on {day}."
    ),
    "place_promoted": Sentence(
        zh="候补递补：《{title}》有了名额，贵校 {reason} 人由候补转为参加。",
        en="From the waiting list: “{title}” has places, and {reason} of your people take part now.",
    ),
    "place_yours": Sentence(
        zh="《{title}》有了名额，你由候补转为参加。",
        en="There is a place for you now: you take part in “{title}”.",
    ),
    "region_asked": Sentence(
        zh="{host}邀请本区域的学校参加《{title}》，请协调员答复。",
        en="{host} invites schools of your region to “{title}”. A coordinator has to answer.",
    ),
    "programme_invited": Sentence(
        zh="{host}邀请贵校参加项目《{title}》。", en="{host} invites your school to the programme “{title}”."
    ),
    "region_agreed": Sentence(
        zh="{region}同意参加《{title}》。", en="{region} agreed to take part in “{title}”."
    ),
    "region_refused": Sentence(
        zh="{region}不参加《{title}》。{reason}", en="{region} does not take part in “{title}”. {reason}"
    ),
    "school_withdrew": Sentence(
        zh="{region}有学校的人员不再参加《{title}》。{reason}",
        en="People of a school in {region} do not come to “{title}” after all. {reason}",
    ),
    "invitation_withdrawn": Sentence(
        zh="{host}收回了《{title}》的邀请。{reason}",
        en="{host} withdrew the invitation to “{title}”. {reason}",
    ),
    "placement_agreed": Sentence(
        zh="{origin}到{host}的教师交流已经商定，{starts_on} 至 {ends_on}。",
        en="Agreed: a teacher of {origin} goes to {host} from {starts_on} to {ends_on}.",
    ),
    "placement_refused": Sentence(
        zh="{origin}到{host}的教师交流没有通过。{reason}",
        en="Refused: no teacher of {origin} goes to {host}. {reason}",
    ),
    "placement_withdrawn": Sentence(
        zh="{origin}到{host}的教师交流已经撤回。{reason}",
        en="Withdrawn: no teacher of {origin} goes to {host}. {reason}",
    ),
    "placement_ended": Sentence(
        zh="{origin}到{host}的教师交流提前结束，最后一天是 {ends_on}。{reason}",
        en="The placement of a teacher of {origin} at {host} ends early, on {ends_on}. {reason}",
    ),
    "placement_nominated": Sentence(
        zh="{origin}推荐教师到{host}交流，{starts_on} 至 {ends_on}，请接收学校答复。",
        en="{origin} names a teacher for {host}, from {starts_on} to {ends_on}. The host school has to answer.",
    ),
    "placement_accepted": Sentence(
        zh="{host}同意接收{origin}的交流教师，等双方区域同意。",
        en="{host} takes the teacher of {origin}. Both regions have to agree.",
    ),
    "placement_started": Sentence(
        zh="{origin}的交流教师已到{host}，到 {ends_on} 为止。",
        en="The teacher of {origin} has arrived at {host} and stays until {ends_on}.",
    ),
    "placement_reviewed": Sentence(
        zh="{origin}在{host}的交流教师完成了中期检查。",
        en="The mid-term review of the teacher of {origin} at {host} is done.",
    ),
    "placement_extended": Sentence(
        zh="{origin}到{host}的教师交流延长到 {ends_on}。{reason}",
        en="The placement of a teacher of {origin} at {host} is extended to {ends_on}. {reason}",
    ),
    "placement_returned": Sentence(
        zh="{origin}的交流教师已从{host}返回。",
        en="The teacher of {origin} has returned from {host}.",
    ),
    "placement_appraised": Sentence(
        zh="{origin}到{host}的教师交流已经考核。",
        en="The placement of a teacher of {origin} at {host} is appraised.",
    ),
    "placement_closed": Sentence(
        zh="{origin}到{host}的教师交流已经办结。",
        en="The placement of a teacher of {origin} at {host} is closed.",
    ),
    "agreement_asked": Sentence(
        zh="协议《{title}》等你们同意。",
        en="The agreement “{title}” waits for your approval.",
    ),
    "agreement_agreed": Sentence(
        zh="协议《{title}》各方都已同意，{starts_on} 起生效。",
        en="All parties approved the agreement “{title}”; it holds from {starts_on}.",
    ),
    "agreement_rejected": Sentence(
        zh="协议《{title}》没有通过。{reason}",
        en="The agreement “{title}” was not approved. {reason}",
    ),
    "agreement_withdrawn": Sentence(
        zh="协议《{title}》已经撤回。{reason}",
        en="The agreement “{title}” was withdrawn. {reason}",
    ),
    "agreement_terminated": Sentence(
        zh="协议《{title}》提前终止。{reason}",
        en="The agreement “{title}” ends before its time. {reason}",
    ),
    "access_granted": Sentence(
        zh="你们申请查看的《{title}》已经开放。",
        en="“{title}”, which you asked to see, is open to you now.",
    ),
    "access_declined": Sentence(
        zh="你们申请查看的《{title}》没有开放。{reason}",
        en="“{title}”, which you asked to see, was not opened to you. {reason}",
    ),
    "recording_published": Sentence(
        zh="《{title}》的录像可以看了。",
        en="The recording of “{title}” can be watched now.",
    ),
    "room_booked": Sentence(zh="场地已借到：《{title}》。", en="The room is yours for “{title}”."),
    "room_declined": Sentence(
        zh="场地没有借到：《{title}》。请看原因和可以改借的场地。",
        en="No room for “{title}”. See why, and what can be had instead.",
    ),
    "room_taken_back": Sentence(
        zh="场地被收回：《{title}》借的场地不能用了。{reason}",
        en="The room for “{title}” was taken back. {reason}",
    ),
    "room_missed": Sentence(
        zh="没有人来交接，场地已收回：《{title}》。",
        en="Nobody came for the room of “{title}”: it is free again.",
    ),
    "room_lapsed": Sentence(
        zh="借用申请逾期失效：《{title}》没有人答复或确认。",
        en="The request for “{title}” has lapsed: nobody answered or confirmed in time.",
    ),
}


def said(kind: str, variables: Mapping[str, Sentence]) -> Sentence:
    """The template of the kind with its variables filled in; what people typed into these is text and nothing else.

    A variable that is missing is left out and logged: a notice with a gap is better than none. A kind that is newer than
    this release reads as an invitation.
    """
    template = WORDS.get(kind, WORDS["session_released"])
    missing = needed(kind) - variables.keys()
    if missing:
        _log.error("The notice %s lacks %s.", kind, ", ".join(sorted(missing)))
    known = {name: Sentence(zh="…", en="…") for name in missing} | dict(variables)
    return Sentence(
        zh=template.zh.format_map({name: value.zh for name, value in known.items()}).strip(),
        en=template.en.format_map({name: value.en for name, value in known.items()}).strip(),
    )


def needed(kind: str) -> frozenset[str]:
    """The variables of a kind's template, in either language."""
    template = WORDS.get(kind, WORDS["session_released"])
    parts = [*Formatter().parse(template.zh), *Formatter().parse(template.en)]
    return frozenset(name for _, name, _, _ in parts if name)


def late(scope: str) -> Sentence:
    """What stands for the name of that place until it is known."""
    return Sentence(zh=f"⟦{scope}⟧", en=f"⟦{scope}⟧")


def with_names(text: Sentence, names: Mapping[str, Sentence]) -> Sentence:
    """The sentence with the names that are known by now; the other places are called what they are."""

    def name(scope: str) -> Sentence:
        unknown = (
            Sentence(zh="一所学校", en="a school")
            if scope.startswith("school")
            else Sentence(zh="另一个区域", en="another region")
        )
        return names.get(scope, unknown)

    return Sentence(
        zh=LATE.sub(lambda found: name(found[1]).zh, text.zh),
        en=LATE.sub(lambda found: name(found[1]).en, text.en),
    )
