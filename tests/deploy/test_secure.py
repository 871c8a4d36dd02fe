"""A Kafka that trusts nobody: every direction of the matrix is tried, allowed and forbidden."""

import json
import os
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from deploy.init.authority import authority
from shared import discovery
from shared.contracts import CONTRACTS
from shared.events.acl import permissions
from tests.deploy.compose import CHECKOUT, SECURE, SERVICES, FailedError, Stack, clone
from tests.deploy.people import eventually
from tests.operations.commands import blocks

PROBE = Path(__file__).with_name("probe_kafka.py")
MATRIX = CHECKOUT / "deploy/init/acls.json"


@pytest.fixture(scope="module")
def secure(images: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Kafka with passwords and rules, and every service's topics, made by itself."""
    directory = clone(tmp_path_factory.mktemp("secure"))
    stack = Stack(f"tongxing-test-secure-{os.getpid()}", (SECURE,), directory=directory)
    try:
        stack.up("kafka")
        stack.compose("run", "--rm", "--no-deps", "-T", "kafka-access")
        for service in SERVICES:
            stack.compose("run", "--rm", "--no-deps", "-T", f"{service}-worker", "topics", "apply")
        yield stack
    finally:
        stack.down()


def test_the_committed_matrix_is_that_of_the_contracts() -> None:
    generated = sorted(
        permission
        for service in discovery.load_chosen()
        for permission in permissions(service.name, reactions=service.reactions)
    )

    assert json.loads(MATRIX.read_text()) == [
        {"principal": it.principal, "resource": it.resource, "name": it.name, "operation": it.operation}
        for it in generated
    ], "run: tongxing topics acls --json > deploy/init/acls.json"


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_writes_its_own_topics_and_reads_what_it_consumes_and_no_more(
    secure: Stack, service: str
) -> None:
    topics = sorted(CONTRACTS.topics())

    done = secure.run_in(f"{service}-worker", PROBE, *topics)

    allowed = {(one["name"], one["operation"]) for one in _matrix() if one["principal"] == service}
    expected = {
        topic: [word for word in ("read", "write") if (topic, word.capitalize()) in allowed]
        for topic in topics
    }
    assert done == expected
    for topic in topics:
        assert ("write" in done[topic]) == (CONTRACTS.topics()[topic].publisher == service)


def test_a_second_start_changes_no_rule(secure: Stack) -> None:
    said = secure.compose("run", "--rm", "--no-deps", "-T", "kafka-access")

    assert said == "5 principals at Kafka; 0 rules changed.\n"


def test_who_has_another_ones_password_is_refused_and_told_so(secure: Stack) -> None:
    said = refused(secure, "topics", "check", kafka=options(password="made-up-and-wrong"))

    assert said.startswith("Apache Kafka at kafka:9092 refuses us: ")
    assert said.endswith(
        "Put name, password and mechanism in TONGXING_KAFKA right, or let its administrator give this password to that name."
    )
    assert "made-up-and-wrong" not in said


def test_who_speaks_plainly_is_not_heard(secure: Stack) -> None:
    assert "does not answer" in refused(secure, "topics", "check", kafka="")


def test_who_trusts_another_authority_is_told_so(secure: Stack) -> None:
    system = "/etc/ssl/certs/ca-certificates.crt"
    said = refused(secure, "topics", "check", kafka=options(password="any-word-at-all", authority=system))

    assert "and we do not trust each other" in said
    assert "ssl_cafile in TONGXING_KAFKA" in said


def test_an_administrator_of_another_installation_changes_nothing(secure: Stack, tmp_path: Path) -> None:
    other = authority(tmp_path / "kept" / "authority.pem")
    (tmp_path / "for").mkdir()
    (tmp_path / "for/authority.pem").write_text(other.pem)
    (tmp_path / "for/administrator.pem").write_text(other.signed("administrator"))

    with pytest.raises(FailedError, match="Kafka at kafka:9094 cannot be told who may do what") as failed:
        secure.compose(
            *("run", "--rm", "--no-deps", "-T", "--volume", f"{tmp_path}/for:/run/tongxing:ro"),
            "kafka-access",
        )
    assert "trusts another authority than the one in the volume `secrets`" in str(failed.value)
    assert "Traceback" not in str(failed.value)


def test_a_right_that_is_missing_is_named_with_what_to_do(secure: Stack, tmp_path: Path) -> None:
    reduced = tmp_path / "acls.json"
    reduced.write_text(json.dumps([one for one in _matrix() if one["principal"] != "scheduling"]))
    access = ("run", "--rm", "--no-deps", "-T")
    secure.compose(*access, "--volume", f"{reduced}:/deploy/init/acls.json:ro", "kafka-access")
    try:
        said = refused(secure, "topics", "check")
        found = doctor(secure, "scheduling")
    finally:
        secure.compose(*access, "kafka-access")

    sentence = "Apache Kafka at kafka:9092 forbids this service what it needs: "
    assert said.startswith(sentence)
    assert said.endswith("Let its administrator grant what tongxing topics acls lists.")
    assert f"✗ scheduling broker: {sentence}" in found


def test_doctor_finds_a_topic_that_is_missing_and_a_password_that_is_wrong(secure: Stack) -> None:
    assert "✗ notifications broker" not in doctor(secure, "notifications")
    topic = next(topic for topic in CONTRACTS.topics().values() if topic.publisher == "notifications")
    secure.compose(
        *("run", "--rm", "--no-deps", "-T", "--entrypoint", "python", "kafka-access", "-c"),
        DELETE_TOPIC.format(topic=topic.name),
    )
    try:
        assert f"✗ notifications broker: {topic.name} is missing: run tongxing topics apply." in eventually(
            partial(doctor, secure, "notifications"), until=lambda said: "is missing" in said, within=20
        )
    finally:
        secure.compose("run", "--rm", "--no-deps", "-T", "notifications-worker", "topics", "apply")

    wrong = options(user="notifications", password="made-up-and-wrong")
    assert "✗ notifications broker: Apache Kafka at kafka:9092 refuses us: " in doctor(
        secure, "notifications", kafka=wrong
    )


def test_a_password_is_rotated_as_the_page_says(secure: Stack) -> None:
    before = secure.compose(*as_service("cat", "/run/tongxing/kafka"))
    (block,) = [block for block in blocks() if block.info == "sh compose secure"]

    block.execute(
        directory=secure.directory,
        environment={
            **os.environ,
            **secure.settings,
            "COMPOSE_PROJECT_NAME": secure.project,
            "COMPOSE_FILE": f"docker-compose.yml:{SECURE}",
        },
    )

    assert secure.compose("run", "--rm", "--no-deps", "-T", "scheduling-worker", "topics", "check")
    assert "refuses us" in refused(secure, "topics", "check", kafka=before)


DELETE_TOPIC = """
from kafka import KafkaAdminClient
ours = "/run/tongxing/"
admin = KafkaAdminClient(bootstrap_servers="kafka:9094", security_protocol="SSL",
                         ssl_cafile=ours + "authority.pem", ssl_certfile=ours + "administrator.pem")
admin.delete_topics(["{topic}"])
"""


def refused(stack: Stack, *command: str, kafka: str | None = None) -> str:
    """The one sentence with which scheduling's command fails; kafka: other options than its own."""
    given = () if kafka is None else ("--env", "TONGXING_KAFKA_FILE=", "--env", f"TONGXING_KAFKA={kafka}")
    with pytest.raises(FailedError) as failed:
        stack.compose("run", "--rm", "--no-deps", "-T", *given, "scheduling-worker", *command)
    (said,) = str(failed.value).partition("\n")[2].strip().splitlines()
    return said


def doctor(stack: Stack, service: str, *, kafka: str | None = None) -> str:
    """All that doctor says in a container of the service."""
    given = () if kafka is None else ("--env", "TONGXING_KAFKA_FILE=", "--env", f"TONGXING_KAFKA={kafka}")
    return stack.compose(
        *("run", "--rm", "--no-deps", "-T", *given, "--entrypoint", "sh", f"{service}-worker"),
        *("-c", "tongxing doctor; true"),
    )


def as_service(*command: str) -> tuple[str, ...]:
    return ("run", "--rm", "--no-deps", "-T", "--entrypoint", command[0], "scheduling-worker", *command[1:])


def options(
    *, user: str = "scheduling", password: str, authority: str = "/run/tongxing/authority.pem"
) -> str:
    """How to sign in, as TONGXING_KAFKA says it."""
    return (
        f"security_protocol=SASL_SSL,sasl_mechanism=SCRAM-SHA-512,sasl_plain_username={user},"
        f"sasl_plain_password={password},ssl_cafile={authority}"
    )


def _matrix() -> list[dict[str, Any]]:
    loaded: list[dict[str, Any]] = json.loads(MATRIX.read_text())
    return loaded
