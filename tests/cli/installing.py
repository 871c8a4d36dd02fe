"""Installing the toy service: what `pip install` leaves behind, which is all that discovery reads."""

from pathlib import Path


def install_toys(directory: Path) -> None:
    """Leave the toy service's metadata in `directory`, to be put on the path."""
    info = directory / "toys-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: toys\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[tongxing.services]\ntoys = tests.cli.toys.app:service\n")
