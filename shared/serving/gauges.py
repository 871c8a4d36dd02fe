"""What a scrape reads of one service: outbox, lag, letters, stops, jobs, its disk, and what it counts itself."""

import shutil
from collections import Counter
from pathlib import Path

from shared.events.operations.lag import behind, unsent, waiting
from shared.events.operations.resuming import open_stops
from shared.jobs import gauges as job_gauges
from shared.observe.metrics import (
    CONSUMER_LAG,
    CONSUMER_STOPPED,
    DEAD_LETTERS,
    DISK_FREE,
    OUTBOX_OLDEST_SECONDS,
    OUTBOX_ROWS,
    PARKED,
)
from shared.observe.scraped import SCRAPED, Reading
from shared.runtime import Runtime

#: Seconds for which an answer of the broker serves: lag is a question to each partition.
_KEEP_LAG = 10.0

#: The same for what a service counts in its own tables.
_KEEP_OWN = 10.0


def watch(runtime: Runtime) -> None:
    """Show the service's gauges from now on."""
    name = runtime.service.name
    SCRAPED.watch(service=name, source="outbox", read=lambda: _outbox(runtime))
    SCRAPED.watch(service=name, source="letters", read=lambda: _letters(runtime))
    SCRAPED.watch(service=name, source="jobs", read=lambda: _jobs(runtime))
    SCRAPED.watch(service=name, source="disk", read=lambda: _disk(runtime.settings.data))
    if (own := runtime.service.gauges) is not None:
        SCRAPED.watch(service=name, source="own", read=lambda: own(runtime), keep=_KEEP_OWN)
    if runtime.topics_read:
        SCRAPED.watch(service=name, source="lag", read=lambda: _lag(runtime), keep=_KEEP_LAG)


def _outbox(runtime: Runtime) -> list[Reading]:
    with runtime.database.reading() as db:
        now = unsent(db, runtime.service.name)
    age = (runtime.clock() - now.oldest).total_seconds() if now.oldest else 0.0
    return [Reading(OUTBOX_ROWS, now.rows), Reading(OUTBOX_OLDEST_SECONDS, max(0.0, age))]


def _letters(runtime: Runtime) -> list[Reading]:
    with runtime.database.reading() as db:
        now = waiting(db, runtime.service.name)
        stopped = bool(open_stops(db, runtime.service.name))
    return [
        Reading(PARKED, now.parked),
        Reading(DEAD_LETTERS, now.dead),
        Reading(CONSUMER_STOPPED, float(stopped)),
    ]


def _jobs(runtime: Runtime) -> list[Reading]:
    with runtime.database.reading() as db:
        return job_gauges(db)


def _disk(data: Path) -> list[Reading]:
    """In a container the directory may be missing; what it would lie on is then the disk of the image."""
    place = data.absolute()
    while not place.exists():
        place = place.parent
    disk = shutil.disk_usage(place)
    return [Reading(DISK_FREE, disk.free / (disk.used + disk.free))]


def _lag(runtime: Runtime) -> list[Reading]:
    to_read: Counter[str] = Counter()
    for line in behind(runtime.database, runtime.broker, runtime.service.name, runtime.topics_read):
        to_read[line.topic] += line.behind
    return [Reading(CONSUMER_LAG, float(records), (topic,)) for topic, records in sorted(to_read.items())]
