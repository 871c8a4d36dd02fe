"""`tongxing contracts release` and `check`, on the contracts of Tongxing itself."""

import json
from pathlib import Path

from click.testing import CliRunner, Result

from shared.cli.root import tongxing
from shared.contracts import CONTRACTS
from shared.events.releases import broken

RELEASED = Path(__file__).parents[3] / "shared" / "contracts" / "released"


def call(*arguments: str) -> Result:
    return CliRunner().invoke(tongxing, ["contracts", *arguments])


def test_what_is_released_here_is_kept() -> None:
    assert (RELEASED / "0.1.0").is_dir()
    assert broken(RELEASED, CONTRACTS) == []


def test_a_release_is_written_and_compared_with(tmp_path: Path) -> None:
    said = call("release", "0.1.0", "--released", str(tmp_path))
    assert (said.exit_code, "Commit them" in said.stdout) == (0, True)
    assert (tmp_path / "0.1.0" / "golden" / "scheduling.session.released.v1.json").is_file()
    said = call("check", "--released", str(tmp_path))
    assert (said.exit_code, "of 0.1.0" in said.stdout) == (0, True)


def test_a_promise_that_is_not_kept_fails_and_keeps_the_next_release_back(tmp_path: Path) -> None:
    call("release", "0.1.0", "--released", str(tmp_path))
    path = tmp_path / "0.1.0" / "scheduling.session.cancelled.v1.json"
    promised = json.loads(path.read_text())
    promised["schema"]["properties"]["refund"] = {"type": "string"}
    path.write_text(json.dumps(promised))
    for command in (["check"], ["release", "0.2.0"]):
        said = call(*command, "--released", str(tmp_path))
        assert said.exit_code == 1
        assert said.stderr == (
            "scheduling.session.cancelled.v1: refund is gone, and consumers may read it. "
            "Declare the next version beside it instead.\n"
        )
    assert not (tmp_path / "0.2.0").exists()
