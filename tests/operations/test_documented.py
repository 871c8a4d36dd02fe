"""Every command of docs/operations.md that an embedded installation can execute, in the order of the page."""

import json
import os
import subprocess
import sys
import urllib.request
from collections.abc import Iterator

import pytest

from tests.operations.commands import DOCUMENT, blocks
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


def test_every_block_is_executed_or_says_where() -> None:
    assert [block.line for block in BLOCKS if not block.explained] == []
    assert sum(block.embedded for block in BLOCKS) >= 8
    assert sum(block.info == "sh compose" for block in BLOCKS) >= 20


def test_no_command_hides_outside_the_blocks() -> None:
    assert DOCUMENT.read_text().count("```") == 2 * len(BLOCKS)


@pytest.mark.drill
@pytest.mark.timeout(400)
def test_the_page_from_top_to_bottom(installation: Installation) -> None:
    installation.start()
    words = {"BASE_URL": f"http://127.0.0.1:{installation.port}", "KEY": signing_key(installation)}
    for block in BLOCKS:
        if not block.embedded:
            continue
        if block.running:
            installation.start()
        else:
            installation.stop()
        block.execute(directory=installation.directory, environment=installation.environment | words)
    assert (installation.directory / "backups" / "monday" / "broker.db").is_file()
    assert (installation.directory / "elsewhere" / "scheduling.db").is_file()
    assert len(list(installation.data.glob("before-restore-*"))) == 2


def signing_key(installation: Installation) -> str:
    """The key that signs at first, and that the page replaces and then takes out of use."""
    url = f"http://127.0.0.1:{installation.port}/directory/.well-known/jwks.json"
    with urllib.request.urlopen(url, timeout=10) as answer:
        (key,) = json.load(answer)["keys"]
    return str(key["kid"])


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


def test_the_interpreter_is_the_one_of_this_run(installation: Installation) -> None:
    script = installation.directory / "bin" / "tongxing"
    assert sys.executable in script.read_text()
    assert os.access(script, os.X_OK)
