"""Take out one safeguard at a time and see that the tests notice: `python -m tests.proof.mutants [NAME…]`.

Each patch beside this file says in its first lines what it takes out and which tests have to fail; it is applied
to a copy of the checkout. A mutant that survives, and a patch that no longer applies, fail the run.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from tests.infrastructure import Infrastructure, NotThereError

PATCHES = Path(__file__).parent
ROOT = PATCHES.parents[2]

#: What the tests of the mutants need of the checkout.
COPIED = ("shared", "services", "tests", "pyproject.toml")

#: At once: as many as the smallest machine that runs this has cores.
WORKERS = 2

#: No tests of a mutant may take longer, in seconds.
LONGEST = 300


@dataclass(frozen=True, slots=True)
class Mutant:
    """One patch: what it takes out, and the tests that have to notice."""

    path: Path
    about: str
    tests: tuple[str, ...]

    @property
    def name(self) -> str:
        return self.path.stem


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a mutant; `by` is the test that failed, or what went wrong."""

    mutant: Mutant
    killed: bool
    by: str
    seconds: float


def mutants() -> list[Mutant]:
    """All patches."""
    found = []
    for path in sorted(PATCHES.glob("*.patch")):
        about, tests, *_ = path.read_text(encoding="utf-8").splitlines()
        found.append(Mutant(path, about, tuple(tests.removeprefix("tests: ").split())))
    return found


def unharmed(chosen: list[Mutant]) -> Mutant:
    """No mutant: the checkout as it is, which has to survive all the tests of the others."""
    tests = {test for mutant in chosen for test in mutant.tests}
    return Mutant(PATCHES / "unharmed", "Nothing is taken out.", tuple(sorted(tests)))


def applies(mutant: Mutant, *, to: Path, check: bool = False) -> str | None:
    """Apply the patch to the directory, or only look whether it could be; answers what is wrong, if anything."""
    done = subprocess.run(
        ["git", "apply", *(["--check"] if check else []), str(mutant.path)],
        cwd=to,
        capture_output=True,
        text=True,
        check=False,
        # Outside of a repository, or in a copy within one, paths mean the directory itself.
        env=os.environ | {"GIT_DIR": str(to / "no-repository")},
    )
    return None if done.returncode == 0 else done.stderr.strip().splitlines()[0]


def judge(mutant: Mutant, source: Path, environment: dict[str, str]) -> Verdict:
    """Apply the patch to a copy of `source` and run its tests there."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="mutant-") as directory:
        copy = Path(directory)
        _copy(source, copy)
        wrong = applies(mutant, to=copy) if mutant.path.exists() else None
        if wrong:
            return Verdict(mutant, killed=False, by=f"does not apply: {wrong}", seconds=0)
        try:
            run = subprocess.run(
                [
                    sys.executable,
                    "-m",
                    "pytest",
                    "-x",
                    "-q",
                    "--no-header",
                    "-p",
                    "no:cacheprovider",
                    *mutant.tests,
                ],
                cwd=copy,
                env=environment | {"PYTHONPATH": directory},
                capture_output=True,
                text=True,
                check=False,
                timeout=LONGEST,
            )
        except subprocess.TimeoutExpired:
            return Verdict(mutant, killed=False, by="undecided: too slow", seconds=time.monotonic() - began)
    seconds = time.monotonic() - began
    failed = [line.split()[1] for line in run.stdout.splitlines() if line.startswith(("FAILED", "ERROR"))]
    if run.returncode == 1 and failed:
        return Verdict(mutant, killed=True, by=failed[0], seconds=seconds)
    survived = "survived" if run.returncode == 0 else f"pytest ended with {run.returncode}"
    return Verdict(mutant, killed=False, by=survived, seconds=seconds)


def main(names: list[str]) -> int:
    """Judge those of the given names, or all; answers the exit status."""
    chosen = [mutant for mutant in mutants() if not names or mutant.name in names]
    infrastructure = Infrastructure()
    environment = os.environ | {"TONGXING_PROOF": "mutants"}
    try:  # one server for all, instead of one for each
        environment["TONGXING_TEST_POSTGRES"] = infrastructure.postgres()
    except NotThereError as error:
        _say(f"Mutants that only PostgreSQL can tell will survive: {error}")
    survivors = 0
    try:
        with (
            ThreadPoolExecutor(WORKERS) as workers,
            tempfile.TemporaryDirectory(prefix="unharmed-") as directory,
        ):
            source = Path(directory)  # one moment of the checkout for all: somebody may be working in it
            for name in COPIED:
                _copy(ROOT / name, source / name)
            jobs = [unharmed(chosen), *chosen]
            for verdict in workers.map(lambda mutant: judge(mutant, source, environment), jobs):
                if verdict.mutant is jobs[0]:
                    if verdict.killed:
                        _say(
                            f"The tests fail without any mutant, which makes what follows worthless: {verdict.by}"
                        )
                        survivors += 1
                    continue
                mark = "killed  " if verdict.killed else "SURVIVED"
                _say(f"{mark}  {verdict.seconds:5.1f} s  {verdict.mutant.name:45}  {verdict.by}")
                survivors += not verdict.killed
    finally:
        infrastructure.stop()
    _say(f"{len(chosen)} mutants, {survivors} survived." if chosen else "There is no such mutant.")
    return 1 if survivors or not chosen else 0


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        ignored = shutil.ignore_patterns("__pycache__", "node_modules", ".*")
        shutil.copytree(source, target, ignore=ignored, dirs_exist_ok=True)
    else:
        shutil.copy(source, target)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
