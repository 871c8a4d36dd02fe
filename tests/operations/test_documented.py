"""Every command of docs/operations.md that an embedded installation can execute, in the order of the page."""

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.operations.commands import BEGIN, DOCUMENT, Block, blocks
from tests.operations.running import Installation, tongxing_on_the_path

BLOCKS = blocks()


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """All services with their demonstration data, started and stopped as the page says."""
    directory = tmp_path_factory.mktemp("host")
    here = Installation(directory)
    tongxing_on_the_path(directory / "bin")
    yield here
    here.stop()


def test_every_block_is_executed_or_says_why_not() -> None:
    assert [block.line for block in BLOCKS if not block.explained] == []
    assert sum(block.embedded for block in BLOCKS) >= 8


def test_no_command_hides_outside_the_blocks_of_our_part() -> None:
    part = DOCUMENT.read_text().partition(BEGIN)[2]
    assert part.count("```") == 2 * len(BLOCKS)


@pytest.mark.timeout(400)
def test_the_page_from_top_to_bottom(installation: Installation) -> None:
    for block in BLOCKS:
        if block.embedded:
            _execute(block, installation)
    assert (installation.directory / "backups" / "monday" / "broker.db").is_file()
    assert (installation.directory / "elsewhere" / "scheduling.db").is_file()
    assert len(list(installation.data.glob("before-restore-*"))) == 2


def test_nothing_is_put_back_while_it_runs(installation: Installation) -> None:
    installation.start()
    said = subprocess.run(
        ["bash", "-c", "tongxing backup now >&2 && tongxing restore --yes now"],
        cwd=installation.directory,
        env=installation.environment,
        text=True,
        capture_output=True,
        check=False,
        timeout=120,
    )
    assert (said.returncode, said.stdout) == (1, "")
    assert "is in use by another tongxing up" in said.stderr


def _execute(block: Block, installation: Installation) -> None:
    if block.running:
        installation.start()
    else:
        installation.stop()
    said = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", block.body],
        cwd=installation.directory,
        env=installation.environment,
        text=True,
        capture_output=True,
        check=False,
        timeout=120,
    )
    assert said.returncode == 0, f"{DOCUMENT.name}:{block.line}\n{block.body}\n{said.stdout}{said.stderr}"


def test_the_interpreter_is_the_one_of_this_run(installation: Installation) -> None:
    script = installation.directory / "bin" / "tongxing"
    assert sys.executable in script.read_text()
    assert os.access(script, os.X_OK)
