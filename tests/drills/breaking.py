"""What is done to the stack: each function breaks something under load, says when it repairs, and repairs it."""

import random
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.deploy.compose import SERVICES, docker
from tests.drills.count import RELEASED, ask
from tests.drills.next import overlay
from tests.drills.stage import Stage

#: Seconds for which something is away.
AWAY = 2.0

_DUMP = "/tmp/notifications.dump"  # noqa: S108  in the container of PostgreSQL, which is ours


def stop(stage: Stage, *, service: str) -> None:
    """Stop both processes of a service, and start them again."""
    processes = (f"{service}-web", f"{service}-worker")
    stage.stack.compose("stop", *processes)
    for process in processes:
        code = docker("inspect", "--format", "{{.State.ExitCode}}", stage.container(process)).strip()
        stage.insist(
            code == "0", f"{process} ended with {code} when it was stopped; 137: not within its grace"
        )
    time.sleep(AWAY)
    stage.repairing()
    stage.up(*processes)


def kill(stage: Stage, *, service: str) -> None:
    """Kill a worker while it works through what has piled up.

    It is paused first, so that there is something to be in the middle of: the load's releases, and all that
    directory says again.
    """
    container = stage.container(f"{service}-worker")
    docker("pause", container)
    stage.tongxing("directory", "events", "republish", "--all", "--yes")
    docker("unpause", container)
    time.sleep(random.uniform(0.0, 0.4))  # noqa: S311  somewhere within the batch
    docker("kill", "--signal=KILL", container)
    time.sleep(1)
    stage.repairing()
    docker("start", container)


def restart_kafka(stage: Stage) -> None:
    """Stop Kafka and start it with what it kept."""
    stage.stack.compose("stop", "kafka")
    time.sleep(AWAY)
    stage.repairing()
    stage.up("kafka")


def wipe_kafka(stage: Stage) -> None:
    """Lose all that Kafka keeps while notifications has yet to read some of it."""
    worker = stage.container("notifications-worker")
    docker("stop", worker)
    time.sleep(AWAY)
    stage.stack.compose("rm", "--stop", "--force", "kafka")
    docker("volume", "rm", f"{stage.stack.project}_kafka")
    stage.repairing()
    stage.up_and_well("kafka")
    _for_each_service(stage, "topics", "apply")  # each of them publishes
    docker("start", worker)
    _for_each_service(stage, "events", "republish", "--all", "--yes")


def _for_each_service(stage: Stage, *command: str) -> None:
    with ThreadPoolExecutor(max_workers=2) as operators:
        list(operators.map(lambda service: stage.tongxing(service, *command), SERVICES))


def restart_postgres(stage: Stage) -> None:
    """Restart PostgreSQL: every service loses every connection."""
    stage.stack.compose("stop", "postgres")
    time.sleep(AWAY)
    stage.repairing()
    stage.up("postgres")


def restore(stage: Stage) -> None:
    """Put notifications' database back to how it was some seconds and some dozen notices ago."""
    inside = partial(stage.stack.compose, "exec", "-T", "postgres")
    inside("pg_dump", "--username=postgres", "--format=custom", f"--file={_DUMP}", "notifications")
    time.sleep(AWAY)
    stage.stack.compose("stop", "notifications-web", "notifications-worker")
    inside("dropdb", "--username=postgres", "--force", "notifications")
    inside(
        "createdb", "--username=postgres", "--owner=notifications", "--template=template0", "notifications"
    )
    inside("pg_restore", "--username=postgres", "--dbname=notifications", _DUMP)
    stage.stack.compose("run", "--rm", "--no-deps", "-T", "databases")
    stage.repairing()
    stage.up("notifications-web", "notifications-worker")


def scale(stage: Stage) -> None:
    """Change how many workers share notifications' partitions, up and down and up and down."""
    for workers in (3, 1, 3):
        stage.up("notifications-worker", scale=workers)
        time.sleep(AWAY)
    stage.repairing()
    stage.up("notifications-worker", scale=1)


def upgrade(stage: Stage, *, service: str) -> None:
    """Upgrade one service to N+1 while the others stay, and go back to the old image on the new schema."""
    stack, processes = stage.stack, (f"{service}-web", f"{service}-worker")
    setting = f"{service.upper()}_VERSION"
    with TemporaryDirectory(prefix="tongxing-next-") as scratch:
        version = overlay.build(stack.settings["TONGXING_IMAGES"], service, Path(scratch))
    try:
        stack.settings[setting] = version
        stage.up_and_well(*processes)
        _insist_on_version(stage, processes, version)
        time.sleep(AWAY)
    finally:
        del stack.settings[setting]
    if service == "scheduling":
        said = int(ask(stack, service, f"SELECT count(*) FROM sessions WHERE remark = '{overlay.REMARK}'")[0])  # noqa: S608  our own words
        stage.insist(said > 0, "no session was released by N+1")
    before = len(stage.load.sent)
    stage.repairing()
    stage.up_and_well(*processes)
    time.sleep(AWAY)
    stage.insist(
        any(sent.kind == RELEASED for sent in stage.load.sent[before:]),
        "nothing was released after the roll-back",
    )


def _insist_on_version(stage: Stage, processes: tuple[str, ...], version: str) -> None:
    for process in processes:
        image = docker("inspect", "--format", "{{.Config.Image}}", stage.container(process)).strip()
        stage.insist(image.endswith(f":{version}"), f"{process} runs {image} and not {version}")
