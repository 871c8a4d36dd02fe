"""How fast the relay drains the outbox of PostgreSQL into Apache Kafka, against kafka-python alone.

Subject: a real `Relay` in a process of its own, rows prefilled, timed from its first step to the commit that
marks the last acknowledged row. Peer, in the same process and with the same client settings: a bare idempotent
`KafkaProducer` that is handed the same keys, values and headers, timed to the last acknowledgement. Two relays
are two processes, as operators would run them, on a database of their own. Whether each key kept its order is
read back from the topic.
"""

import sys
import time

from benchmarks import toy
from benchmarks.ground import Ground, ground
from benchmarks.measuring import ROUNDS, Report, interleaved, options
from benchmarks.relaying import Timed, Worker, copy, prefilled
from shared.events.kafka.clients import Clients
from shared.events.outbox import SHARDS

#: Rows of one count; five counts drain 200,000.
ROWS = 40_000


class Relays:
    """One or two relay processes on a database of their own."""

    def __init__(self, here: Ground, count: int) -> None:
        """Start them, and wait until each has its share of the shards."""
        self.url = here.database()
        self._workers = [Worker(self.url, here.kafka) for _ in range(count)]
        while self._held() != [SHARDS // count] * count:
            for worker in self._workers:
                worker.begin("go on")
            time.sleep(0.5)

    def _held(self) -> list[int]:
        for worker in self._workers:
            worker.begin("hold")
        return [int(worker.result()[0]) for worker in self._workers]

    def prefill(self, count: int) -> None:
        """Put so many rows into the outbox while nobody sends."""
        made = prefilled(count)
        while self._held() != [SHARDS // len(self._workers)] * len(self._workers):
            pass
        copy(self.url, made)

    def drain(self) -> float:
        """Rows a second, from the first start to the last mark."""
        return self._rate("drain")

    def bare(self) -> float:
        """The peer, over the rows that wait."""
        return self._rate("bare")

    def _rate(self, command: str) -> float:
        for worker in self._workers:
            worker.begin(command)
        timed = [Timed(*worker.result()) for worker in self._workers]
        return ROWS / (max(one.end for one in timed) - min(one.start for one in timed))

    def close(self) -> None:
        """End them."""
        for worker in self._workers:
            worker.close()


def misplaced(kafka: str) -> tuple[int, int, int]:
    """Of what the topic holds: records, repeated ones, and keys' first occurrences that are out of order."""
    consumer = Clients([kafka], options={}, client_id="benchmarks").consumer(group=None)
    places = toy.partitions(toy.SESSIONS)
    consumer.assign(places)
    consumer.seek_to_beginning()
    left = dict(consumer.end_offsets(places))
    ids: set[bytes] = set()
    newest: dict[bytes, int] = {}
    records = inversions = 0
    while any(consumer.position(place) < end for place, end in left.items()):
        for batch in consumer.poll(timeout_ms=1000).values():
            for record in batch:
                records += 1
                headers = dict(record.headers)
                if headers["ce_id"] in ids:
                    continue
                ids.add(headers["ce_id"])
                version = int(headers["ce_sequence"])
                inversions += version != newest.get(record.key, 0) + 1
                newest[record.key] = version
    consumer.close()
    return records, records - len(ids), inversions


def main() -> int:
    """Measure, print, answer the exit code."""
    asked = options(str(__doc__))
    with ground() as here:
        broker = here.broker()
        one, two = Relays(here, 1), Relays(here, 2)

        def bare() -> float:
            one.prefill(ROWS)
            return one.bare()

        def both() -> float:
            two.prefill(ROWS)
            return two.drain()

        counts = interleaved({"bare": bare, "one": one.drain, "two": both})
        one.close()
        two.close()
        broker.close()
        records, repeated, inversions = misplaced(here.kafka)
        report = Report("relay", here.servers)
    peer = report.figure("kafka-python alone, idempotent", counts["bare"], "records/s")
    single = report.figure("one relay", counts["one"], "rows/s")
    double = report.figure("two relays, two processes", counts["two"], "rows/s")
    report.figure("records read back", [records], f"of {2 * ROUNDS * ROWS:,} ({repeated} repeated)")
    report.at_least("one relay / kafka-python alone", single / peer, 0.7)
    report.at_least("two relays / one", double / single, 0.95)
    report.at_least("records read back / rows", (records - repeated) / (2 * ROUNDS * ROWS), 1)
    report.at_most("inversions of a key's order", inversions, 0)
    return report.finish(as_json=asked.json)


if __name__ == "__main__":
    sys.exit(main())
