"""What a caller looks for in sheets: kinds of tables with their fields, each under all the names that offices give it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from shared.sheets.parsers import Parser
from shared.sheets.words import key
from shared.text import Sentence


@dataclass(frozen=True, slots=True)
class Field:
    """A column that a table may have.

    synonyms: headers that mean it, in any language; spaces, signs, brackets and widths do not matter. pattern: what its
    values look like, given only where nothing else looks so: a column with an unknown header whose values all match is
    taken for it. required: a row without it says nothing.
    """

    name: str
    label: Sentence
    synonyms: tuple[str, ...]
    parse: Parser
    required: bool = False
    pattern: str = ""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of table. titles: words in a sheet's name or above the table that speak for it. ignored: headers not needed."""

    name: str
    label: Sentence
    fields: tuple[Field, ...]
    titles: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    _meant: dict[str, Field | None] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Every header that this kind knows. Two fields under one header are a mistake of the caller's."""
        meant: dict[str, Field | None] = {key(word): None for word in self.ignored}
        for one in self.fields:
            for word in (one.label.zh, one.label.en, one.name, *one.synonyms):
                if meant.setdefault(key(word), one) is not one:
                    raise ValueError(f"{self.name}: {word} means two things")
        object.__setattr__(self, "_meant", meant)

    def knows(self, header: str) -> bool:
        """Whether a header's key means something here, if only that it is not needed."""
        return header in self._meant

    def meaning(self, header: str) -> Field | None:
        """The field that a header's key means; None where it is unknown or not needed."""
        return self._meant.get(header)

    def called(self, name: str) -> Field | None:
        """The field of that name."""
        return next((one for one in self.fields if one.name == name), None)

    def words(self) -> Iterator[str]:
        """The keys of all headers that are known."""
        yield from self._meant

    def titled(self, text: str) -> bool:
        """Whether a title speaks for this kind."""
        return any(word in text for word in self.titles)

    def alike(self, samples: tuple[str, ...], free: Mapping[str, Field]) -> Field | None:
        """The one free field whose pattern all samples match; None where there is none or more than one."""
        fitting = [
            one
            for one in free.values()
            if one.pattern and all(re.fullmatch(one.pattern, sample) for sample in samples)
        ]
        return fitting[0] if len(fitting) == 1 and len(samples) > 1 else None
