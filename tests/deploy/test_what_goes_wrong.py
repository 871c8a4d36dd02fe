"""What a container says, and leaves as it was, where something outside it is wrong. Kafka's part: test_secure.py."""

import os
import socket
import uuid
from collections.abc import Iterator
from dataclasses import replace

import pytest
import requests

from tests.deploy.compose import CHECKOUT, FailedError, Stack, docker
from tests.deploy.people import eventually

ONCE = ("run", "--rm", "--no-deps", "-T")


def test_a_port_that_another_container_has_stops_only_who_wants_it(foundation: Stack) -> None:
    with pytest.raises(FailedError, match="port is already allocated"):
        foundation.compose(*ONCE, "--service-ports", "gateway")
    assert requests.get(foundation.url, timeout=10).status_code == 503  # the one that had it goes on


def test_a_port_that_another_program_has_stops_only_who_wants_it(foundation: Stack) -> None:
    with socket.create_server(("127.0.0.1", 0)) as program:
        taken = str(program.getsockname()[1])
        wanting = replace(foundation, settings={**foundation.settings, "TONGXING_PORT": taken})
        with pytest.raises(FailedError, match="address already in use"):
            wanting.compose(*ONCE, "--service-ports", "gateway")


def test_doctor_finds_a_migration_that_is_behind_and_a_broker_that_is_away(foundation: Stack) -> None:
    said = doctor(foundation, "exchange")

    assert "✓ exchange database: PostgreSQL 17" in said
    assert " migrations pending: run tongxing migrate exchange." in said
    assert "✗ exchange broker: Apache Kafka at kafka:9092 does not answer" in said


def test_doctor_finds_a_wrong_password(foundation: Stack) -> None:
    wrong = "postgresql+psycopg://exchange:made-up-and-wrong@postgres/exchange"

    said = doctor(
        foundation, "exchange", "--env", "TONGXING_DATABASE_FILE=", "--env", f"TONGXING_DATABASE={wrong}"
    )

    assert (
        '✗ exchange database: PostgreSQL turns us away: password authentication failed for user "exchange". '
        "Put name, password and database in TONGXING_DATABASE right"
    ) in said
    assert "made-up-and-wrong" not in said


@pytest.fixture
def small(images: str) -> Iterator[str]:
    """The worker of resources on an embedded database, on a disk of five megabytes."""
    name = f"tongxing-test-{os.getpid()}-{uuid.uuid4().hex[:6]}"
    docker(
        *("run", "--detach", "--name", name, "--network", "none", "--read-only"),
        *("--tmpfs", "/data:uid=10001,mode=700,size=5m", f"{images}/resources:0.1.0"),
        *("worker", "resources", "--prepare"),
    )
    yield name
    docker("rm", "--force", "--volumes", name)


def test_on_a_full_disk_a_worker_is_unready_says_so_and_goes_on_when_there_is_room(small: str) -> None:
    def ready() -> str:
        return docker("exec", small, "sh", "-c", "healthy /readyz && echo ready; true").strip()

    assert eventually(ready, until=lambda said: said == "ready", within=40) == "ready"
    docker("exec", small, "sh", "-c", "head --bytes=9M /dev/zero >/data/film.mp4; true")

    assert "The disk is full" in eventually(ready, until=lambda said: "The disk is full" in said, within=60)
    docker("exec", small, "rm", "/data/film.mp4")
    assert eventually(ready, until=lambda said: said == "ready", within=60) == "ready"
    assert "resources migrations: none pending" in docker(
        "exec", small, "sh", "-c", "tongxing doctor --service resources; true"
    )


def test_without_room_for_its_database_nothing_starts(images: str) -> None:
    disk = "/data:uid=10001,mode=700,size=160k"
    with pytest.raises(FailedError) as failed:
        docker(
            *("run", "--rm", "--network", "none", "--read-only", "--tmpfs", disk),
            *(f"{images}/resources:0.1.0", "web", "resources", "--prepare"),
        )
    assert "The disk is full" in str(failed.value)
    assert "Traceback" not in str(failed.value)


def test_without_room_for_secrets_the_first_start_says_where(images: str) -> None:
    volumes = ("/secrets", "/for", "/data")
    with pytest.raises(FailedError, match=r"cannot be written: No space left on device. Make room") as failed:
        docker(
            *("run", "--rm", "--network", "none", "--user", "0", "--workdir", "/"),
            *(part for path in volumes for part in ("--tmpfs", f"{path}:size=16k")),
            *("--volume", f"{CHECKOUT}/deploy/init:/deploy/init:ro", "--env", "SERVICES=directory exchange"),
            *(
                "--env",
                "TONGXING_BASE_URL=http://127.0.0.1:8000",
                "--env",
                "TONGXING_SMTP_URL=smtp://mail:1025",
            ),
            *("--entrypoint", "python", f"{images}/directory:0.1.0", "-m", "deploy.init.prepare"),
        )
    assert "Traceback" not in str(failed.value)


@pytest.fixture
def small_postgres(foundation: Stack) -> Iterator[str]:
    """A PostgreSQL on a disk of its own that is nearly full, in the foundation's network; its name."""
    name = f"tongxing-test-{os.getpid()}-{uuid.uuid4().hex[:6]}"
    docker(
        *("run", "--detach", "--name", name, "--network", f"{foundation.project}_default"),
        *("--tmpfs", "/var/lib/postgresql/data:size=120m", "--env", "POSTGRES_PASSWORD=a-made-up-word"),
        "postgres:17",
    )
    yield name
    docker("rm", "--force", "--volumes", name)


def test_a_database_without_room_is_said_and_left_as_it_was(foundation: Stack, small_postgres: str) -> None:
    url = f"postgresql+psycopg://postgres:a-made-up-word@{small_postgres}/postgres"
    migrate = (*ONCE, "--env", "TONGXING_DATABASE_FILE=", "--env", f"TONGXING_DATABASE={url}")
    ask = (
        "exec",
        small_postgres,
        "psql",
        "--username=postgres",
        "--host=127.0.0.1",
        "--tuples-only",
        "--command",
    )

    def answers() -> bool:
        try:
            docker(*ask, "SELECT 1")
        except FailedError:
            return False
        return True

    assert eventually(answers, until=bool, within=40)
    fill = "head --bytes=200M /dev/zero >/var/lib/postgresql/data/film.mp4; true"
    docker("exec", small_postgres, "sh", "-c", fill)

    with pytest.raises(FailedError) as failed:
        foundation.compose(*migrate, "resources-web", "migrate", "resources")

    assert "The disk is full" in str(failed.value)
    assert "Traceback" not in str(failed.value)
    assert docker(*ask, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").strip() == "0"
    docker("exec", small_postgres, "rm", "/var/lib/postgresql/data/film.mp4")
    assert "done" in foundation.compose(*migrate, "resources-web", "migrate", "resources")


def doctor(stack: Stack, service: str, *more: str) -> str:
    return stack.compose(*ONCE, *more, "--entrypoint", "sh", f"{service}-web", "-c", "tongxing doctor; true")
