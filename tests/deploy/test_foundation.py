import http.client
import json
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests

from tests.deploy.compose import SERVICES, FailedError, Stack, docker

PROBE = Path(__file__).with_name("probe_databases.py")


@pytest.mark.parametrize("service", SERVICES)
def test_a_role_opens_its_own_database_and_no_other(foundation: Stack, service: str) -> None:
    found = foundation.run_in(f"{service}-web", PROBE, *SERVICES, "postgres", "template1")

    refused = dict.fromkeys((*SERVICES, "postgres", "template1"), "refused")
    assert found == {**refused, service: f"opened as {service}"}


def test_a_second_start_keeps_the_passwords(foundation: Stack) -> None:
    read = ("run", "--rm", "--no-deps", "-T", "--entrypoint", "cat", "exchange-web", "/run/tongxing/database")
    before = foundation.compose(*read)
    foundation.compose("run", "--rm", "--no-deps", "-T", "init")
    said = foundation.compose("run", "--rm", "--no-deps", "-T", "databases")

    assert foundation.compose(*read) == before
    assert said == "5 databases, each open to its own service alone.\n"


def test_a_secret_is_seen_by_nobody_else(foundation: Stack) -> None:
    listed = foundation.compose(
        *("run", "--rm", "--no-deps", "-T", "--entrypoint", "ls", "exchange-web", "-An", "/run/tongxing")
    )
    ((mode, _, user, _, *_, name),) = [
        line.split() for line in listed.splitlines() if not line.startswith("total")
    ]

    assert (mode, user, name) == ("-r--------", "10001", "database")


@pytest.mark.parametrize(
    ("path", "says"),
    [("/", "登录与首页"), ("/scheduling/sessions/1", "联合活动"), ("/exchange", "教师交流")],
)
def test_a_service_that_is_down_leaves_a_page_that_says_so(foundation: Stack, path: str, says: str) -> None:
    answer = requests.get(foundation.url + path, timeout=10)

    assert (answer.status_code, answer.headers["Content-Type"]) == (503, "text/html; charset=utf-8")
    assert answer.headers["Retry-After"] == "10"
    assert says in answer.text
    assert "waits and is not lost" in answer.text


def test_a_program_is_told_in_its_own_form(foundation: Stack) -> None:
    answer = requests.get(f"{foundation.url}/resources/api/v1/items", timeout=10)

    assert (answer.status_code, answer.headers["Content-Type"]) == (503, "application/problem+json")
    assert answer.json()["detail"].startswith("Shared resources: the service cannot be reached just now.")


@pytest.mark.parametrize(
    ("path", "status"), [("/resources/api/v1/uploads/1", 503), ("/resources/api/v1/items", 413)]
)
def test_a_film_in_one_request_is_let_through_to_uploads_alone(
    foundation: Stack, path: str, status: int
) -> None:
    address = urlsplit(foundation.url)
    assert address.hostname is not None
    line = http.client.HTTPConnection(address.hostname, address.port, timeout=10)
    line.putrequest("PATCH", path)
    line.putheader("Content-Length", str(2 * 2**30))
    line.endheaders(b"its first bytes")

    assert line.getresponse().status == status  # 503: it was passed on, and no service is there


@pytest.mark.parametrize("path", ["/metrics", "/healthz", "/readyz"])
def test_what_ops_read_is_not_public(foundation: Stack, path: str) -> None:
    assert requests.get(foundation.url + path, timeout=10).status_code == 404


def test_the_gateway_logs_a_json_object_a_line(foundation: Stack) -> None:
    requests.get(f"{foundation.url}/scheduling/quoted%22path", timeout=10)
    lines = [line for line in foundation.log("gateway").splitlines() if line.startswith("{")]

    assert json.loads(lines[-1])["path"] == '/scheduling/quoted"path'


def test_an_address_that_is_none_stops_the_start_with_a_sentence(foundation: Stack) -> None:
    said = _refusal(foundation, "TONGXING_BASE_URL=tongxing.example.cn")

    assert said == (
        "TONGXING_BASE_URL is 'tongxing.example.cn', which is no public address: "
        "write one such as https://tongxing.example.cn, without a path."
    )


