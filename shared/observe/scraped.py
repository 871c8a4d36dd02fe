"""Gauges that are read when somebody scrapes: what the database and the broker hold at this moment.

A source that fails, or does not answer in time, leaves its gauges out (a last known number would be a lie) and
shows as `tongxing_readings_failed 1`; the scrape itself goes on, most of all then.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import structlog
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from shared.observe.metrics import REGISTRY, Gauge
from shared.observe.patience import NotInTime, Question

_FAILED = Gauge(
    "tongxing_readings_failed", "1 where a source of gauges did not answer this scrape, else 0.", ("source",)
)

#: Seconds that one scrape waits for all sources together.
PATIENCE = 1.0


@dataclass(frozen=True, slots=True)
class Reading:
    """One value of a gauge, with the gauge's own labels in their order."""

    gauge: Gauge
    value: float
    labels: tuple[str, ...] = ()


#: Reads some gauges of one service; may raise, may be slow.
Source = Callable[[], Sequence[Reading]]


class Scraped(Collector):
    """Collects the readings of all sources that it was told to watch."""

    def __init__(
        self, *, patience: float = PATIENCE, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        """Watch nothing yet."""
        self._patience = patience
        self._monotonic = monotonic
        self._watched: dict[tuple[str, str], Question[Sequence[Reading]]] = {}

    def watch(self, *, service: str, source: str, read: Source, keep: float = 1.0) -> None:
        """Show what `read` answers from now on; an answer serves scrapes for `keep` seconds.

        Watching the same source of a service again replaces it.
        """
        self._watched[service, source] = Question(read, keep=keep, monotonic=self._monotonic)

    def forget(self, service: str) -> None:
        """Watch nothing of the service any more: it was closed."""
        self._watched = {key: question for key, question in self._watched.items() if key[0] != service}

    def describe(self) -> Iterable[GaugeMetricFamily]:
        """Name nothing beforehand, so that registering this collector asks no database."""
        return ()

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """The readings of every source that answered, and which ones did not."""
        families = {_FAILED: _family(_FAILED)}
        watched = dict(self._watched)
        for question in watched.values():
            question.put()  # all at once: the slow ones wait side by side
        deadline = time.monotonic() + self._patience
        for (service, source), question in watched.items():
            readings: Sequence[Reading] = ()
            failed = 0.0
            try:
                readings = question.answer(patience=max(0.0, deadline - time.monotonic()))
            except NotInTime:
                failed = 1.0
            except Exception as error:  # noqa: BLE001  a scrape must not fail because a source did
                failed = 1.0
                structlog.stdlib.get_logger(__name__).warning(
                    "Gauges could not be read.", service=service, source=source, reason=str(error)
                )
            families[_FAILED].add_metric([service, source], failed)
            for reading in readings:
                family = families.setdefault(reading.gauge, _family(reading.gauge))
                family.add_metric([service, *reading.labels], reading.value)
        yield from families.values()


def _family(gauge: Gauge) -> GaugeMetricFamily:
    return GaugeMetricFamily(gauge.name, gauge.help, labels=["service", *gauge.labels])


#: The collector of this process.
SCRAPED = Scraped()
REGISTRY.register(SCRAPED)
