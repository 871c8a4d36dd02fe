"""/healthz, /readyz and /metrics: what they answer, and that they say what is wrong."""

import json
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

from werkzeug.test import Client

from shared.errors import Unavailable
from shared.observe.endpoints import beside, wsgi
from shared.observe.health import Health
from shared.text import Sentence

STOPPED = Sentence(zh="消费者已停止。", en="The consumer has stopped.")


def ask(health: Health, path: str) -> tuple[int, Any]:
    answer = Client(wsgi(health)).get(path)
    return answer.status_code, json.loads(answer.data)


def test_all_is_well() -> None:
    health = Health()
    health.alive_if("loops", lambda: None)
    health.ready_if("consumer", lambda: None)
    health.needs("database", lambda: None)
    assert ask(health, "/healthz") == (200, {"status": "ok", "checks": [{"check": "loops", "ok": True}]})
    assert ask(health, "/readyz") == (
        200,
        {
            "status": "ok",
            "checks": [{"check": name, "ok": True} for name in ("loops", "consumer", "database")],
        },
    )


def test_what_is_wrong_is_a_sentence() -> None:
    def down() -> None:
        raise Unavailable(Sentence(zh="数据库没有响应。", en="postgresql://u:hunter2@db does not answer."))

    def broken() -> None:
        raise ValueError("odd")

    health = Health()
    health.ready_if("exchange consumer", lambda: STOPPED)
    health.needs("exchange database", down)
    health.needs("exchange broker", broken)
    health.needs("exchange migrations", lambda: None)
    status, body = ask(health, "/readyz")
    assert status == 503
    assert body == {
        "status": "failing",
        "checks": [
            {"check": "exchange consumer", "ok": False, "detail": {"zh": STOPPED.zh, "en": STOPPED.en}},
            {
                "check": "exchange database",
                "ok": False,
                "detail": {"zh": "数据库没有响应。", "en": "postgresql://u:***@db does not answer."},
            },
            {
                "check": "exchange broker",
                "ok": False,
                "detail": {"zh": "检查失败：ValueError: odd", "en": "ValueError: odd"},
            },
            {"check": "exchange migrations", "ok": True},
        ],
    }
    assert ask(health, "/healthz")[0] == 200, "no restart mends a database"
    assert health.ready().wrong[0] == "exchange consumer: The consumer has stopped."


def test_a_process_that_is_not_alive_is_not_ready_either() -> None:
    health = Health()
    health.alive_if("exchange relay", lambda: Sentence(zh="已退出。", en="The loop has ended."))
    assert ask(health, "/healthz")[0] == 503
    assert ask(health, "/readyz")[0] == 503


def test_a_probe_does_not_hang_with_what_it_asks() -> None:
    release = threading.Event()

    def hangs() -> None:
        release.wait()

    health = Health(patience=0.0)
    health.needs("database", hangs)
    try:
        status, body = ask(health, "/readyz")
    finally:
        release.set()
    assert (status, body["checks"][0]["detail"]["en"]) == (503, "It does not answer in time.")


def test_the_endpoints_stand_beside_an_application() -> None:
    def application(_environ: object, start_response: Any) -> list[bytes]:
        start_response("200 OK", [])
        return [b"the page"]

    client = Client(beside(application, wsgi(Health(), with_metrics=False)))
    assert client.get("/").data == b"the page"
    assert client.get("/healthz").status_code == 200
    assert client.get("/metrics").status_code == 404
    assert client.post("/readyz").status_code == 405


def test_metrics_are_prometheus_text() -> None:
    answer = Client(wsgi(Health())).get("/metrics")
    assert answer.status_code == 200
    assert answer.content_type.startswith("text/plain")
    assert "# HELP tongxing_relay_published_total Outbox rows that the broker acknowledged." in answer.text


def test_several_gunicorn_workers_answer_as_one(tmp_path: Path) -> None:
    count = "from shared.observe import metrics; metrics.RELAY_PUBLISHED.labels('exchange').inc(2)"
    tell = "from shared.observe import metrics; print(metrics.exposition()[0].decode())"
    environment = os.environ | {"PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}
    for _ in range(2):
        subprocess.run([sys.executable, "-c", count], env=environment, check=True)
    told = subprocess.run(
        [sys.executable, "-c", tell], env=environment, check=True, capture_output=True, text=True
    )
    assert 'tongxing_relay_published_total{service="exchange"} 4.0' in told.stdout
