"""Checking in: codes and their windows, twice and late, by hand and corrected, kept on a phone and sent later."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa

from services.scheduling.attendance.commands.arriving import Answer, Self, Shown, come_in
from services.scheduling.attendance.commands.keeping import enter, open_door, shut_door
from services.scheduling.attendance.model import CheckIn, Correction, Presence
from services.scheduling.attendance.policies import scanned_code, ticket, typed_code
from services.scheduling.attendance.queries import expected_at
from services.scheduling.programmes.commands import add_trainees, draft_programme, release_programme
from services.scheduling.programmes.model import Entrant, Outline
from services.scheduling.sessions.commands import draft_session
from services.scheduling.sessions.model import Session
from shared.auth.states import keep_account
from shared.contracts.directory import AccountChanged, PersonChanged
from shared.contracts.scheduling import ATTENDANCE, AttendanceRecorded
from shared.db import Transaction
from shared.errors import NotFound, Refusal
from shared.ids import uuid7
from tests.services.scheduling.world import DELINGHA, GOLMUD, HAIXI, NOW, PLANNER, World, plan

HE, GAO = uuid7(), uuid7()
START, END = NOW + timedelta(minutes=20), NOW + timedelta(minutes=20 + 210)


class Hall:
    """A released session of a class with three trainees, of whom two are in the register; its door is open."""

    def __init__(self, world: World) -> None:
        self.world, self.database = world, world.runtime.database
        for id_, name, school, digits in ((HE, "何晓梅", DELINGHA, "012X"), (GAO, "高才让", GOLMUD, "3344")):
            self.learn(id_, name, school, digits)
        self.programme, self.session = uuid7(), uuid7()
        entrants = [
            Entrant(name="何晓梅", person_id=HE),
            Entrant(name="高才让", person_id=GAO),
            Entrant(name="吕兰英", unit="都兰县教育局", phone="10007580488"),
        ]

        def prepare(tx: Transaction) -> UUID:
            draft_programme(
                tx, id_=self.programme, outline=Outline(title="培训班"), host_region=HAIXI, scopes=["all"]
            )
            add_trainees(tx, programme_id=self.programme, entrants=entrants, scopes=["all"])
            draft_session(
                tx,
                id_=self.session,
                plan=plan(starts_at=START, ends_at=END),
                host_region=HAIXI,
                scopes=["all"],
                programme_id=self.programme,
            )
            release_programme(tx, programme_id=self.programme, scopes=["all"])
            return open_door(tx, session_id=self.session, starts_at=START, scopes=["all"]).id

        self.door: UUID = self.database.run(prepare, actor="account:planner")
        with self.database.reading() as db:
            self.secret = db.get_one(CheckIn, self.door).secret

    def learn(self, id_: UUID, name: str, school: UUID, digits: str) -> None:
        event = PersonChanged(
            person_id=id_,
            version=1,
            name=name,
            school_id=school,
            organisation_id=None,
            sex="",
            birth="",
            id_last4=digits,
            subject="",
            post="",
            title="",
            backbone="none",
            since="",
            degree="",
            stage="",
            left=False,
            merged_into=None,
        )
        service = self.world.runtime.service
        self.database.run(lambda tx: service.reactions[PersonChanged](tx, event), actor="service:test")

    def at(self, moment: datetime) -> None:
        """What time it is."""
        self.database.clock = lambda: moment

    def comes(self, who: Self, shown: Shown) -> Answer:
        return self.database.run(
            lambda tx: come_in(tx, check_in_id=self.door, shown=shown, who=who), actor="account:x"
        )

    def scan(self, at: datetime) -> Shown:
        return Shown(code=scanned_code(self.secret, self.door, at), how="scan")

    def states(self) -> dict[str, str]:
        with self.database.reading() as db:
            return {one.name: one.state for one in db.scalars(sa.select(Presence))}

    def told(self) -> list[AttendanceRecorded]:
        return [event for event in self.world.sent(ATTENDANCE) if isinstance(event, AttendanceRecorded)]


@pytest.fixture
def hall(world: World) -> Hall:
    return Hall(world)


def account(person: UUID) -> Self:
    return Self(who=f"account:{person}", account=person, person_id=person)


EARLY = START - timedelta(minutes=20)


def test_a_scan_counts_once_and_all_are_told(hall: Hall) -> None:
    hall.at(EARLY)

    first, second = (hall.comes(account(HE), hall.scan(EARLY)) for _ in range(2))

    assert (first.verdict, second.verdict) == ("in", "twice")
    assert hall.states() == {"何晓梅": "present"}
    [told] = hall.told()
    assert (told.person_id, told.school_id, told.state, told.minutes) == (HE, DELINGHA, "present", 210)


@pytest.mark.parametrize(
    ("after", "verdict", "state"),
    [
        (timedelta(minutes=-61), "closed", None),
        (timedelta(minutes=-60), "in", "present"),
        (timedelta(minutes=10), "in", "present"),
        (timedelta(minutes=11), "in", "late"),
        (END - START, "closed", None),
    ],
)
def test_early_in_time_late_and_over(hall: Hall, after: timedelta, verdict: str, state: str | None) -> None:
    hall.at(START + after)

    answer = hall.comes(account(HE), hall.scan(START + after))

    assert (answer.verdict, hall.states().get("何晓梅")) == (verdict, state)
    if verdict == "closed":
        assert answer.sentence is not None


def test_a_code_is_refused_after_its_window(hall: Hall) -> None:
    copied = hall.scan(EARLY)

    hall.at(EARLY + timedelta(seconds=59))
    slow = hall.comes(account(HE), hall.scan(EARLY + timedelta(seconds=30)))
    hall.at(EARLY + timedelta(seconds=61))
    late = hall.comes(account(GAO), copied)

    assert (slow.verdict, late.verdict) == ("in", "wrong")
    assert hall.states() == {"何晓梅": "present"}


def test_digits_of_the_screen_with_name_and_last_four(hall: Hall) -> None:
    hall.at(EARLY)
    typed = Shown(code=typed_code(hall.secret, hall.door, EARLY), how="code")

    right = hall.comes(Self(who="address:a", name="吕兰英", digits="0488"), typed)
    other = hall.comes(Self(who="address:b", name="何晓梅", digits="012X"), typed)
    wrong = hall.comes(Self(who="address:c", name="高才让", digits="0000"), typed)

    assert (right.verdict, other.verdict, wrong.verdict) == ("in", "in", "unknown")
    assert len(hall.told()) == 1  # who is in no register is known here alone


def test_wrong_codes_are_counted_and_a_pause_follows_for_that_visitor_alone(hall: Hall) -> None:
    hall.at(EARLY)
    guess = Shown(code="000000", how="code")
    right = Shown(code=typed_code(hall.secret, hall.door, EARLY), how="code")
    visitor = Self(who="address:a", name="何晓梅", digits="012X")
    if right.code == guess.code:  # one in a million
        guess = Shown(code="000001", how="code")

    verdicts = [hall.comes(visitor, guess).verdict for _ in range(5)]
    paused = hall.comes(visitor, right)
    neighbour = hall.comes(account(GAO), hall.scan(EARLY))
    hall.at(EARLY + timedelta(minutes=10, seconds=1))
    later = hall.comes(
        visitor, Shown(code=typed_code(hall.secret, hall.door, EARLY + timedelta(minutes=10)), how="code")
    )

    assert verdicts == ["wrong"] * 5
    assert (paused.verdict, neighbour.verdict, later.verdict) == ("paused", "in", "in")


def test_a_hall_behind_one_address_is_not_locked_out_by_one_but_a_machine_that_guesses_is(hall: Hall) -> None:
    right = Shown(code=typed_code(hall.secret, hall.door, NOW), how="code")
    wrong = Shown(code="x", how="code")

    def visitor(name: str, digits: str = "0000", address: str = "192.0.2.1") -> Self:
        return Self(who=f"address:{address}#{name}", address=f"address:{address}#", name=name, digits=digits)

    for number in range(59):
        hall.comes(visitor(f"某{number}"), wrong)

    assert hall.comes(visitor("何晓梅", "012X"), right).verdict == "in"
    hall.comes(visitor("某"), wrong)
    assert hall.comes(visitor("吕兰英", "0488"), right).verdict == "paused"
    assert hall.comes(visitor("吕兰英", "0488", "192.0.2.17"), right).verdict == "in"


def test_a_scan_that_the_phone_kept_counts_when_its_page_was_open_before(hall: Hall) -> None:
    hall.at(START + timedelta(hours=2))
    carried = ticket(hall.secret, hall.door, HE, EARLY)
    code = scanned_code(hall.secret, hall.door, START)
    kept = Shown(code=code, how="scan", scanned_at=START, carried=carried)

    answer = hall.comes(account(HE), kept)

    assert answer.verdict == "in"
    assert answer.presence is not None
    assert (answer.presence.how, answer.presence.state, answer.presence.arrived_at) == (
        "kept",
        "present",
        START,
    )


@pytest.mark.parametrize(
    "fault", ["no ticket", "another's ticket", "opened later", "another window", "a day late"]
)
def test_a_copied_code_is_not_a_kept_scan(hall: Hall, fault: str) -> None:
    opened = START + timedelta(minutes=1) if fault == "opened later" else EARLY
    carried = ticket(hall.secret, hall.door, GAO if fault == "another's ticket" else HE, opened)
    at = START + timedelta(minutes=5) if fault == "another window" else START
    hall.at(START + (timedelta(hours=25) if fault == "a day late" else timedelta(hours=2)))
    kept = Shown(
        code=scanned_code(hall.secret, hall.door, START),
        how="scan",
        scanned_at=at,
        carried="" if fault == "no ticket" else carried,
    )

    assert hall.comes(account(HE), kept).verdict == "wrong"
    assert hall.states() == {}


def test_the_list_is_entered_and_corrected_and_what_was_stays_on_record(hall: Hall) -> None:
    hall.at(START)
    hall.comes(account(HE), hall.scan(START))
    with hall.database.reading() as db:
        [present] = db.scalars(sa.select(Presence))

    def corrected(state: str, reason: str) -> int:
        return hall.database.run(
            lambda tx: len(
                enter(
                    tx,
                    check_in_id=hall.door,
                    states={present.participant_id: state},  # type: ignore[dict-item]  # a test's word
                    hosts=["all"],
                    reason=reason,
                )
            ),
            actor="account:host",
        )

    assert (corrected("absent", "签到后离场"), corrected("absent", "again")) == (1, 0)

    with hall.database.reading() as db:
        [row] = db.scalars(sa.select(Correction))
    assert (row.was, row.now, row.reason, row.by) == ("present", "absent", "签到后离场", "account:host")
    assert [(each.version, each.state, each.minutes) for each in hall.told()] == [
        (1, "present", 210),
        (2, "absent", 0),
    ]


def test_a_liaison_enters_the_own_school_alone(hall: Hall) -> None:
    hall.at(START)
    with hall.database.reading() as db:
        ids = {one.name: one.id for one in expected_at(db, db.get_one(Session, hall.session))}

    def entered(name: str, schools: set[UUID]) -> int:
        return hall.database.run(
            lambda tx: len(
                enter(tx, check_in_id=hall.door, states={ids[name]: "present"}, hosts=[], schools=schools)
            ),
            actor="account:liaison",
        )

    assert entered("高才让", {GOLMUD}) == 1
    with pytest.raises(Exception, match="not on the list"):
        entered("何晓梅", {GOLMUD})
    with pytest.raises(NotFound):
        entered("何晓梅", {uuid7()})


def test_who_does_not_host_opens_nothing_and_a_shut_door_takes_no_code(hall: Hall) -> None:
    with pytest.raises(NotFound):
        hall.database.run(
            lambda tx: open_door(tx, session_id=hall.session, starts_at=START, scopes=["region:520502"]),
            actor="account:x",
        )
    hall.database.run(lambda tx: shut_door(tx, check_in_id=hall.door, scopes=["all"]).id, actor="account:x")
    hall.at(START)

    assert hall.comes(account(HE), hall.scan(START)).verdict == "closed"
    with pytest.raises(Refusal):
        hall.database.run(
            lambda tx: shut_door(tx, check_in_id=hall.door, scopes=["all"]).id, actor="account:x"
        )


def test_the_pages_from_the_screen_to_the_phone_and_the_list(hall: Hall) -> None:
    host, phone = hall.world.client("coordinator@region:632800"), hall.world.client()

    screen = host.get(f"/scheduling/check-ins/{hall.door}/screen").text
    digits = typed_code(hall.secret, hall.door, NOW)
    assert f"{digits[:3]} {digits[3:]}" in screen
    assert "<svg" in screen
    form = phone.get(f"/scheduling/check-in/{hall.door}").text
    assert 'name="typed"' in form
    wrong = phone.post(
        f"/scheduling/check-in/{hall.door}", data={"typed": "12", "name": "吕兰英", "digits": "0488"}
    )
    right = phone.post(
        f"/scheduling/check-in/{hall.door}", data={"typed": digits, "name": "吕兰英", "digits": "0488"}
    )
    assert (wrong.status_code, right.status_code) == (409, 200)
    assert 'value="吕兰英"' in wrong.text
    assert "签到成功" in right.text
    page = host.get(f"/scheduling/check-ins/{hall.door}").text
    assert "出席 1" in page
    assert (
        hall.world.client("coordinator@region:520502").get(f"/scheduling/check-ins/{hall.door}").status_code
        == 404
    )


def test_who_is_expected_today_finds_the_door_and_readies_the_phone(hall: Hall) -> None:
    me = AccountChanged(
        account_id=PLANNER, version=1, enabled=True, signed_out_before=None, ended_sessions=(), grants=(f"teacher@school:{DELINGHA}",), person_id=HE
    )  # fmt: skip
    hall.database.run(lambda tx: keep_account(tx, me), actor="service:test")
    teacher = hall.world.client(f"teacher@school:{DELINGHA}")

    today = teacher.get("/scheduling/check-in").text
    page = teacher.get(f"/scheduling/check-in/{hall.door}").text

    assert f"/scheduling/check-in/{hall.door}" in today
    assert "待签到" in today
    assert 'name="ticket"' in page
    assert 'data-worker="/scheduling/check-in/worker.js"' in page
    assert teacher.get("/scheduling/check-in/worker.js").headers["Content-Type"].startswith("text/javascript")
    hall.comes(account(HE), hall.scan(NOW))
    assert "已签到" in teacher.get("/scheduling/check-in").text


def test_the_short_address_finds_the_hall_by_its_digits(hall: Hall) -> None:
    phone, digits = hall.world.client(), typed_code(hall.secret, hall.door, NOW)
    wrong = f"{(int(digits) + 1) % 1_000_000:06}"

    assert 'name="digits"' in phone.get("/scheduling/check-in").text
    refused = phone.post("/scheduling/check-in", data={"typed": wrong, "name": "吕兰英", "digits": "0488"})
    stranger = phone.post("/scheduling/check-in", data={"typed": digits, "name": "吕兰英", "digits": "0000"})
    right = phone.post("/scheduling/check-in", data={"typed": digits, "name": "吕兰英", "digits": "0488"})

    assert (refused.status_code, "数字码不对" in refused.text, "吕兰英" in refused.text) == (409, True, True)
    assert (stranger.status_code, "名单上没有找到你" in stranger.text) == (409, True)
    assert (right.status_code, "签到成功" in right.text) == (200, True)
    hall.at(END)
    over = phone.post("/scheduling/check-in", data={"typed": typed_code(hall.secret, hall.door, END), "name": "何晓梅", "digits": "012X"})  # fmt: skip
    assert over.status_code == 409
