"""Who may begin and keep a community, and of whom it can be made."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.exchange.mentoring.model import BACKBONE, KINDS, LONGEST_NAME, MOST
from shared.auth import SIGNED_IN, Rule, holders
from shared.errors import Invalid
from shared.text import Sentence

MAY: Mapping[str, Rule] = {
    "see": SIGNED_IN,
    "begin": holders("administrator", "coordinator", "liaison"),
    "meet": holders("administrator", "coordinator", "liaison", "teacher"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is to be begun. groups: each backbone teacher with whom they lead; of a pair the apprentices are the master's own."""

    kind: str
    name: str
    starts_on: date
    ends_on: date
    master: UUID
    members: tuple[UUID, ...] = ()
    groups: tuple[tuple[UUID, tuple[UUID, ...]], ...] = ()

    @property
    def people(self) -> tuple[UUID, ...]:
        """Everybody, the master first."""
        led = tuple(each for backbone, some in self.groups for each in (backbone, *some))
        return (self.master, *self.members, *led)

    @property
    def places(self) -> dict[UUID, tuple[str, UUID | None]]:
        """Everybody's role, and who leads them."""
        found: dict[UUID, tuple[str, UUID | None]] = {self.master: ("master", None)}
        found |= dict.fromkeys(self.members, ("member", self.master))
        for backbone, some in self.groups:
            found[backbone] = ("backbone", self.master)
            found |= dict.fromkeys(some, ("member", backbone))
        return found

    def insist(self) -> None:
        """Raise Invalid with what is wrong with it."""
        for field, wrong in self._faults():
            raise Invalid(wrong, field=field)

    def _faults(self) -> Sequence[tuple[str, Sentence]]:
        found: list[tuple[str, Sentence]] = []
        people = self.people
        if self.kind not in KINDS:
            found.append(("kind", Sentence(zh="请选择类型。", en="Choose a kind.")))
        if not self.name or len(self.name) > LONGEST_NAME:
            found.append(
                (
                    "name",
                    Sentence(
                        zh=f"请填写名称，最多 {LONGEST_NAME} 个字。",
                        en=f"A name of at most {LONGEST_NAME} characters.",
                    ),
                )
            )
        if self.ends_on < self.starts_on:
            found.append(
                ("ends_on", Sentence(zh="结束日期早于开始日期。", en="The end is before the start."))
            )
        if len(set(people)) != len(people):
            found.append(
                (
                    "members",
                    Sentence(
                        zh="同一个人不能出现两次，师傅也不能是自己的徒弟。",
                        en="Nobody is in it twice, and no master is their own apprentice.",
                    ),
                )
            )
        if self.kind == "pair" and (self.groups or not 1 <= len(self.members) <= BACKBONE):
            found.append(
                (
                    "members",
                    Sentence(
                        zh=f"师徒结对是一位师傅带 1 到 {BACKBONE} 位徒弟。",
                        en=f"A pair is a master with 1 to {BACKBONE} apprentices.",
                    ),
                )
            )
        if self.kind == "community" and not 1 <= len(self.groups) <= BACKBONE:
            found.append(
                (
                    "groups",
                    Sentence(
                        zh=f"1+10+N：一位主持人带 1 到 {BACKBONE} 位骨干，骨干再各带若干教师。",
                        en=f"1+10+N: a master leads 1 to {BACKBONE} backbone teachers, each of whom leads others.",
                    ),
                )
            )
        if len(people) > MOST:
            found.append(("members", Sentence(zh=f"最多 {MOST} 人。", en=f"At most {MOST} people.")))
        return found  # fmt: skip


def activity(meetings: Sequence[Collection[str]], people: Collection[str]) -> dict[str, int]:
    """How often each was there."""
    return {each: sum(each in present for present in meetings) for each in people}
