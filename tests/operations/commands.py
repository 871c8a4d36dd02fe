"""The commands of docs/operations.md, as a test executes them.

A block that belongs to the embedded installation says in its first line whether Tongxing runs meanwhile or is stopped:

    ```sh embedded running

A block of compose says `sh compose`, and a comment above it says why it is not executed here.
"""

import re
from dataclasses import dataclass
from pathlib import Path

DOCUMENT = Path(__file__).parents[2] / "docs" / "operations.md"

#: What stands above it is how to install, tried with the real containers in tests/deploy.
BEGIN = "# Looking after it\n"

_BLOCK = re.compile(r"(?P<above>[^\n]*)\n```(?P<info>[^\n]*)\n(?P<body>.*?)\n```", re.DOTALL)
_REASON = "<!-- not executed by tests/operations: "


@dataclass(frozen=True)
class Block:
    """One block of commands, and what is said of it."""

    line: int
    info: str
    above: str
    body: str

    @property
    def embedded(self) -> bool:
        return self.info.startswith("sh embedded ")

    @property
    def running(self) -> bool:
        return self.info == "sh embedded running"

    @property
    def explained(self) -> bool:
        """Whether it is marked as either executed here, or not and why."""
        if self.embedded:
            return self.info.removeprefix("sh embedded ") in {"running", "stopped"}
        return self.info == "sh compose" and self.above.startswith(_REASON)


def blocks() -> list[Block]:
    """The blocks of our part, in order."""
    text = DOCUMENT.read_text()
    begin = text.index(BEGIN)
    return [
        Block(text.count("\n", 0, found.start("info")) + 1, found["info"], found["above"], found["body"])
        for found in _BLOCK.finditer(text, begin)
    ]
