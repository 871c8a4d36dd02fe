"""The same journey with services as processes of their own, over Apache Kafka and PostgreSQL, and kill -9 in between."""

import base64
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import pytest
import requests
import sqlalchemy as sa

from shared.ids import named
from tests.journeys.office import free_port, until

SCHOOL = named("school", "3632802007")
SERVICES = ("directory", "scheduling", "notifications")


@dataclass
class Apart:
    """Web and worker processes of some services, each killed and started on its own."""

    environment: dict[str, str]
    logs: Path
    ports: dict[str, int] = field(default_factory=dict)
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self, kind: str, service: str) -> None:
        """Start `web` or `worker` of a service and wait until it is ready."""
        name = f"{service}-{kind}"
        port = self.ports.setdefault(name, free_port())
        with (self.logs / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(
                [tongxing(), kind, service, "--port", str(port), "--prepare"],
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.running[name] = process
        until(lambda: ready(port), f"{name} is ready", alive=process, log=self.logs / f"{name}.log")

    def kill(self, kind: str, service: str) -> None:
        """kill -9, with all that it started."""
        process = self.running.pop(f"{service}-{kind}")
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def url(self, service: str, path: str) -> str:
        return f"http://127.0.0.1:{self.ports[f'{service}-web']}{path}"

    def say(self, *arguments: str) -> str:
        """What a `tongxing` command prints."""
        return subprocess.run(
            [tongxing(), *arguments], env=self.environment, check=True, capture_output=True, text=True
        ).stdout


@pytest.fixture
def apart(kafka_server: str, postgres_server: str, tmp_path: Path) -> Iterator[Apart]:
    name = f"apart_{uuid4().hex[:8]}"
    server = sa.create_engine(postgres_server, isolation_level="AUTOCOMMIT")
    databases = [f"{name}_{service}" for service in SERVICES]
    with server.connect() as connection:
        for database in databases:
            connection.execute(sa.text(f"CREATE DATABASE {database}"))
    url = sa.make_url(postgres_server).set(database=f"{name}_SERVICE").render_as_string(hide_password=False)
    found = Apart(
        environment={
            **os.environ,
            "TONGXING_DATA": str(tmp_path),
            "TONGXING_DATABASE": url.replace("SERVICE", "{service}"),
            "TONGXING_BROKER": f"kafka:{kafka_server}",
        },
        logs=tmp_path,
    )
    yield found
    for process in found.running.values():
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    with server.connect() as connection:
        for database in databases:
            connection.execute(sa.text(f"DROP DATABASE {database} WITH (FORCE)"))
    server.dispose()


@pytest.mark.timeout(300)
def test_kill_minus_nine_on_either_side_of_kafka_loses_and_doubles_nothing(apart: Apart) -> None:
    for service in SERVICES:
        apart.start("web", service)
        apart.start("worker", service)
    administrator = signed_in(apart, apart.say("directory", "link").strip())
    until(lambda: administrator.get(apart.url("scheduling", "/scheduling/")).ok, "scheduling knows the key")
    until(lambda: titles(administrator, apart) != [], "the demonstration's released session arrives")
    before = titles(administrator, apart)
    drafts = [
        session
        for session in administrator.get(apart.url("scheduling", "/scheduling/api/v1/sessions")).json()
        if session["state"] == "draft" and str(SCHOOL) in session["invited_schools"]
    ]

    apart.kill("worker", "notifications")
    for session in drafts:
        answer = administrator.post(
            apart.url("scheduling", f"/scheduling/api/v1/sessions/{session['id']}/release"), json={}
        )
        assert answer.ok, answer.text
        apart.kill("worker", "scheduling")
        apart.start("worker", "scheduling")
    apart.start("worker", "notifications")
    apart.kill("worker", "notifications")
    apart.start("worker", "notifications")

    expected = sorted([*before, *(session["title"] for session in drafts)])
    until(lambda: titles(administrator, apart) == expected, "the school has each of them once")
    time.sleep(3)  # time for a second one to come, if one were on its way
    assert titles(administrator, apart) == expected

    ends_everywhere_when_disabled(administrator, apart)


def ends_everywhere_when_disabled(administrator: requests.Session, apart: Apart) -> None:
    """An account that directory disables is turned away by a service that never asks directory."""
    link = administrator.post(apart.url("directory", f"/directory/schools/{SCHOOL}/links"))
    (secret,) = set(re.findall(r"/sign-in/([\w-]+)", link.text))
    liaison = signed_in(apart, f"/sign-in/{secret}")
    inbox = apart.url("notifications", "/notifications/api/v1/inbox")
    assert liaison.get(inbox).ok

    (token,) = [value for value in liaison.cookies.values() if value and value.count(".") == 2]
    account = json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))["sub"]
    disabled = administrator.post(
        apart.url("directory", f"/directory/accounts/{account}/disabling"),
        data={"reason": "离职"},
    )
    assert disabled.ok, disabled.text
    until(lambda: liaison.get(inbox).status_code == 401, "the account has ended everywhere", timeout=30)


def tongxing() -> Path:
    return Path(sys.executable).with_name("tongxing")


def ready(port: int) -> bool:
    try:
        return requests.get(f"http://127.0.0.1:{port}/readyz", timeout=2).ok
    except requests.RequestException:
        return False


def signed_in(apart: Apart, link: str) -> requests.Session:
    session = requests.Session()
    answer = session.post(apart.url("directory", "/sign-in/" + link.rsplit("/", 1)[1]), allow_redirects=False)
    assert answer.status_code == 303, answer.text
    return session


def titles(session: requests.Session, apart: Apart) -> list[str]:
    """The titles in all inboxes that the school shares, sorted."""
    answer = session.get(apart.url("notifications", "/notifications/api/v1/inbox"))
    return sorted(notice["title"] for notice in answer.json()["notices"]) if answer.ok else []
