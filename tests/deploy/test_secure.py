"""A Kafka that trusts nobody: every direction of the matrix is tried, allowed and forbidden."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from shared import discovery
from shared.contracts import CONTRACTS
from shared.events.acl import permissions
from tests.deploy.compose import CHECKOUT, SECURE, SERVICES, FailedError, Stack

PROBE = Path(__file__).with_name("probe_kafka.py")
MATRIX = CHECKOUT / "deploy/init/acls.json"


@pytest.fixture(scope="module")
def secure(images: str) -> Iterator[Stack]:
    """Kafka with passwords and rules, and every service's topics, made by itself."""
    stack = Stack(f"tongxing-test-secure-{os.getpid()}", (SECURE,))
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


def test_who_has_another_ones_password_is_not_let_in(secure: Stack) -> None:
    with pytest.raises(FailedError, match="does not answer"):
        secure.compose(
            *("run", "--rm", "--no-deps", "-T", "--env", "TONGXING_KAFKA_FILE="),
            *("--env", "TONGXING_KAFKA=" + _as("scheduling", password="made-up-and-wrong")),
            *("scheduling-worker", "topics", "check"),
        )


def test_who_speaks_plainly_is_not_heard(secure: Stack) -> None:
    with pytest.raises(FailedError, match="does not answer"):
        secure.compose(
            *("run", "--rm", "--no-deps", "-T", "--env", "TONGXING_KAFKA_FILE=", "scheduling-worker"),
            *("topics", "check"),
        )


def _matrix() -> list[dict[str, Any]]:
    loaded: list[dict[str, Any]] = json.loads(MATRIX.read_text())
    return loaded


def _as(user: str, *, password: str) -> str:
    return (
        f"security_protocol=SASL_SSL,sasl_mechanism=SCRAM-SHA-512,sasl_plain_username={user},"
        f"sasl_plain_password={password},ssl_cafile=/run/tongxing/authority.pem"
    )
