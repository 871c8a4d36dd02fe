"""Certificates: for who completed it, each with a number of its own, as PDF in Chinese, verified by anybody."""

import subprocess
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from services.scheduling.app import service
from services.scheduling.attendance.commands.keeping import enter, open_door
from services.scheduling.attendance.queries import expected_at
from services.scheduling.certificates.commands import issue, printing, revoke
from services.scheduling.certificates.commands.setting import as_pdf
from services.scheduling.certificates.model import Certificate, masked
from services.scheduling.certificates.policies import why_not
from services.scheduling.certificates.queries import certificates_of, records_of
from services.scheduling.certificates.ui import issuing
from services.scheduling.hours.commands import set_rule
from services.scheduling.hours.model import Rule
from services.scheduling.programmes.commands import add_trainees, draft_programme, release_programme
from services.scheduling.programmes.model import Entrant, Outline
from services.scheduling.sessions.commands import draft_session
from services.scheduling.sessions.model import Session
from shared.db import Transaction
from shared.errors import NotFound, Refusal
from shared.ids import uuid7
from shared.jobs import JobRunner
from tests.services.scheduling.world import HAIXI, NOW, World, plan

NAMES = ("何晓梅", "高才让", "吕兰英")
TITLE = "海西州教育集团化办学培训班"


class Class:
    """A class of five mornings; the first two trainees were at all of them, the third at three."""

    def __init__(self, world: World, *, hours: int | None = 64) -> None:
        self.world, self.database, self.id = world, world.runtime.database, uuid7()

        def prepare(tx: Transaction) -> None:
            draft_programme(
                tx, id_=self.id, outline=Outline(title=TITLE, hours=hours), host_region=HAIXI, scopes=["all"]
            )
            entrants = [Entrant(name=name, unit="都兰县教育局") for name in NAMES]
            add_trainees(tx, programme_id=self.id, entrants=entrants, scopes=["all"])
            for day in range(5):
                start = NOW + timedelta(days=day)
                planned = plan(
                    title=f"第{day + 1}讲",
                    starts_at=start,
                    ends_at=start + timedelta(minutes=180),
                    place=f"教室 {self.id}",
                )
                draft_session(
                    tx, id_=uuid7(), plan=planned, host_region=HAIXI, scopes=["all"], programme_id=self.id
                )
            for day, session in enumerate(release_programme(tx, programme_id=self.id, scopes=["all"])):
                door = open_door(tx, session_id=session.id, starts_at=session.starts_at, scopes=["all"])
                tx.db.flush()
                expected = expected_at(tx.db, tx.db.get_one(Session, session.id))
                there = expected[: 3 if day < 3 else 2]
                enter(tx, check_in_id=door.id, states={one.id: "present" for one in there}, hosts=["all"])

        self.database.run(prepare, actor="account:planner")

    def trainees(self) -> list[UUID]:
        with self.database.reading() as db:
            return [record.trainee_id for record in records_of(db, self.id)]

    def issue(self, *trainees: UUID, scopes: tuple[str, ...] = ("all",)) -> list[Certificate]:
        return self.database.run(
            lambda tx: issue(tx, programme_id=self.id, trainees=trainees, scopes=scopes), actor="account:x"
        )

    def there(self) -> list[Certificate]:
        with self.database.reading() as db:
            return list(certificates_of(db, self.id))


def test_who_completed_it_gets_one_and_who_did_not_is_named(world: World) -> None:
    class_ = Class(world)
    first, second, third = class_.trainees()

    with pytest.raises(Refusal, match="吕兰英: Was at 3 of 5; 4 are needed"):
        class_.issue(first, third)
    assert class_.there() == []
    class_.issue(first, second)
    with pytest.raises(Refusal, match="Has certificate"):
        class_.issue(first)

    assert [(one.number, one.name, one.hours) for one in class_.there()] == [
        ("632800-2025-00001", "何晓梅", "64"),
        ("632800-2025-00002", "高才让", "64"),
    ]
    with pytest.raises(NotFound):
        class_.issue(third, scopes=("region:520502",))


def test_a_region_asks_for_less_from_a_day_on(world: World) -> None:
    """Three of five are enough where 60 % are asked for: before that day, four of five were."""
    made = Class(world)
    last = (NOW + timedelta(days=4)).date()
    for since in (last + timedelta(days=1), last):
        with made.database.reading() as db:
            assert why_not(records_of(db, made.id)[2]) is not None
        rule = Rule(share=60, since=since, region_code=HAIXI)
        made.database.run(lambda tx, rule=rule: set_rule(tx, rule, scopes=["all"]).id, actor="account:x")  # type: ignore[misc]

    assert len(made.issue(*made.trainees())) == 3


def test_hours_are_those_attended_where_the_programme_settled_none(world: World) -> None:
    class_ = Class(world, hours=None)

    class_.issue(class_.trainees()[0])

    assert [one.hours for one in class_.there()] == ["20.0"]


def test_no_number_is_given_twice_when_many_issue_at_once(either_world: World) -> None:
    classes = [Class(either_world) for _ in range(4)]

    with ThreadPoolExecutor(4) as several:
        list(several.map(lambda one: one.issue(*one.trainees()[:2]), classes))

    numbers = sorted(one.number for class_ in classes for one in class_.there())
    assert numbers == [f"632800-2025-{serial:05}" for serial in range(1, 9)]


