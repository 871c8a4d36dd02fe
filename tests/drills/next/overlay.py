"""N+1: this checkout with an additive migration and a new field in an event, as images of a version of its own.

What is new as a whole lies beside this file, at its place in the checkout. What changes within a file is an edit,
so that N+1 is always made of the checkout as it is, and an edit whose place is gone fails.
"""

import re
import shutil
from pathlib import Path

from tests.deploy.compose import CHECKOUT, docker

HERE = Path(__file__).parent

#: What N+1 says in its new field; nobody else can have said it.
REMARK = "N+1"

#: File, what stands there once, what is put behind it.
EDITS = (
    (
        "shared/contracts/scheduling.py",
        "    place: str\n    link: str\n    invited_schools: list[UUID]\n",
        '    remark: str = ""\n',
    ),
    (
        "services/scheduling/sessions/model/session.py",
        "    cancelled_at: Mapped[datetime | None]\n",
        '    remark: Mapped[str] = mapped_column(default="")\n',
    ),
    (
        "services/scheduling/sessions/model/session.py",
        '        self.state, self.released_at, self.reason = "released", at, ""\n',
        f'        self.remark = "{REMARK}"\n',
    ),
    (
        "services/scheduling/sessions/model/telling.py",
        "        starts_at=session.starts_at,\n",
        "        remark=session.remark,\n",
    ),
)


def next_version(service: str) -> str:
    """The version after the one of this checkout."""
    major, minor, _ = _version(CHECKOUT, service).split(".")
    return f"{major}.{int(minor) + 1}.0"


def build(prefix: str, service: str, scratch: Path) -> str:
    """Build the image of a service at N+1; answers its version, which is also its tag. scratch: an empty directory."""
    version = next_version(service)
    lay_out(scratch)
    _edit(
        scratch / f"services/{service}/pyproject.toml",
        f'version = "{_version(CHECKOUT, service)}"',
        version=version,
    )
    docker(
        *("build", "--quiet", "--file", "deploy/Dockerfile", "--tag", f"{prefix}/{service}:{version}"),
        *("--build-arg", f"SERVICE={service}", "--build-arg", f"VERSION={version}"),
        *("--build-arg", "PIP_INDEX_URL", "--build-arg", "npm_config_registry", str(scratch)),
        timeout=600,
    )
    return version


def lay_out(scratch: Path) -> None:
    """The checkout as far as images are made of it, with N+1 laid over it. Raises LookupError where it does not fit."""
    unwanted = shutil.ignore_patterns("node_modules", "__pycache__", "*.egg-info")
    for part in ("shared", "services", "deploy/image"):
        shutil.copytree(CHECKOUT / part, scratch / part, ignore=unwanted)
    for part in ("requirements.lock", ".dockerignore", "deploy/Dockerfile"):
        shutil.copy2(CHECKOUT / part, scratch / part)
    for path, place, addition in EDITS:
        text = (scratch / path).read_text()
        if text.count(place) != 1:
            raise LookupError(f"{path}: N+1 puts something behind {place!r}, which is not there just once.")
        (scratch / path).write_text(text.replace(place, place + addition))
    shutil.copytree(HERE / "services", scratch / "services", dirs_exist_ok=True, ignore=unwanted)
    migrations = scratch / "services/scheduling/migrations"
    newest = max(path.name for path in (CHECKOUT / "services/scheduling/migrations").glob("[0-9]*.py"))
    head = re.search(r'^revision = "(\w+)"', (migrations / newest).read_text(), re.MULTILINE)
    if not head:
        raise LookupError(f"{newest} names no revision.")
    ours = migrations / "9000_remark.py"
    ours.write_text(
        re.sub(
            r'^down_revision = "HEAD".*', f'down_revision = "{head[1]}"', ours.read_text(), flags=re.MULTILINE
        )
    )


def _version(checkout: Path, service: str) -> str:
    text = (checkout / f"services/{service}/pyproject.toml").read_text()
    found = re.search(r'^version = "([0-9.]+)"', text, re.MULTILINE)
    if not found:
        raise LookupError(f"services/{service}/pyproject.toml names no version.")
    return found[1]


def _edit(path: Path, place: str, *, version: str) -> None:
    path.write_text(path.read_text().replace(place, f'version = "{version}"', 1))
