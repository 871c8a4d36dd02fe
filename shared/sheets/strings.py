"""The texts that all sheets of a workbook share, read without a tree."""

from collections.abc import Mapping
from typing import IO

from shared.sheets.cells import CHARACTERS, PIECES, TooLargeError, expat_parser


class StringsParser:
    """Reads `strings`, without the reading aids (phonetic runs) that East Asian programs put beside them."""

    def __init__(self) -> None:
        """Before anything is read."""
        self.strings: list[str] = []
        self._pieces: list[str] = []
        self._inside = self._phonetic = False
        self._characters = 0

    def read(self, stream: IO[bytes]) -> None:
        """Read them all. Raises TooLargeError, and ValueError or ExpatError where they are damaged."""
        parser = expat_parser()
        parser.StartElementHandler = self._started
        parser.EndElementHandler = self._ended
        parser.CharacterDataHandler = self._keep
        parser.ParseFile(stream)

    def _started(self, name: str, _: Mapping[str, str]) -> None:
        tag = name[name.rfind(" ") + 1 :]
        if tag == "si":
            self._pieces.clear()
        elif tag == "rPh":
            self._phonetic = True
        self._inside = tag == "t" and not self._phonetic

    def _ended(self, name: str) -> None:
        tag = name[name.rfind(" ") + 1 :]
        self._inside = False
        if tag == "rPh":
            self._phonetic = False
        elif tag == "si":
            text = "".join(self._pieces)
            self.strings.append(text)
            self._characters += len(text) + 8  # an empty one takes its place too
            if self._characters > CHARACTERS:
                raise TooLargeError

    def _keep(self, piece: str) -> None:
        if self._inside:
            # A formatted text comes in runs, as many as it has characters.
            if len(self._pieces) > 32 * PIECES:
                raise TooLargeError
            self._pieces.append(piece)
