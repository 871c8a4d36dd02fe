"""Text for people, in both languages side by side, so that neither can be forgotten."""

from dataclasses import dataclass
from typing import Literal

Language = Literal["zh", "en"]


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence in Chinese and English; `str()` is the English one, for logs and terminals."""

    zh: str
    en: str

    def in_language(self, language: Language) -> str:
        """The sentence for a reader of `language`."""
        return self.zh if language == "zh" else self.en

    def __str__(self) -> str:
        """The English sentence."""
        return self.en
