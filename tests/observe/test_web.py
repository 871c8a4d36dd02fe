"""A request is logged, measured and traced."""

import pytest
from flask import Flask, Response

from shared.observe import logs
from shared.observe.metrics import REGISTRY
from shared.observe.traces import current_traceparent
from shared.observe.web import instrument
from tests.observe.conftest import Lines

PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


@pytest.fixture
def app() -> Flask:
    app = Flask("test")

    @app.get("/sessions/<id_>")
    def show(id_: str) -> str:
        logs.logger("pages").info("Showing.")
        return f"{id_} {current_traceparent()}"

    @app.get("/broken")
    def broken() -> Response:
        raise ValueError("a bug")

    ticks = iter(range(1000))
    instrument(app, "scheduling", monotonic=lambda: next(ticks) * 0.5)
    return app


def counted(route: str, status: int) -> float:
    labels = {"service": "scheduling", "method": "GET", "route": route, "status": str(status)}
    return REGISTRY.get_sample_value("tongxing_http_request_seconds_count", labels) or 0.0


def test_the_trace_goes_on_and_comes_back(app: Flask, logged: Lines) -> None:
    before = counted("/sessions/<id_>", 200)
    answer = app.test_client().get("/sessions/7?token=hunter2", headers={"traceparent": PARENT})
    assert answer.text == f"7 {answer.headers['traceparent']}"
    assert answer.headers["traceparent"].split("-")[1] == "0af7651916cd43dd8448eb211c80319c"
    page, request = logged()
    assert page["service"] == request["service"] == "scheduling"
    assert page["trace_id"] == request["trace_id"] == "0af7651916cd43dd8448eb211c80319c"
    wanted = ("message", "method", "path", "route", "status", "ms")
    assert [request[name] for name in wanted] == [
        "Request answered.", "GET", "/sessions/7", "/sessions/<id_>", 200, 500.0,
    ]  # fmt: skip
    assert "hunter2" not in str(logged())
    assert counted("/sessions/<id_>", 200) == before + 1
    assert current_traceparent() is None, "nothing stays behind in the thread"


def test_made_up_paths_make_no_labels(app: Flask, logged: Lines) -> None:
    before = counted("(none)", 404)
    app.test_client().get("/wp-admin.php")
    assert counted("(none)", 404) == before + 1
    assert logged()[0]["path"] == "/wp-admin.php"


def test_a_bug_is_a_500_in_the_metrics_too(app: Flask, logged: Lines) -> None:
    before = counted("/broken", 500)
    assert app.test_client().get("/broken").status_code == 500
    assert counted("/broken", 500) == before + 1
    assert logged()[-1]["status"] == 500
