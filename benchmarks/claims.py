"""What it costs to claim somebody's hour with its conflict check, and who wins where fifty want the same one.

Subject: one transaction that locks, looks for what overlaps, and inserts, as releasing a session does for each
of its people. Peer: the same insert bare, into the same table with the same exclusion constraint, also in one transaction.
Both by the same library on the same connection. The same counts run on a table of 10⁴ and one of 10⁶ claims. Then fifty
clients release fifty sessions that want one person's hour, at once, by the whole command.
"""

import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from hashlib import md5
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Barrier
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.engine import make_url

from benchmarks.measuring import Report, interleaved, options, percentile
from services.scheduling.app import service
from services.scheduling.claims.model import Claim, Taken, Wanted
from services.scheduling.claims.queries import held_against
from services.scheduling.plans.model import Leader, Occurrence, Plan
from services.scheduling.sessions.commands import draft_session, release_session
from shared.contracts.directory import SchoolChanged
from shared.db import Transaction
from shared.db.migrations import migrate
from shared.ids import uuid7
from shared.roster.keeping import keep_school
from shared.runtime import Runtime
from shared.settings import Settings
from tests.infrastructure import Infrastructure, NotThereError

FEW, MANY, SHORT = 10**4, 10**6, 10**5

#: Claims of one count, clients at once, and how often they meet.
CLAIMS, CLIENTS, MEETINGS = 400, 50, 20

#: People whose hours are claimed, of those who have a hundred already.
PEOPLE = 100

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
        engine = self.runtime.database.engine.execution_options(isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(sa.text("VACUUM ANALYZE claims"))

    def checked(self) -> float:
        """Claims a second, each locked, looked for and inserted."""

        def claim(tx: Transaction, wish: Wanted) -> None:
            if held_against(tx.db, [wish], besides=(), locked=True):
                raise AssertionError
            _insert(tx, wish)

        return self._rate(claim)

    def bare(self) -> float:
        """Claims a second, just inserted."""
        return self._rate(_insert)

    def _rate(self, claim: Callable[[Transaction, Wanted], None]) -> float:
        wishes = [self._wish() for _ in range(CLAIMS)]
        begun = time.perf_counter()
        for wish in wishes:
            self.runtime.database.run(lambda tx, wish=wish: claim(tx, wish), actor="service:benchmark")  # type: ignore[misc]
        return CLAIMS / (time.perf_counter() - begun)

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
    tx.db.execute(sa.insert(Claim), [row])


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
        self.runtime.database.run(lambda tx: keep_school(tx, school), actor="service:benchmark")

    def meet(self, number: int) -> tuple[int, list[float]]:
        """How many won, and the seconds that each command took."""
        ids = [self._draft(number, client) for client in range(CLIENTS)]
        gate = Barrier(CLIENTS)

        def go(id_: UUID) -> tuple[bool, float]:
            gate.wait(timeout=60)
            begun = time.perf_counter()
            try:
                self.runtime.database.run(
                    lambda tx: release_session(tx, session_id=id_, scopes=["all"]).id, actor="account:1"
                )
            except Taken:
                return False, time.perf_counter() - begun
            return True, time.perf_counter() - begun

        with ThreadPoolExecutor(CLIENTS) as pool:
            ended = list(pool.map(go, ids))
        return sum(won for won, _ in ended), [seconds for _, seconds in ended]

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


@contextmanager
def databases() -> Iterator[Callable[[], str]]:
    """Makes databases on PostgreSQL, gone afterwards. Ends the program with a sentence where there is none."""
    here = Infrastructure()
    try:
        server = here.postgres()
    except NotThereError as error:
        raise SystemExit(f"This benchmark needs PostgreSQL: {error}.") from error
    admin = sa.create_engine(server, isolation_level="AUTOCOMMIT")
    made: list[str] = []

    def database() -> str:
        made.append(f"bench_{uuid4().hex[:12]}")
        with admin.connect() as connection:
            connection.execute(sa.text(f"CREATE DATABASE {made[-1]}"))
        return make_url(server).set(database=made[-1]).render_as_string(hide_password=False)

    try:
        yield database
    finally:
        with admin.connect() as connection:
            for name in made:
                connection.execute(sa.text(f"DROP DATABASE {name} WITH (FORCE)"))
        admin.dispose()
        here.stop()


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
        for name, url in (("PostgreSQL", database()), ("SQLite", "")):
            directory = Path(scratch) / name
            directory.mkdir()
            race = Race(url, directory)
            race.meet(-1)  # connections are made once, and not by those who hurry
            met = [race.meet(number) for number in range(MEETINGS)]
            won = [winners for winners, _ in met]
            report.at_least(f"one winner of {CLIENTS}, {name}", float(won == [1] * MEETINGS), 1.0)
            slowest = percentile([seconds for _, each in met for seconds in each], 0.99) * 1_000
            report.figure(f"p99 of the command among {CLIENTS}, {name}", [slowest], "ms")
            if name == "PostgreSQL":
                report.at_most(f"p99 of the command among {CLIENTS}, {name} (ms)", slowest, 250)
    return report.finish(as_json=asked.json)


if __name__ == "__main__":
    sys.exit(main())
