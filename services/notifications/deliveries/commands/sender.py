"""The sender: claims what is due, sends it on threads, and writes down what came of it. A loop of the worker steps it.

Each endpoint has a lane of its own with a bounded number of threads; one that hangs is given one try at a time and long
pauses, so that the others never wait for it. Threads see no database: what they need is in the parcel.
"""

import queue
import threading
import time
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache, partial

import sqlalchemy as sa

from services.notifications.channels.commands.adapters import Adapters
from services.notifications.channels.commands.links import link_key
from services.notifications.channels.commands.sealing import seal_of
from services.notifications.channels.model import Answer
from services.notifications.deliveries.commands.claiming import Claimed, Wanted, Writer, claim_due
from services.notifications.deliveries.commands.lanes import Lane, lane_for
from services.notifications.deliveries.commands.marking import Marks
from services.notifications.deliveries.commands.recording import Result, record, take_back
from services.notifications.deliveries.model import Delivery
from shared.db import Database
from shared.observe import logs
from shared.observe.masking import masked_text
from shared.settings import Settings

log = logs.logger(__name__)

#: Seconds between two looks for what was cut off.
_LOOK_BACK = 5.0

#: Results that come within so many seconds are written down together.
_TOGETHER = 0.02

_UNTRIED = Answer(outcome="untried")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How much at once. threads: of all lanes; in_hand: claimed and not yet recorded. lease: until it counts as cut off."""

    threads: int = 48
    in_hand: int = 320
    lease: timedelta = timedelta(seconds=120)


class Sender:
    """One thread calls `step` and `close`; `drain` may come from any. reached: called at each point where it may die."""

    def __init__(
        self,
        database: Database,
        settings: Settings,
        *,
        actor: str,
        pace: Pace | None = None,
        reached: Callable[[str], None] = lambda _point: None,
    ) -> None:
        """Send nothing yet."""
        self._database = database
        self._settings = settings
        self._actor = actor
        self._pace = pace or Pace()
        self._reached = reached
        self._lanes: dict[str, Lane] = {}
        self._lock = threading.Lock()
        self._results: queue.SimpleQueue[Result] = queue.SimpleQueue()
        self._marks = Marks(database, actor=actor, patience=self._pace.lease / 4)
        self._in_hand = 0
        self._draining = False
        self._looked_back = 0.0
        self._adapters = Adapters(settings)
        self._threads = ThreadPoolExecutor(self._pace.threads, thread_name_prefix="sender")
        self._writer: Writer | None = None

    def step(self) -> bool:
        """Record what came back, claim what fits, and hand it to the threads; answers whether anything is under way.

        Raises Unavailable where the database does not answer; what is in hand stays in hand.
        """
        self._adapters.cut_overdue()
        self._marks.write()
        self._record(wait=_TOGETHER if self._in_hand else 0.0)
        if self._draining:
            return self._in_hand > 0
        self._look_back()
        room = self._pace.in_hand - self._in_hand
        if room >= min(32, self._pace.in_hand):
            self._claim(room)
        return self._in_hand > 0

    def drain(self) -> None:
        """Claim nothing more; what the threads are at ends."""
        self._draining = True

    def close(self) -> None:
        """Let what is being sent end, within its own time, put the rest back, and close every connection."""
        self._draining = True
        while self._in_hand:
            self._adapters.cut_overdue()
            self._marks.write()
            self._record(wait=_TOGETHER)
        self._threads.shutdown()
        self._adapters.close()

    def _claim(self, room: int) -> None:
        with self._lock:
            # A lane that is full is as good as one that rests: what is due there must not hide what is due elsewhere.
            skip = {name for name, lane in self._lanes.items() if lane.room() <= 0}
        wanted = Wanted(most=room, room=self._room, skip=skip, lease=self._pace.lease)
        if not self._anything_due(skip):
            return
        writer = self._writer or self._made()
        claim = self._database.run(partial(claim_due, wanted=wanted, writer=writer), actor=self._actor)
        self._reached("claimed")
        self._in_hand += len(claim.rows)
        for each in claim.rows:
            self._hand_over(each)

    def _anything_due(self, skip: set[str]) -> bool:
        """Idling must not ask for SQLite's one write lock again and again."""
        with self._database.reading() as db:
            due = sa.select(sa.literal(1)).where(
                Delivery.state.in_((sa.literal_column("'queued'"), sa.literal_column("'failed'"))),
                Delivery.due_at <= self._database.clock(),
                Delivery.endpoint.not_in(sorted(skip)),
            )
            return db.execute(due.limit(1)).first() is not None

    def _made(self) -> Writer:
        seal = seal_of(self._settings)
        self._writer = Writer(
            base_url=self._settings.base_url,
            language="en" if self._settings.language == "en" else "zh",
            opened=lru_cache(maxsize=4096)(seal.open),
            key=self._database.run(link_key, actor=self._actor),
        )
        return self._writer

    def _room(self, endpoint: str, kind: str | None) -> int:
        with self._lock:
            if kind is None and endpoint not in self._lanes:
                return self._pace.in_hand  # looked at again when its kind is known
            return self._lane(endpoint, kind or "").room()

    def _lane(self, endpoint: str, kind: str) -> Lane:
        if endpoint not in self._lanes:
            self._lanes[endpoint] = lane_for(kind)
        return self._lanes[endpoint]

    def _hand_over(self, claimed: Claimed) -> None:
        with self._lock:
            lane = self._lane(claimed.parcel.endpoint, claimed.parcel.kind)
            lane.waiting.append((claimed, time.monotonic()))
            begin = lane.begins()
            lane.running += begin
        if begin:
            self._threads.submit(self._work, lane)

    def _work(self, lane: Lane) -> None:
        """A thread of a lane: one after the other, until nothing waits there."""
        while True:
            with self._lock:
                if not lane.waiting:
                    lane.running -= 1
                    return
                claimed, since = lane.waiting.popleft()
                idle = self._draining or lane.rests
            late = time.monotonic() - since > self._pace.lease.total_seconds() / 2
            answer = _UNTRIED if idle or late or not self._marks.marked(claimed) else self._send(claimed)
            with self._lock:
                lane.note(answer)
            self._results.put(Result(claimed, answer, self._database.clock()))

    def _send(self, claimed: Claimed) -> Answer:
        self._reached("sending")
        try:
            answer = self._adapters.send(claimed.parcel, now=self._database.clock())
        except Exception as error:  # noqa: BLE001  whatever is wrong with one parcel, the others go on
            # Not as an exception: its locals would show addresses and secrets.
            trace = masked_text("".join(traceback.format_tb(error.__traceback__)))
            log.error(  # noqa: TRY400
                "Sending failed in a way that nobody foresaw.",
                delivery=str(claimed.parcel.id),
                error=type(error).__name__,
                trace=trace,
            )
            return Answer(outcome="in_doubt", code="error", text=type(error).__name__)
        self._reached("sent")
        return answer

    def _record(self, *, wait: float) -> None:
        """Write down what came back: what comes within `wait` seconds shares one transaction."""
        results: list[Result] = []
        until = time.monotonic() + wait
        with suppress(queue.Empty):
            while len(results) < self._pace.in_hand // 2:
                left = until - time.monotonic()
                got = self._results.get(timeout=left) if left > 0 else self._results.get_nowait()
                results.append(got)
                if len(results) == self._in_hand:
                    break
        if not results:
            return
        self._reached("before record")
        try:
            self._database.run(lambda tx: record(tx, results), actor=self._actor)
        except Exception:
            for each in results:
                self._results.put(each)
            raise
        self._in_hand -= len(results)
        self._reached("recorded")

    def _look_back(self) -> None:
        now = time.monotonic()
        if now - self._looked_back < _LOOK_BACK and self._looked_back:
            return
        self._looked_back = now
        with self._database.reading() as db:
            lost = sa.select(sa.literal(1)).where(
                Delivery.state == sa.literal_column("'sending'"),
                Delivery.lease_until < self._database.clock(),
            )
            if db.execute(lost.limit(1)).first() is None:
                return
        found = self._database.run(take_back, actor=self._actor)
        log.warning("Deliveries were cut off.", number=found)
