"""The command line, `tongxing`.

`root` is the table of commands; each is imported only when it is called, so that `tongxing --help` and the
start of `up` stay fast. `selection` says which services are meant · `printing` writes tables, ages and JSON.
Commands parse and print; what they do lives in the layers below.
"""

from shared.cli.root import tongxing


def main() -> None:
    """Run the command that the process's arguments name, and exit with its code."""
    tongxing(prog_name="tongxing")
