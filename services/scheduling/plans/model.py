"""What a session is to be: its kind, when and where it takes place, who leads it, which schools are invited."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Literal, get_args
from uuid import UUID
from zoneinfo import ZoneInfo

from shared.contracts.scheduling import Change
from shared.errors import Invalid
from shared.text import Sentence

#: The kinds of session that every installation begins with, in the field's own terms; the later ones are parts of a
#: training class. What there is to choose from, and what each is called, the room `kinds` knows.
KINDS: Mapping[str, Sentence] = {
    "joint_research": Sentence(zh="联合教研", en="Joint teaching research"),
    "collective_preparation": Sentence(zh="集体备课", en="Collective lesson preparation"),
    "same_lesson": Sentence(zh="同课异构", en="One lesson, several ways"),
    "demonstration_lesson": Sentence(zh="示范课", en="Demonstration lesson"),
    "lecture": Sentence(zh="专题讲座", en="Lecture"),
    "live_class": Sentence(zh="直播课堂", en="Live class"),
    "training": Sentence(zh="培训", en="Training"),
    "ceremony": Sentence(zh="开班与结业", en="Opening and closing"),
    "case_sharing": Sentence(zh="案例分享", en="Cases shared"),
    "site_visit": Sentence(zh="实地观摩", en="Visit to a school"),
    "job_shadowing": Sentence(zh="跟岗学习", en="Job shadowing"),
    "group_discussion": Sentence(zh="分组研讨", en="Discussion in groups"),
    "mentoring": Sentence(zh="导师指导", en="Guidance by a mentor"),
    "self_study": Sentence(zh="自主研修", en="Own study"),
    "outcome_acceptance": Sentence(zh="成果验收", en="Outcome acceptance"),
}

Role = Literal["host", "speaker"]
ROLES: Mapping[Role, Sentence] = {
    "host": Sentence(zh="主持", en="Chaired by"),
    "speaker": Sentence(zh="主讲", en="Speakers"),
}

#: What the key of a kind looks like.
KEY = re.compile("[a-z][a-z0-9_]{1,39}")

#: The clock that people here plan by.
ZONE = ZoneInfo("Asia/Shanghai")

#: Hosted above all regions: a session of who looks after everything.
EVERYWHERE = "000000"

#: Characters in a title, a place, a name, a note or a reason; a link may be longer.
LONGEST, LONGEST_LINK = 200, 2_000

#: How long one occurrence may last, and how many of them and of people a session may have.
LASTS_AT_MOST, MOST_OCCURRENCES, MOST_PEOPLE = timedelta(days=31), 60, 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Occurrence:
    """Once that a session takes place. `starts_at`, `ends_at`: half-open, aware.

    place, link: where; either may be empty. account: the online account that carries it (腾讯会议 01), or empty.
    """

    starts_at: datetime
    ends_at: datetime
    place: str = ""
    link: str = ""
    account: str = ""

    def in_utc(self) -> "Occurrence":
        """The same as the database will answer it: what a command answers must not differ from what is read."""
        return Occurrence(
            starts_at=self.starts_at.astimezone(UTC),
            ends_at=self.ends_at.astimezone(UTC),
            place=self.place,
            link=self.link,
            account=self.account,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Leader:
    """Somebody who hosts or speaks. person_id: of the roster's copy; None where `name` is only written (专家A)."""

    name: str
    role: Role = "speaker"
    person_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a session is to be. occurrences: at least one, by time. note: what else to know of it."""

    title: str
    kind: str
    occurrences: tuple[Occurrence, ...]
    leaders: tuple[Leader, ...] = ()
    invited_schools: tuple[UUID, ...] = ()
    note: str = ""

    @classmethod
    def once(
        cls,
        *,
        title: str,
        kind: str,
        starts_at: datetime,
        ends_at: datetime,
        place: str = "",
        link: str = "",
        invited_schools: tuple[UUID, ...] = (),
    ) -> "Plan":
        """A plan of one occurrence that nobody in particular leads."""
        once = Occurrence(starts_at=starts_at, ends_at=ends_at, place=place, link=link)
        return cls(title=title, kind=kind, occurrences=(once,), invited_schools=invited_schools)

    def faults(self) -> dict[str, Sentence]:
        """What is wrong with it, by field; empty where it can be kept as a draft. Of the second occurrence: `field-2`."""
        found: dict[str, Sentence] = {}
        if not self.title:
            found["title"] = Sentence(zh="请填写活动名称。", en="Give the session a title.")
        if not KEY.fullmatch(self.kind):
            found["kind"] = Sentence(zh="请选择活动类型。", en="Choose what kind of session it is.")
        if not self.occurrences:
            found["starts_at"] = Sentence(zh="请填写时间。", en="Say when it takes place.")
        for number, occurrence in enumerate(self.occurrences, start=1):
            end = "" if number == 1 else f"-{number}"
            found |= {f"{field}{end}": sentence for field, sentence in _faults_of(occurrence).items()}
        found |= _faults_together(self.occurrences)
        for field, text in (("title", self.title), ("note", self.note)):
            if len(text) > LONGEST:
                found[field] = too_long(LONGEST)
        found |= _faults_of_leaders(self.leaders)
        return found

    @property
    def has_place(self) -> bool:
        """Whether people know where to go, every time."""
        return all(each.place or each.link for each in self.occurrences)

    def why_incomplete(self, also: Collection[UUID] = ()) -> Sentence | None:
        """What schools would miss in it, if something. also: schools of the programme, who are told, too."""
        if not self.has_place:
            return Sentence(
                zh="还没有地点。请填写活动地点或线上链接。",
                en="It has no place yet. Name a place or an online link.",
            )
        if not (self.invited_schools or also):
            return Sentence(
                zh="还没有邀请学校。请至少选择一所。", en="No school is invited yet. Choose one at least."
            )
        return None

    def insist(self) -> None:
        """Raise Invalid with the first fault, if there is one."""
        for field, sentence in self.faults().items():
            raise Invalid(sentence, field=field)


def changes(before: Plan, after: Plan) -> list[Change]:
    """What is different, in the words of the contract; the moments of both may be in any zone."""

    def told(plan: Plan) -> dict[str, str]:
        times = [each.in_utc() for each in plan.occurrences]
        return {
            "title": plan.title,
            "kind": plan.kind,
            "times": " ".join(f"{each.starts_at.isoformat()}/{each.ends_at.isoformat()}" for each in times),
            "places": "；".join(dict.fromkeys(each.place for each in times if each.place)),
            "links": " ".join(dict.fromkeys(each.link for each in times if each.link)),
            "leaders": "、".join(leader.name for leader in plan.leaders),
            "note": plan.note,
        }

    was, now = told(before), told(after)
    found = [Change(what=what, was=was[what], now=now[what]) for what in was if was[what] != now[what]]
    schools = set(before.invited_schools), set(after.invited_schools)
    if schools[0] != schools[1]:
        found.append(Change(what="schools", was=str(len(schools[0])), now=str(len(schools[1]))))
    return found


def too_long(longest: int) -> Sentence:
    """That a text has more characters than it may."""
    return Sentence(zh=f"最多 {longest} 个字符。", en=f"At most {longest} characters.")


def _faults_of(occurrence: Occurrence) -> dict[str, Sentence]:
    found: dict[str, Sentence] = {}
    if occurrence.ends_at <= occurrence.starts_at:
        found["ends_at"] = Sentence(zh="结束时间要晚于开始时间。", en="The end must be later than the start.")
    elif occurrence.ends_at - occurrence.starts_at > LASTS_AT_MOST:
        found["ends_at"] = Sentence(
            zh="一次安排最长 31 天；更长的请分成几次。",
            en="At most 31 days at a time; plan several times instead.",
        )
    if occurrence.link and not occurrence.link.startswith(("https://", "http://")):
        found["link"] = Sentence(
            zh="链接要以 https:// 或 http:// 开头。", en="A link begins with https:// or http://."
        )
    for field, text, longest in (
        ("place", occurrence.place, LONGEST),
        ("account", occurrence.account, LONGEST),
        ("link", occurrence.link, LONGEST_LINK),
    ):
        if len(text) > longest:
            found[field] = too_long(longest)
    return found


def _faults_together(occurrences: Sequence[Occurrence]) -> dict[str, Sentence]:
    if len(occurrences) > MOST_OCCURRENCES:
        return {
            "starts_at": Sentence(
                zh=f"一项活动最多安排 {MOST_OCCURRENCES} 次。",
                en=f"At most {MOST_OCCURRENCES} times in one session.",
            )
        }
    for number, (one, other) in enumerate(pairwise(occurrences), start=2):
        if other.starts_at < one.ends_at:
            return {
                f"starts_at-{number}": Sentence(
                    zh="与前一次的时间重叠，或早于前一次；请按先后填写。",
                    en="It overlaps the time before or comes earlier; enter the times in order.",
                )
            }
    return {}


def _faults_of_leaders(leaders: Sequence[Leader]) -> dict[str, Sentence]:
    if len(leaders) > MOST_PEOPLE:
        return {
            "speakers": Sentence(
                zh=f"主持和主讲最多 {MOST_PEOPLE} 人。", en=f"At most {MOST_PEOPLE} people lead one session."
            )
        }
    for leader in leaders:
        if leader.role not in get_args(Role) or not 0 < len(leader.name) <= LONGEST:
            field = "hosts" if leader.role == "host" else "speakers"
            return {
                field: Sentence(
                    zh="请写明姓名，每人不超过 200 个字符。", en="Name everybody, in at most 200 characters."
                )
            }
    return {}
