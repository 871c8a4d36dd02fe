"""What it costs to book a room with its check, and who wins where fifty want one room at one time.

Subject: one transaction that locks the room, looks for what overlaps, and inserts, as every booking does. Peer: the same insert
bare, into the same table with the same exclusion constraint, also in one transaction. Both by the same library on the same
connection. The same counts run on a table of 10⁴ and one of 10⁶ bookings. Then fifty schools ask for one room at one time, at
once, by the whole command.
"""

import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from hashlib import md5
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID, uuid4

import sqlalchemy as sa

from benchmarks.contest import CLIENTS, databases, hurry, judge, rate, settle
from benchmarks.measuring import Report, interleaved, options
from services.resources.app import service
from services.resources.bookings.commands.asking import Taken, Wish, book
from services.resources.bookings.model import Booking
from services.resources.bookings.queries.free import is_taken
from services.resources.facilities.commands.keeping import keep_facility
from services.resources.facilities.model.facility import Terms
from services.resources.facilities.model.lending import Asker
from shared.contracts.directory import SchoolChanged
from shared.db import Transaction
from shared.db.migrations import migrate
from shared.ids import uuid7
from shared.roster.keeping import keep_school
from shared.runtime import Runtime
from shared.settings import Settings

FEW, MANY, SHORT = 10**4, 10**6, 10**5

#: Bookings of one count, and the rooms that they are of, each of which has a hundred already.
BOOKINGS, ROOMS = 400, 100

_START = datetime(2030, 1, 1, 2, tzinfo=UTC)  # ten o'clock there
_ROOM, _OWNER = UUID("0197a000-0000-7000-8000-0000000000dd"), UUID("0197a000-0000-7000-8000-0000000000de")
_ALWAYS = {str(day): "00:00-24:00" for day in range(7)}

# A hundred hours each for so many rooms, made by the server because they are only there to be in the way.
_THERE = sa.text("""
    INSERT INTO bookings (id, version, attempt, facility_id, region_code, title, people, starts_at, ends_at, state, blocking,
                          needs, agreed, reason, asked_by, asked_at, log)
    SELECT gen_random_uuid(), 1, 1, md5((n / 100)::text)::uuid, '632801', '', 0, :start + (n % 100) * interval '1 day',
           :start + (n % 100) * interval '1 day' + interval '1 hour', 'confirmed', true, '[]', '[]', '', '', :start, '[]'
    FROM generate_series(0, :count - 1) AS n
""")


class Side:
    """A database of resources with so many bookings."""

    def __init__(self, url: str, directory: Path, there: int) -> None:
        """Fill it."""
        self.runtime = opened(url, directory, [room(number) for number in range(ROOMS)])
        self._numbers = count()
        with self.runtime.database.engine.begin() as connection:
            connection.execute(_THERE, {"start": _START, "count": there})
        settle(self.runtime, "bookings")

    def checked(self) -> float:
        """Bookings a second, the room locked, looked for and inserted."""

        def take(tx: Transaction, wish: Wish) -> None:
            if is_taken(tx.db, wish.facility_id, starts_at=wish.starts_at, ends_at=wish.ends_at):
                raise AssertionError
            _insert(tx, wish)

        return rate(self.runtime, self._wishes(), take)

    def bare(self) -> float:
        """Bookings a second, just inserted."""
        return rate(self.runtime, self._wishes(), _insert)

    def _wishes(self) -> list[Wish]:
        """Hours of rooms that have a hundred others, later than all of them."""
        numbers = [next(self._numbers) for _ in range(BOOKINGS)]
        return [
            wanted(room(number % ROOMS), _START + timedelta(days=200 + number // ROOMS)) for number in numbers
        ]


class Race:
    """Fifty schools that want one room at one time, on a database of their own."""

    def __init__(self, url: str, directory: Path) -> None:
        """Know the school that all of them borrow for."""
        self.runtime = opened(url, directory, [_ROOM])

    def meet(self, number: int) -> tuple[int, list[float]]:
        """How many won, and the seconds that each command took."""
        asker = Asker(frozenset({"all"}))

        def ask(wish: Wish) -> Callable[[], object]:
            return lambda: self.runtime.database.run(
                lambda tx: book(tx, wish=wish, asker=asker).id, actor="account:1"
            )

        at = _START + timedelta(days=10 + number)
        return hurry([ask(wanted(_ROOM, at)) for _ in range(CLIENTS)], lost=Taken)


def opened(url: str, directory: Path, rooms: list[UUID]) -> Runtime:
    """The service on a database of its own that has a school with these rooms."""
    runtime = Runtime(service, Settings(data=directory, database=url))
    migrate(runtime.database.engine, service.package)
    school = SchoolChanged(
        school_id=_OWNER,
        version=1,
        code="1",
        name="一校",
        stage="primary",
        region_code="632801",
        region_name="一县",
    )
    terms = Terms(name="录播室", hours=_ALWAYS, approval="automatic")

    def fill(tx: Transaction) -> None:
        keep_school(tx, school)
        for id_ in rooms:
            keep_facility(tx, id_=id_, school_id=_OWNER, region_code="632801", terms=terms)

    runtime.database.run(fill, actor="service:benchmark")
    return runtime


def room(number: int) -> UUID:
    """The id of a room, as the server makes it."""
    return UUID(md5(str(number).encode(), usedforsecurity=False).hexdigest())


def wanted(facility_id: UUID, at: datetime) -> Wish:
    """An hour of a room."""
    return Wish(
        request_id=uuid7(),
        facility_id=facility_id,
        title="录课",
        starts_at=at,
        ends_at=at + timedelta(hours=1),
        region_code="632801",
        school_id=_OWNER,
    )


def _insert(tx: Transaction, wish: Wish) -> None:
    row = {
        "id": uuid4(),
        "version": 1,
        "attempt": 1,
        "facility_id": wish.facility_id,
        "region_code": wish.region_code,
        "title": wish.title,
        "people": 0,
        "starts_at": wish.starts_at,
        "ends_at": wish.ends_at,
        "state": "confirmed",
        "blocking": True,
        "needs": [],
        "agreed": [],
        "reason": "",
        "asked_by": "",
        "asked_at": tx.now,
        "log": [],
    }
    tx.db.execute(sa.insert(Booking), [row])


def main() -> int:
    """Do what the first lines say."""
    asked = options(
        __doc__ or "", short={"action": "store_true", "help": f"{SHORT:,} bookings instead of {MANY:,}"}
    )
    report = Report("booking")
    with TemporaryDirectory() as scratch, databases() as database:
        few, many = (
            Side(database(), Path(scratch), there) for there in (FEW, SHORT if asked.short else MANY)
        )
        counted = interleaved(
            {
                "checked at 10⁴": few.checked,
                "bare at 10⁴": few.bare,
                "checked at 10⁶": many.checked,
                "bare at 10⁶": many.bare,
            }
        )
        rates = {what: report.figure(what, values, "bookings/s") for what, values in counted.items()}
        report.at_least("checked / bare at 10⁶", rates["checked at 10⁶"] / rates["bare at 10⁶"], 0.7)
        report.at_most("cost at 10⁶ / cost at 10⁴", rates["checked at 10⁴"] / rates["checked at 10⁶"], 1.3)
        judge(report, Path(scratch), database(), lambda url, directory: Race(url, directory).meet)
    return report.finish(as_json=asked.json)


if __name__ == "__main__":
    sys.exit(main())
