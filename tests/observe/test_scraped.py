"""Gauges that are read at scrape time never break the scrape."""

import threading
from itertools import count

import pytest
from prometheus_client import CollectorRegistry, generate_latest

from shared.observe import metrics
from shared.observe.scraped import Reading, Scraped


class Stand:
    """A clock that moves when told."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def text(scraped: Scraped) -> list[str]:
    registry = CollectorRegistry()
    registry.register(scraped)
    return [line for line in generate_latest(registry).decode().splitlines() if not line.startswith("#")]


def outbox(rows: float, oldest: float) -> list[Reading]:
    return [Reading(metrics.OUTBOX_ROWS, rows), Reading(metrics.OUTBOX_OLDEST_SECONDS, oldest)]


def test_services_share_a_metric_and_differ_in_the_label() -> None:
    scraped = Scraped()
    scraped.watch(service="exchange", source="outbox", read=lambda: outbox(3, 1.5))
    scraped.watch(service="resources", source="outbox", read=lambda: outbox(0, 0))
    scraped.watch(
        service="exchange",
        source="lag",
        read=lambda: [Reading(metrics.CONSUMER_LAG, 7, ("scheduling.sessions",))],
    )
    assert text(scraped) == [
        'tongxing_readings_failed{service="exchange",source="outbox"} 0.0',
        'tongxing_readings_failed{service="resources",source="outbox"} 0.0',
        'tongxing_readings_failed{service="exchange",source="lag"} 0.0',
        'tongxing_outbox_unsent_rows{service="exchange"} 3.0',
        'tongxing_outbox_unsent_rows{service="resources"} 0.0',
        'tongxing_outbox_oldest_unsent_seconds{service="exchange"} 1.5',
        'tongxing_outbox_oldest_unsent_seconds{service="resources"} 0.0',
        'tongxing_consumer_lag_records{service="exchange",topic="scheduling.sessions"} 7.0',
    ]


def test_an_answer_serves_scrapes_for_a_second() -> None:
    clock, asked = Stand(), count(1)
    scraped = Scraped(monotonic=clock)
    scraped.watch(service="exchange", source="outbox", read=lambda: outbox(next(asked), 0))
    rows = 'tongxing_outbox_unsent_rows{service="exchange"} '
    assert rows + "1.0" in text(scraped)
    clock.now += 0.9
    assert rows + "1.0" in text(scraped)
    clock.now += 0.2
    assert rows + "2.0" in text(scraped)


def test_a_database_that_is_down_shows_as_a_failed_reading() -> None:
    def down() -> list[Reading]:
        raise OSError("connection refused")

    scraped = Scraped()
    scraped.watch(service="exchange", source="outbox", read=down)
    scraped.watch(service="resources", source="outbox", read=lambda: outbox(1, 2))
    lines = text(scraped)
    assert 'tongxing_readings_failed{service="exchange",source="outbox"} 1.0' in lines
    assert 'tongxing_outbox_unsent_rows{service="resources"} 1.0' in lines
    assert not any("unsent" in line and "exchange" in line for line in lines)


def test_a_database_that_hangs_is_not_waited_for() -> None:
    release = threading.Event()

    def hangs() -> list[Reading]:
        release.wait()
        return []

    scraped = Scraped(patience=0.0)
    scraped.watch(service="exchange", source="outbox", read=hangs)
    try:
        assert text(scraped) == ['tongxing_readings_failed{service="exchange",source="outbox"} 1.0']
        assert text(scraped) == ['tongxing_readings_failed{service="exchange",source="outbox"} 1.0']
        assert sum(thread.name == "question" for thread in threading.enumerate()) == 1, (
            "asked once, not per scrape"
        )
    finally:
        release.set()


def test_a_service_that_was_closed_is_forgotten() -> None:
    scraped = Scraped()
    scraped.watch(service="exchange", source="outbox", read=lambda: outbox(0, 0))
    scraped.forget("exchange")
    assert text(scraped) == []


@pytest.mark.parametrize(
    "name", [n for n in vars(metrics) if n.isupper() and n != "REGISTRY" and not n.startswith("_")]
)
def test_every_metric_has_its_name_its_help_and_the_service(name: str) -> None:
    metric = getattr(metrics, name)
    if isinstance(metric, metrics.Gauge):
        assert metric.name.startswith("tongxing_")
        assert metric.help.endswith(".")
    elif name != "CONTENT_TYPE_LATEST":
        assert metric._name.startswith("tongxing_")
        assert metric._labelnames[0] == "service"
        assert metric._documentation.endswith(".")