def test_one_that_was_revoked_says_so_and_another_can_be_issued(world: World) -> None:
    class_ = Class(world)
    first = class_.trainees()[0]
    [made] = class_.issue(first)
    stranger = world.client()

    valid = stranger.get(f"/scheduling/certificates/{made.code}")
    class_.database.run(
        lambda tx: revoke(tx, certificate_id=made.id, reason="姓名有误", scopes=["all"]).id, actor="account:x"
    )
    revoked, unknown = (
        stranger.get(f"/scheduling/certificates/{made.code}"),
        stranger.get("/scheduling/certificates/no"),
    )
    [again] = class_.issue(first)

    assert (valid.status_code, revoked.status_code, unknown.status_code) == (200, 200, 404)
    assert "有效" in valid.text
    assert "何•梅" in valid.text
    assert "何晓梅" not in valid.text
    assert "已撤销" in revoked.text
    assert TITLE not in revoked.text
    assert again.number == "632800-2025-00002"


def test_names_are_shown_in_part() -> None:
    assert [masked(name) for name in ("何梅", "何晓梅", "欧阳晓梅")] == ["何•", "何•梅", "欧••梅"]


def test_the_pdf_says_in_chinese_what_the_certificate_says(world: World, tmp_path: Path) -> None:
    class_ = Class(world)
    class_.issue(*class_.trainees()[:2])
    client = world.client("coordinator@region:632800")

    answer = client.get(f"/scheduling/programmes/{class_.id}/certificates.pdf")

    assert answer.headers["Content-Type"] == "application/pdf"
    (tmp_path / "all.pdf").write_bytes(answer.data)
    text = subprocess.run(
        ["pdftotext", "-layout", tmp_path / "all.pdf", "-"], capture_output=True, check=True, text=True
    ).stdout
    pages = text.split("\f")
    for page, name, serial in zip(pages, NAMES, (1, 2), strict=False):
        assert name in page
        assert f"632800-2025-{serial:05}" in page
        assert "64 学时" in page
    assert len(pages) == 3  # two, and nothing behind the last form feed
    assert (
        world.client("coordinator@region:520502")
        .get(f"/scheduling/programmes/{class_.id}/certificates.pdf")
        .status_code
        == 404
    )


def test_the_page_issues_to_those_ticked(world: World) -> None:
    class_ = Class(world)
    client = world.client("coordinator@region:632800")
    path = f"/scheduling/programmes/{class_.id}/certificates"
    first, _, third = map(str, class_.trainees())

    before = client.get(path).text
    refused = client.post(path, data={"trainees": [first, third]})
    issued = client.post(path, data={"trainees": [first]})

    assert "至少要 4 场" in before
    assert (refused.status_code, issued.status_code) == (409, 303)
    assert "632800-2025-00001" in client.get(path).text


def test_names_and_titles_are_text_not_commands(tmp_path: Path) -> None:
    made = Certificate(
        number="1", code="x", name='#panic("x")', unit="*粗*", title='#import "/etc/passwd": *', hours="4", issuer="$x$",
        begins_on=NOW.date(), ends_on=NOW.date(), issued_at=NOW,
    )  # fmt: skip

    (tmp_path / "one.pdf").write_bytes(as_pdf([made], verified_at="http://127.0.0.1/c/"))

    def read(*command: str) -> str:
        return subprocess.run([*command], capture_output=True, check=True, text=True, cwd=tmp_path).stdout

    text, fonts = read("pdftotext", "one.pdf", "-"), read("pdffonts", "one.pdf").splitlines()[2:]
    assert '#panic("x")' in text
    # Embedded, and the one that comes with us: what is printed does not depend on the machine.
    assert [("NotoSerifSC" in line, line.split()[-5]) for line in fonts] == [(True, "yes")]
    assert "*粗*" in text


def test_many_are_set_in_the_background_and_kept_part_by_part(
    either_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = either_world
    for module in (printing, issuing):
        monkeypatch.setattr(module, "AT_ONCE", 1)
    here = Class(world)
    made = here.issue(*here.trainees()[:2])
    client, page = (
        world.client(f"coordinator@region:{HAIXI}"),
        f"/scheduling/programmes/{here.id}/certificates",
    )
    assert client.get(f"{page}.pdf").status_code == 303  # too many for one request

    for _ in range(2):  # a second click asks for nothing more
        assert client.post(f"{page}/printing").status_code == 303
    assert "0 / 2" in client.get(page).text
    runner = JobRunner(world.runtime.database, service.jobs, service="scheduling", owner="test")
    while runner.step():
        pass

    shown = client.get(page).text
    assert all(
        one.number in shown and "hx-trigger" not in shown.partition("printing")[2][:300] for one in made
    )
    assert [client.get(f"{page}/printing/{number}.pdf").data[:5] for number in range(2)] == [b"%PDF-"] * 2
    assert client.get(f"{page}/printing/2.pdf").status_code == 404
    stranger = world.client("coordinator@region:520000")
    assert [
        stranger.get(f"{page}/printing/0.pdf").status_code,
        stranger.post(f"{page}/printing").status_code,
    ] == [404, 404]
