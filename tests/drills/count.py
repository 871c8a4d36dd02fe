"""What the schools were told, held against what scheduling has accepted: exact, from notifications' own database."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tests.deploy.compose import Stack

RELEASED, CANCELLED = "session_released", "session_cancelled"


@dataclass(frozen=True, slots=True)
class Sent:
    """A command that was answered with success, so that the schools must be told once. kind: as notices call it."""

    session_id: str
    kind: str


@dataclass(frozen=True, slots=True)
class Told:
    """A notice. seq: the order in which they were told. place: that in which inboxes show them, oldest first.
    schools: how many inboxes it lies in.
    """

    sent: Sent
    seq: int
    place: int
    schools: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """lost: accepted, and not with every school. doubled: told once too often. disordered: sessions that were
    cancelled before they were released, and what an inbox shows before something that was accepted earlier.
    """

    sent: int
    lost: int
    doubled: int
    disordered: int

    @property
    def clean(self) -> bool:
        """Whether everything arrived, once, in order."""
        return not (self.lost or self.doubled or self.disordered)


def told(stack: Stack, name: str) -> list[Told]:
    """Every notice of sessions that are called so, with a number. Raises FailedError while the database is away."""
    place = "row_number() OVER (ORDER BY coalesce(n.happened_at, n.told_at), n.seq)"
    notices = f"notices n LEFT JOIN entries e ON e.notice_seq = n.seq WHERE n.title LIKE '{name} %'"
    query = f"SELECT n.session_id, n.kind, n.seq, {place}, count(e.school_id) FROM {notices} GROUP BY n.seq"  # noqa: S608  our own words
    found = []
    for line in ask(stack, "notifications", query):
        session_id, kind, seq, place, schools = line.split("|")
        found.append(Told(Sent(session_id, kind), int(seq), int(place), int(schools)))
    return found


def ask(stack: Stack, database: str, query: str) -> list[str]:
    """The rows that a query answers, as lines; asked as PostgreSQL's administrator, beside all services."""
    psql = ("psql", "--no-psqlrc", "--tuples-only", "--no-align", "--username=postgres")
    return stack.compose(
        "exec", "-T", "postgres", *psql, f"--dbname={database}", f"--command={query}"
    ).splitlines()


def missing(sent: Iterable[Sent], told: Iterable[Told], *, invited: int) -> set[Sent]:
    """What was accepted and does not lie in the inboxes of all who were invited."""
    return set(sent) - {notice.sent for notice in told if notice.schools == invited}


def tally(sent: Sequence[Sent], told: Iterable[Told], *, invited: int) -> Tally:
    """What became of what was sent, in that order. Notices of others' sessions are passed over."""
    sessions = {one.session_id for one in sent}
    notices: dict[Sent, list[Told]] = defaultdict(list)
    for notice in told:
        if notice.sent.session_id in sessions:
            notices[notice.sent].append(notice)
    return Tally(
        sent=len(sent),
        lost=len(missing(sent, [one for several in notices.values() for one in several], invited=invited)),
        doubled=sum(len(several) - 1 for several in notices.values()),
        disordered=sum(_cancelled_first(notices, session_id) for session_id in sessions)
        + _misplaced([min(n.place for n in notices[one]) for one in sent if one in notices]),
    )


def _misplaced(places: Iterable[int]) -> int:
    """How many of the places lie before one that should come earlier."""
    highest, found = 0, 0
    for place in places:
        highest, found = max(highest, place), found + (place < highest)
    return found


def _cancelled_first(notices: dict[Sent, list[Told]], session_id: str) -> bool:
    released, cancelled = (notices.get(Sent(session_id, kind), []) for kind in (RELEASED, CANCELLED))
    return bool(released and cancelled) and min(n.seq for n in cancelled) < min(n.seq for n in released)
