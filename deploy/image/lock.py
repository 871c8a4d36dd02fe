"""Installs from the lock, with its hashes, what the given projects need and nothing else.

    lock.py --prefix DIRECTORY [--beside DIRECTORY] [--python PYTHON] REQUIREMENT…

A requirement is a directory with a pyproject.toml or the name of a package. uv resolves which packages that
means (for this platform, at the lock's versions); what is then installed are the lock's own lines, so that
the index decides nothing: a package that the lock lacks or that has another hash ends the build.

--beside: leave out what an earlier call here installed under that prefix.
"""

import argparse
import re
import subprocess
import sys
from pathlib import Path

LOCK = Path("requirements.lock")
_QUIETLY = ("--quiet", "--no-header", "--no-annotate")
_AS_LOCKED = ("--require-hashes", "--no-deps", "--compile-bytecode", "--no-cache")


def entries(lock: str) -> dict[str, str]:
    """The lock's entries by normalized name; each with its hashes."""
    blocks = re.split(r"\n(?=\S)", lock.strip())
    return {normalized(re.match(r"[\w.-]+", block).group()): block for block in blocks if block[0].isalnum()}


def normalized(name: str) -> str:
    """The name as PEP 503 compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def needed(requirements: list[str], *, python: str) -> set[str]:
    """The names of all packages that the requirements need, our own projects left out."""
    asked = "\n".join(
        f"-e {Path(one).resolve()}" if Path(one, "pyproject.toml").exists() else one for one in requirements
    )
    compiled = subprocess.run(  # noqa: S603  our own arguments
        ["uv", "pip", "compile", "-", *_QUIETLY, "--python", python, "--constraints", str(LOCK)],  # noqa: S607  found by the PATH of the build
        input=asked,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    ).stdout
    return {normalized(found) for found in re.findall(r"^([\w.-]+)(?:\[[^\]]*\])?==", compiled, re.MULTILINE)}


def note_of(prefix: Path) -> Path:
    """Where a call notes what it installed under a prefix; not in the image."""
    return Path(f"installed-{prefix.name}.txt")


def main() -> None:
    """Do what the first lines say."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--prefix", type=Path, required=True)
    parser.add_argument("--beside", type=Path)
    parser.add_argument("--python", default=sys.executable)
    parser.add_argument("requirements", nargs="+")
    given = parser.parse_args()

    locked = entries(LOCK.read_text())
    there = set(note_of(given.beside).read_text().split()) if given.beside else set()
    names = sorted(needed(given.requirements, python=given.python) - there)
    if missing := [name for name in names if name not in locked]:
        sys.exit(f"requirements.lock lacks {', '.join(missing)}: run `make lock`.")
    given.prefix.mkdir(parents=True, exist_ok=True)
    note_of(given.prefix).write_text("".join(f"{name}\n" for name in names))
    if names:
        wanted = Path("wanted.lock")
        wanted.write_text("\n".join(locked[name] for name in names) + "\n")
        into = ["--python", given.python, "--prefix", str(given.prefix)]
        subprocess.run(  # noqa: S603  our own arguments
            ["uv", "pip", "install", "--quiet", *into, *_AS_LOCKED, "-r", str(wanted)],  # noqa: S607  as above
            check=True,
        )
    sys.stdout.write(f"{len(names)} packages: {' '.join(names)}\n")


if __name__ == "__main__":
    main()
