"""What it costs to claim somebody's hour with its conflict check, and who wins where fifty want the same one.

Subject: one transaction that locks, looks for what overlaps, and inserts, as releasing a session does for each
of its people. Peer: the same insert bare, into the same table with the same exclusion constraint, also in one transaction.
Both by the same library on the same connection. The same counts run on a table of 10⁴ and one of 10⁶ claims. Then fifty
clients release fifty sessions that want one person's hour, at once, by the whole command: two workers of eight threads
serve them, as `tongxing web --workers 2` would, and what they wait in the queue before these counts, too.
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

from benchmarks.contest import CLIENTS, databases, judge, rate, settle
from benchmarks.measuring import Report, interleaved, options
from benchmarks.serving import Workers
from services.scheduling.app import service
from services.scheduling.claims.commands import seize
from services.scheduling.claims.model import Claim, Taken, Wanted
from services.scheduling.plans.model import Leader, Occurrence, Plan
from services.scheduling.sessions.commands import draft_session, release_session
from shared.contracts.directory import SchoolChanged
from shared.db import Transaction
from shared.db.migrations import migrate
from shared.ids import uuid7
from shared.roster.keeping import keep_school
from shared.runtime import Runtime
from shared.settings import Settings

FEW, MANY, SHORT = 10**4, 10**6, 10**5

#: Claims of one count.
CLAIMS = 400

#: People whose hours are claimed, of those who have a hundred already.
PEOPLE = 100

#: Past the mapper, as the checked insert goes.
_BARE = sa.insert(Claim)

_WANTED = UUID("0197a000-0000-7000-8000-0000000000cc")

_START = datetime(2030, 1, 1, tzinfo=UTC)

# A hundred hours each for so many people, made by the server because they are only there to be in the way.
_THERE = sa.text("""
    INSERT INTO claims (what, starts_at, ends_at, status, blocking, session_id, occurrence)
    SELECT 'person:' || md5((n / 100)::text), :start + (n % 100) * interval '1 day',
           :start + (n % 100) * interval '1 day' + interval '1 hour', 'confirmed', true, gen_random_uuid(), 0
    FROM generate_series(0, :count - 1) AS n
""")


class Side:
    """A database of scheduling with so many claims."""

    def __init__(self, url: str, directory: Path, there: int) -> None:
        """Fill it."""
        self.runtime = Runtime(service, Settings(data=directory, database=url))
        migrate(self.runtime.database.engine, service.package)
        self._numbers = count()
        with self.runtime.database.engine.begin() as connection:
            connection.execute(_THERE, {"start": _START, "count": there})
        settle(self.runtime, "claims")

    def checked(self) -> float:
        """Claims a second, each locked, looked for and inserted."""

        def claim(tx: Transaction, wish: Wanted) -> None:
            if seize(tx, uuid4(), [wish]):
                raise AssertionError

        return self._rate(claim)

    def bare(self) -> float:
        """Claims a second, just inserted."""
        return self._rate(_insert)

    def _rate(self, claim: Callable[[Transaction, Wanted], None]) -> float:
        return rate(self.runtime, [self._wish() for _ in range(CLAIMS)], claim)

    def _wish(self) -> Wanted:
        """An hour of somebody who has a hundred others, later than all of them."""
        number = next(self._numbers)
        start = _START + timedelta(days=200 + number // PEOPLE)
        person = f"person:{md5(str(number % PEOPLE).encode(), usedforsecurity=False).hexdigest()}"
        return Wanted(what=person, label="", starts_at=start, ends_at=start + timedelta(hours=1))


def _insert(tx: Transaction, wish: Wanted) -> None:
    row = {
        "what": wish.what,
        "starts_at": wish.starts_at,
        "ends_at": wish.ends_at,
        "status": "confirmed",
        "blocking": True,
        "session_id": uuid4(),
        "occurrence": wish.occurrence,
    }
    tx.db.connection().execute(_BARE, row)


def _releasing(where: tuple[str, Path]) -> Callable[[UUID], bool]:
    """What a worker does with a session: releases it, if nobody was faster."""
    url, directory = where
    runtime = Runtime(service, Settings(data=directory, database=url))

    def release(id_: UUID) -> bool:
        try:
            runtime.database.run(
                lambda tx: release_session(tx, session_id=id_, scopes=["all"]).id, actor="account:1"
            )
        except Taken:
            return False
        return True

    return release


class Race:
    """Fifty drafts that want one person's hour, on a database of their own."""

    def __init__(self, url: str, directory: Path) -> None:
        """Know one school, which all of them invite."""
        self.runtime = Runtime(service, Settings(data=directory, database=url))
        migrate(self.runtime.database.engine, service.package)
        school = SchoolChanged(
            school_id=uuid7(),
            version=1,
            code="1",
            name="一校",
            stage="primary",
            region_code="632801",
            region_name="一县",
        )
        self._school = school.school_id
        self._workers = Workers(_releasing, (url, directory))
        self.runtime.database.run(lambda tx: keep_school(tx, school), actor="service:benchmark")

    def meet(self, number: int) -> tuple[int, list[float]]:
        """How many won, and the seconds until each was answered."""
        return self._workers.all_at_once([self._draft(number, client) for client in range(CLIENTS)])

    def _draft(self, number: int, client: int) -> UUID:
        id_, start = uuid7(), _START + timedelta(days=number)
        plan = Plan(
            title=f"第 {client} 场",
            kind="lecture",
            occurrences=(
                Occurrence(starts_at=start, ends_at=start + timedelta(hours=2), place=f"{client} 号楼礼堂"),
            ),
            leaders=(Leader(name="王立群", person_id=_WANTED),),
            invited_schools=(self._school,),
        )
        self.runtime.database.run(
            lambda tx: draft_session(tx, id_=id_, plan=plan, host_region="632800", scopes=["all"]).id,
            actor="account:1",
        )
        return id_


def main() -> int:
    """Do what the first lines say."""
    asked = options(
        __doc__ or "", short={"action": "store_true", "help": f"{SHORT:,} claims instead of {MANY:,}"}
    )
    report = Report("claims")
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
        rates = {what: report.figure(what, values, "claims/s") for what, values in counted.items()}
        report.at_least("checked / bare at 10⁶", rates["checked at 10⁶"] / rates["bare at 10⁶"], 0.7)
        report.at_most("cost at 10⁶ / cost at 10⁴", rates["checked at 10⁴"] / rates["checked at 10⁶"], 1.3)
        judge(report, Path(scratch), database(), lambda url, directory: Race(url, directory).meet)
    return report.finish(as_json=asked.json)


if __name__ == "__main__":
    sys.exit(main())