def test_secrets_of_another_installation_stop_the_start_with_a_sentence(foundation: Stack) -> None:
    volume = f"{foundation.project}_other"
    docker("volume", "create", volume)
    try:
        docker(
            *("run", "--rm", "--user", "0", "--volume", f"{volume}:/secrets", "--entrypoint", "sh"),
            *(
                "tongxing-test/directory:0.1.0",
                "-c",
                "echo another-installations > /secrets/postgres-password",
            ),
        )
        with pytest.raises(Exception, match="volumes `postgres` and `secrets` are of two installations"):
            docker(
                *("run", "--rm", "--user", "0", "--volume", f"{volume}:/secrets", "--workdir", "/"),
                *("--volume", f"{Path(__file__).parents[2]}/deploy/init:/deploy/init:ro"),
                *("--network", f"{foundation.project}_default", "--env", "SERVICES=directory"),
                *("--entrypoint", "python", "tongxing-test/directory:0.1.0", "-m", "deploy.init.databases"),
            )
    finally:
        docker("volume", "rm", volume)


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({}, "migrations pending: run tongxing migrate resources."),
        ({"TONGXING_LOG_LEVEL": "loud"}, "Must be one of: debug, info, warning, error, critical."),
        (
            {"TONGXING_DATABASE_FILE": "/run/none"},
            "The value of TONGXING_DATABASE_FILE must be a readable file path.",
        ),
        (
            {
                "TONGXING_DATABASE_FILE": "",
                "TONGXING_DATABASE": "postgresql://resources:wrong@postgres/resources",
            },
            'password authentication failed for user "resources"',
        ),
    ],
)
def test_a_process_that_cannot_start_says_why_in_one_sentence(
    foundation: Stack, settings: dict[str, str], sentence: str
) -> None:
    given = [part for name, value in settings.items() for part in ("--env", f"{name}={value}")]
    with pytest.raises(FailedError) as failed:
        foundation.compose(
            "run", "--rm", "--no-deps", "-T", *given, "resources-worker", "worker", "resources"
        )

    said = str(failed.value).partition("\n")[2].strip()
    assert sentence in said
    assert "Traceback" not in said


def test_a_broker_that_is_none_is_named(foundation: Stack) -> None:
    with pytest.raises(FailedError, match="The broker 'kafka' is not one of"):
        foundation.compose(
            *("run", "--rm", "--no-deps", "-T", "--env", "TONGXING_BROKER=kafka"),
            *("scheduling-worker", "worker", "scheduling", "--prepare"),
        )


def test_a_service_leaves_its_neighbours_database_as_it_is(foundation: Stack) -> None:
    foundation.compose("run", "--rm", "--no-deps", "-T", "directory-web", "migrate", "directory")
    read = (
        "run",
        "--rm",
        "--no-deps",
        "-T",
        "--entrypoint",
        "cat",
        "directory-web",
        "/run/tongxing/database",
    )
    theirs = foundation.compose(*read)

    with pytest.raises(FailedError, match=r"belongs to services\.directory, not to services\.exchange"):
        foundation.compose(
            *(
                "run",
                "--rm",
                "--no-deps",
                "-T",
                "--env",
                "TONGXING_DATABASE_FILE=",
                "--env",
                f"TONGXING_DATABASE={theirs}",
            ),
            *("exchange-web", "web", "exchange", "--prepare"),
        )


def test_a_database_that_is_somebody_elses_is_left_alone(foundation: Stack) -> None:
    sql = ("exec", "-T", "postgres", "psql", "--username=postgres", "--quiet", "--command")
    foundation.compose(*sql, "ALTER DATABASE resources OWNER TO exchange")
    try:
        with pytest.raises(Exception, match="The database resources belongs to exchange, not to resources"):
            foundation.compose("run", "--rm", "--no-deps", "-T", "databases")
    finally:
        foundation.compose(*sql, "ALTER DATABASE resources OWNER TO resources")


def _refusal(stack: Stack, setting: str) -> str:
    with pytest.raises(Exception, match="no public address") as refused:
        stack.compose("run", "--rm", "--no-deps", "-T", "--env", setting, "init")
    assert not isinstance(refused.value, subprocess.TimeoutExpired)
    return str(refused.value).strip().splitlines()[-1]
