"""Who writes and who confirms, what an entry may be, and how much of a target a placement is to reach."""

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.exchange.duties.model import KINDS, LARGEST, LONGEST, MOST_FILES, MOST_HOURS, Verb
from shared.auth import SIGNED_IN, Rule, holders
from shared.errors import Invalid
from shared.text import Sentence

MAY: Mapping[str, Rule] = {
    "see": SIGNED_IN,
    "write": holders("administrator", "coordinator", "liaison", "teacher"),
    "answer": holders("administrator", "coordinator", "liaison", "teacher"),
}

#: Which parties of a placement do what. What the host writes needs nobody's confirmation.
WRITERS: frozenset[str] = frozenset({"teacher", "host"})
BY: Mapping[Verb, frozenset[str]] = {
    "confirm": frozenset({"host"}),
    "decline": frozenset({"host"}),
    "withdraw": frozenset({"teacher"}),
}

#: Months that a school year's targets are for.
_MONTHS = 10

#: Endings of files that may lie beside an entry, and with what they begin.
TYPES: Mapping[str, tuple[bytes, ...]] = {
    ".pdf": (b"%PDF-",),
    ".jpg": (b"\xff\xd8\xff",),
    ".jpeg": (b"\xff\xd8\xff",),
    ".png": (b"\x89PNG\r\n\x1a\n",),
    ".docx": (b"PK\x03\x04",),
    ".xlsx": (b"PK\x03\x04",),
    ".pptx": (b"PK\x03\x04",),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What somebody writes. files: name and bytes."""

    kind: str
    done_on: date
    amount: int = 1
    text: str = ""
    session_id: UUID | None = None
    files: tuple[tuple[str, bytes], ...] = ()

    def insist(self, *, first: date, last: date, today: date) -> None:
        """Raise Invalid with what is wrong with it. first, last: of the placement."""
        if self.kind not in KINDS:
            raise Invalid(Sentence(zh="请选择类型。", en="Choose a kind."), field="kind")
        if not first <= self.done_on <= min(last, today):
            raise Invalid(
                Sentence(
                    zh=f"日期要在交流期间（{first} 至 {min(last, today)}），且不晚于今天。",
                    en=f"The day lies within the placement ({first} to {min(last, today)}) and is not to come.",
                ),
                field="done_on",
            )
        most = MOST_HOURS if self.kind == "mentoring_hours" else 1
        if not 1 <= self.amount <= most:
            raise Invalid(
                Sentence(zh=f"请填写 1 到 {most}。", en=f"A number from 1 to {most}."), field="amount"
            )
        if not self.text or len(self.text) > LONGEST:
            raise Invalid(
                Sentence(
                    zh=f"请写明做了什么，最多 {LONGEST} 个字。",
                    en=f"Say what was done, in at most {LONGEST} characters.",
                ),
                field="text",
            )
        self._insist_files()

    def _insist_files(self) -> None:
        if len(self.files) > MOST_FILES:
            raise Invalid(
                Sentence(zh=f"最多 {MOST_FILES} 个附件。", en=f"At most {MOST_FILES} files."), field="files"
            )
        for name, data in self.files:
            ending = name[name.rfind(".") :].lower()
            if not data.startswith(TYPES.get(ending, ())) or len(data) > LARGEST:
                raise Invalid(
                    Sentence(
                        zh=f"“{name}”不能作为附件：请用 PDF、图片或 Office 文件，每个不超过 5 MB。",
                        en=f"“{name}” cannot be kept: PDF, pictures and Office files of at most 5 MB each.",
                    ),
                    field="files",
                )


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a placement is with one duty. target: 0 where nothing is agreed."""

    kind: str
    target: int
    confirmed: int
    claimed: int

    @property
    def percent(self) -> int:
        """What is confirmed of the target, a hundred at most."""
        return min(100, self.confirmed * 100 // self.target) if self.target else 0


def months_of(first: date, last: date) -> int:
    """Months from the first day to the last, one that is begun by more than half among them."""
    return max(1, round((last - first).days / 30.44))


def scaled(target: int, months: int) -> int:
    """A target of a school year for a placement of so many months: what is shorter than one owes its part, rounded up."""
    years = months / _MONTHS
    return target * round(months / 12) if years >= 1.5 else math.ceil(target * min(1.0, years))  # noqa: PLR2004  more than a school year


def progress_of(
    targets: Mapping[str, int], months: int, done: Mapping[tuple[str, str], int]
) -> list[Progress]:
    """Each duty that is agreed, or was done. done: amounts by kind and state."""
    found: list[Progress] = []
    for kind in KINDS:
        target = scaled(targets.get(kind, 0), months)
        confirmed, claimed = done.get((kind, "confirmed"), 0), done.get((kind, "claimed"), 0)
        if target or confirmed or claimed:
            found.append(Progress(kind, target, confirmed, claimed))
    return found


def nearest(parties: Collection[str]) -> str:
    """As whom somebody writes who is several: the host's word needs no confirmation."""
    return "host" if "host" in parties else "teacher" if "teacher" in parties else ""
