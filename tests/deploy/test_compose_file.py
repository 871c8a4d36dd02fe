import json
import re
import tomllib
from datetime import timedelta
from typing import Any

import pytest

from tests.deploy.compose import CHECKOUT, SECURE, SERVICES, Stack

ONCE = {"init", "databases", "kafka-access"}
PROCESSES = {f"{service}-{kind}" for service in SERVICES for kind in ("web", "worker")}


def composed(*overrides: str, **settings: str) -> dict[str, Any]:
    stack = Stack("tongxing-test-file", overrides, settings={"TONGXING_IMAGES": "tongxing", **settings})
    loaded: dict[str, Any] = json.loads(stack.compose("config", "--format", "json"))["services"]
    return loaded


@pytest.fixture(scope="module")
def services(engine: None) -> dict[str, Any]:
    return composed()


def test_every_service_has_two_processes_of_one_image_of_its_own(services: dict[str, Any]) -> None:
    assert services.keys() >= PROCESSES
    for service in SERVICES:
        version = tomllib.loads((CHECKOUT / f"services/{service}/pyproject.toml").read_text())["project"][
            "version"
        ]
        images = {services[f"{service}-{kind}"]["image"] for kind in ("web", "worker")}
        assert images == {f"tongxing/{service}:{version}"}
        assert services[f"{service}-web"]["build"]["args"]["VERSION"] == version


def test_what_keeps_running_comes_back_has_a_bound_and_may_finish_its_work(services: dict[str, Any]) -> None:
    for name, service in services.items():
        assert service["logging"]["options"]["max-size"], name
        assert "mem_limit" in service, name
        if name in ONCE:
            assert service["restart"] == "no", name
        else:
            assert service["restart"] == "unless-stopped", name
        if name in PROCESSES:
            # gunicorn grants 12 seconds, a worker 25.
            assert timedelta(seconds=26) < _duration(service["stop_grace_period"]), name
            assert service["read_only"], name
            assert service["cap_drop"] == ["ALL"], name


def test_processes_can_be_multiplied(services: dict[str, Any]) -> None:
    for name in PROCESSES:
        assert "container_name" not in services[name]
        assert "ports" not in services[name]


def test_a_process_holds_the_secrets_and_data_of_its_own_service_alone(services: dict[str, Any]) -> None:
    for service in SERVICES:
        for kind in ("web", "worker"):
            mounts = {
                (mount["source"], mount["target"]) for mount in services[f"{service}-{kind}"]["volumes"]
            }
            assert mounts == {(f"for-{service}", "/run/tongxing"), (service, "/data")}


def test_only_the_address_and_the_caught_mail_are_reached_from_outside_and_from_this_machine_alone(
    services: dict[str, Any],
) -> None:
    published = {
        (name, port["host_ip"]) for name, service in services.items() for port in service.get("ports", ())
    }

    assert published == {("gateway", "127.0.0.1"), ("mail", "127.0.0.1")}


def test_one_variable_upgrades_one_service(engine: None) -> None:
    images = {service["image"] for service in composed(NOTIFICATIONS_VERSION="0.2.0").values()}

    assert "tongxing/notifications:0.2.0" in images
    assert {"tongxing/directory:0.1.0", "tongxing/scheduling:0.1.0"} <= images


def test_the_example_names_every_variable_and_no_other() -> None:
    files = ("docker-compose.yml", SECURE)
    used = {name for file in files for name in re.findall(r"\$\{([A-Z_]+)", (CHECKOUT / file).read_text())}
    named = set(re.findall(r"^#([A-Z_]+)=", (CHECKOUT / ".env.example").read_text(), re.MULTILINE))

    assert named == used


def test_the_secure_kafka_has_no_door_without_a_name(engine: None) -> None:
    kafka = composed(SECURE)["kafka"]["environment"]
    doors = dict(door.split(":") for door in kafka["KAFKA_LISTENER_SECURITY_PROTOCOL_MAP"].split(","))

    assert doors == {"CLIENTS": "SASL_SSL", "ADMIN": "SSL", "CONTROLLER": "SSL"}
    for door in ("ADMIN", "CONTROLLER"):
        assert kafka[f"KAFKA_LISTENER_NAME_{door}_SSL_CLIENT_AUTH"] == "required"
    assert kafka["KAFKA_ALLOW_EVERYONE_IF_NO_ACL_FOUND"] == "false"


def _duration(text: str) -> timedelta:
    matched = re.fullmatch(r"(?:(\d+)m)?(?:(\d+)s)?", text)
    assert matched
    return timedelta(minutes=int(matched[1] or 0), seconds=int(matched[2] or 0))
