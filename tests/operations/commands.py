"""The commands of docs/operations.md, as tests execute them.

The first line of a block says where it belongs:

    ```sh embedded running      to an installation in one process, which runs meanwhile; or `stopped`
    ```sh compose               to the containers; `sh compose secure` to those with a Kafka that trusts nobody

A block that is executed in another form says so in a comment above it.
"""

import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

DOCUMENT = Path(__file__).parents[2] / "docs" / "operations.md"

_BLOCK = re.compile(r"(?P<above>[^\n]*)\n```(?P<info>[^\n]*)\n(?P<body>.*?)\n```", re.DOTALL)
_REASON = "<!-- not executed here: "
_KINDS = {"sh embedded running", "sh embedded stopped", "sh compose", "sh compose secure"}


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
        """Whether it is marked as executed, as no command, or as executed elsewhere and where."""
        return self.info in _KINDS | {"text"} or (self.info == "sh" and self.above.startswith(_REASON))

    def execute(self, *, directory: Path, environment: Mapping[str, str], within: float = 120) -> str:
        """Do as it says, in a directory; what it printed. Fails with all that it said."""
        said = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", self.body],
            cwd=directory,
            env=environment,
            stdin=subprocess.DEVNULL,
            text=True,
            capture_output=True,
            check=False,
            timeout=within,
        )
        assert said.returncode == 0, f"{DOCUMENT.name}:{self.line}\n{self.body}\n{said.stdout}{said.stderr}"
        return said.stdout


def blocks() -> list[Block]:
    """The blocks of the page, in order."""
    text = DOCUMENT.read_text()
    return [
        Block(text.count("\n", 0, found.start("info")) + 1, found["info"], found["above"], found["body"])
        for found in _BLOCK.finditer(text)
    ]
