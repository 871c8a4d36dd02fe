"""Every metric of Tongxing, declared once. Names and labels are a promise to dashboards and alerts.

One registry a process. Each metric has the label `service`, because one process may run several services (as
Loki's single binary does); a process that runs one has the same label, so that dashboards never differ.

Counters and histograms are counted where the thing happens; hot loops keep the child that `labels()` answers.
Gauges are read when somebody scrapes (`scraped.py`): they tell what the database and the broker hold now.

gunicorn: a web process runs one worker with threads unless told otherwise, so one registry tells all. With more
workers set PROMETHEUS_MULTIPROC_DIR to an empty directory before they start: counters and histograms then live
in files there, and any worker's /metrics answers for all. Gauges are read in worker processes and in the
monolith, each of which is a single process, so that nothing is told twice.
"""

import os
from dataclasses import dataclass
from typing import Literal

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

REGISTRY = CollectorRegistry()

#: What became of a record that a consumer read. applied: the reaction ran and was committed; skipped: the inbox
#: or the position knew it already; ignored: known, and nobody here reacts to it; unknown: a type or version that
#: this release has never heard of; parked: it failed, or an earlier one of its key did; dead: given up.
Outcome = Literal["applied", "skipped", "ignored", "unknown", "parked", "dead"]

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)

RELAY_PUBLISHED = Counter(
    "tongxing_relay_published", "Outbox rows that the broker acknowledged.", ["service"], registry=REGISTRY
)
RELAY_FAILED = Counter(
    "tongxing_relay_failed",
    "Attempts to publish an outbox row that failed; its key waits and is tried again.",
    ["service"],
    registry=REGISTRY,
)
CONSUMED = Counter(
    "tongxing_consumer_records",
    "Records read, by what became of them: applied, skipped, ignored, unknown, parked, dead.",
    ["service", "outcome"],
    registry=REGISTRY,
)
HANDLER_SECONDS = Histogram(
    "tongxing_consumer_handler_seconds",
    "Time that a reaction took, by event type, without the commit that it shares with its batch.",
    ["service", "type"],
    buckets=(0.0001, 0.00025, 0.0005, *_SECONDS),
    registry=REGISTRY,
)
HTTP_SECONDS = Histogram(
    "tongxing_http_request_seconds",
    "Time from a request's arrival to the head of its response, by route template.",
    ["service", "method", "route", "status"],
    buckets=_SECONDS,
    registry=REGISTRY,
)
JOB_STEPS = Counter(
    "tongxing_job_steps",
    "Steps of jobs, by outcome: saved, finished, cancelled, put_back, lost, retried, failed.",
    ["service", "kind", "outcome"],
    registry=REGISTRY,
)
JOB_STEP_SECONDS = Histogram(
    "tongxing_job_step_seconds",
    "Time that one step of a job took, its commit included.",
    ["service", "kind"],
    buckets=_SECONDS,
    registry=REGISTRY,
)
TIMER_RUNS = Counter(
    "tongxing_timer_runs",
    "Runs of timers, by outcome: done, failed.",
    ["service", "timer", "outcome"],
    registry=REGISTRY,
)
LOOP_STEPS = Counter(
    "tongxing_loop_steps",
    "Steps that a worker's loop has made: its heartbeat.",
    ["service", "loop"],
    registry=REGISTRY,
)
LOOP_FAILURES = Counter(
    "tongxing_loop_failures", "Steps of a worker's loop that raised.", ["service", "loop"], registry=REGISTRY
)


@dataclass(frozen=True, slots=True)
class Gauge:
    """A metric that is read at scrape time; `labels` come after `service`."""

    name: str
    help: str
    labels: tuple[str, ...] = ()


OUTBOX_ROWS = Gauge("tongxing_outbox_unsent_rows", "Outbox rows that the broker has not acknowledged yet.")
OUTBOX_OLDEST_SECONDS = Gauge(
    "tongxing_outbox_oldest_unsent_seconds",
    "Age of the oldest outbox row that is not sent yet; 0 when all are.",
)
CONSUMER_LAG = Gauge(
    "tongxing_consumer_lag_records", "Records of a topic that the service has yet to read.", ("topic",)
)
CONSUMER_STOPPED = Gauge(
    "tongxing_consumer_stopped", "1 while the consumer has stopped itself and waits for an operator, else 0."
)
PARKED = Gauge("tongxing_parked_records", "Records that wait behind a failed one of their key.")
DEAD_LETTERS = Gauge("tongxing_dead_letters", "Dead letters that nobody has replayed or discarded yet.")
JOBS = Gauge("tongxing_jobs", "Jobs, by state: queued, running, succeeded, failed, cancelled.", ("state",))
DELIVERIES = Gauge(
    "tongxing_deliveries",
    "Notices on their way, by channel and state: waiting (now or later), sending, in_doubt (cut off, somebody decides).",
    ("channel", "state"),
)
DELIVERIES_OLDEST_DUE_SECONDS = Gauge(
    "tongxing_deliveries_oldest_due_seconds",
    "How long the notice that should have gone out first has waited since; 0 when none is late.",
    ("channel",),
)
DISK_FREE = Gauge(
    "tongxing_disk_free_ratio",
    "How much of the disk of the data directory this service may still fill, 0 to 1.",
)
LOOP_BUSY_SECONDS = Gauge(
    "tongxing_loop_busy_seconds",
    "How long the loop has been in its present step; 0 when between steps.",
    ("loop",),
)


def exposition() -> tuple[bytes, str]:
    """All metrics of this process (of all gunicorn workers, see above) as text, and its content type."""
    registry = REGISTRY
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]  # prometheus-client leaves it untyped
    return generate_latest(registry), CONTENT_TYPE_LATEST
