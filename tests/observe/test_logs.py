"""Log lines: JSON, tied together by service, event and trace, and free of secrets."""

import io
import logging

from shared.observe import logs
from shared.observe.traces import span
from tests.observe.conftest import Lines

PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def test_a_line_carries_what_is_bound_around_it(logged: Lines) -> None:
    log = logs.logger("shared.events.consumer")
    with logs.bound(service="scheduling", event_id="e-1", actor=None), span("consume", traceparent=PARENT):
        log.info("Applied.", rows=2)
    log.info("Idle.")
    inside, outside = logged()
    assert inside["trace_id"] == "0af7651916cd43dd8448eb211c80319c"
    assert (inside["message"], inside["rows"], inside["level"]) == ("Applied.", 2, "info")
    assert (inside["service"], inside["event_id"], "actor" in inside) == ("scheduling", "e-1", False)
    assert inside["logger"] == "shared.events.consumer"
    assert inside["time"].endswith("Z")
    assert outside["service"] == "exchange"
    assert not {"event_id", "trace_id", "span_id"} & outside.keys()


def test_libraries_log_the_same_way(logged: Lines) -> None:
    with logs.bound(service="resources"):
        logging.getLogger("gunicorn.error").warning("Worker of %s left", "postgresql://u:hunter2@db/x")
        logging.getLogger("urllib3.connectionpool").info("chatter")
        logging.getLogger("kafka.net.manager").error("Connection failed: 111 ECONNREFUSED")
    assert [(line["service"], line["message"]) for line in logged()] == [
        ("resources", "Worker of postgresql://u:***@db/x left")
    ]


def test_an_exception_is_one_line_and_masked(logged: Lines) -> None:
    def connect() -> None:
        raise ConnectionError("cannot reach postgresql://u:hunter2@db/x")

    try:
        connect()
    except ConnectionError:
        logs.logger("x").exception("It failed.", password="hunter2")
        logging.getLogger("y").exception("It failed too.")
    ours, theirs = logged()
    assert "ConnectionError: cannot reach postgresql://u:***@db/x" in ours["exception"]
    assert "postgresql://u:***@db/x" in theirs["exception"]
    assert "hunter2" not in str(ours) + str(theirs)


def test_levels_below_the_configured_one_are_left_out(logged: Lines) -> None:
    logs.logger("x").debug("Nobody wants this.")
    assert logged() == []


def test_a_terminal_gets_readable_lines(logged: Lines) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    out = Terminal()
    logs.configure(level="info", stream=out)
    logs.logger("x").info("Ready.", token="hunter2")
    assert "Ready." in out.getvalue()
    assert "hunter2" not in out.getvalue()
    assert not out.getvalue().startswith("{")
