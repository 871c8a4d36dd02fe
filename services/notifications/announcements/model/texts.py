"""What an announcement says, to whom, and until when it asks for an answer."""

from dataclasses import dataclass
from datetime import datetime

from shared.errors import Invalid
from shared.text import Sentence

#: Characters of a title, of the text, of a name; files of one announcement, and bytes of one of them.
LONGEST_TITLE, LONGEST_BODY, LONGEST_NAME, MOST_FILES, LARGEST = 120, 8_000, 60, 5, 10 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """What an announcement says and to whom. scopes: `region:CODE`, `group:ID`, `school:ID`. asks: for confirmation, until
    `confirm_by`.
    """  # noqa: D205  one thought

    title: str
    body: str
    scopes: tuple[str, ...]
    asks: bool = False
    confirm_by: datetime | None = None

    def faults(self, *, now: datetime) -> dict[str, Sentence]:
        """What is wrong with it, by field."""
        found: dict[str, Sentence] = {}
        if not 0 < len(self.title) <= LONGEST_TITLE:
            found["title"] = Sentence(
                zh=f"请填写标题，最多 {LONGEST_TITLE} 个字。",
                en=f"Give it a title, of at most {LONGEST_TITLE} characters.",
            )
        if not 0 < len(self.body) <= LONGEST_BODY:
            found["body"] = Sentence(
                zh=f"请填写正文，最多 {LONGEST_BODY} 个字。",
                en=f"Write the text, in at most {LONGEST_BODY} characters.",
            )
        if not self.scopes:
            found["scopes"] = Sentence(zh="请选择发给哪些学校。", en="Choose which schools it goes to.")
        if self.asks and self.confirm_by is None:
            found["confirm_by"] = Sentence(
                zh="请填写确认的截止时间。", en="Say until when it is to be confirmed."
            )
        if self.asks and self.confirm_by is not None and self.confirm_by <= now:
            found["confirm_by"] = Sentence(
                zh="截止时间要晚于现在。", en="The deadline must be in the future."
            )
        return found

    def insist(self, *, now: datetime) -> None:
        """Raise Invalid with the first fault, if there is one."""
        for field, sentence in self.faults(now=now).items():
            raise Invalid(sentence, field=field)
