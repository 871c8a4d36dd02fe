"""The command line, `tongxing`.

`root` is the table of commands; each is imported only when it is called, so that `tongxing --help` and the
start of `up` stay fast. `selection` says which services are meant · `printing` writes tables, ages and JSON.
Commands parse and print; what they do lives in the layers below.
"""

import os
import signal
from types import FrameType

from shared.cli.root import tongxing


def main() -> None:
    """Run the command that the process's arguments name, and exit with its code."""
    if os.getpid() == 1:
        # In a container, where the kernel keeps from us what we do not handle: until the command has said how it
        # ends, it ends at once, as everywhere else, instead of being killed when its grace is over.
        signal.signal(signal.SIGTERM, _end)
    tongxing(prog_name="tongxing")


def _end(number: int, _frame: FrameType | None) -> None:
    os._exit(128 + number)
