"""Who is rich but hardly used, and who owns little and uses much: counted over all of a school's items and rooms, its own use left out."""

from dataclasses import replace
from datetime import date

from services.resources.bookings.commands.asking import Wish, book
from services.resources.facilities.model.lending import Asker
from services.resources.items.commands.making import draft_item
from services.resources.items.commands.publishing import publish
from services.resources.items.model.item import Content
from services.resources.items.queries.seeing import reader_of
from services.resources.use.commands import count, note, record_lesson
from services.resources.use.queries.comparing import Standing, standings
from services.resources.use.queries.counting import lag_of
from services.resources.use.queries.drawing import points_of, poor_corner
from shared.db import Transaction
from shared.ids import named, uuid7
from tests.builders import DELINGHA, GOLMUD, PARTNER, House, who
from tests.services.resources.conftest import lend
from tests.services.resources.test_bookings import START

AGENT = "Mozilla/5.0 Firefox/140.0"


def told(rows: list[Standing]) -> dict[str, tuple[int, ...]]:
    return {
        row.school.name: (
            row.items,
            row.rooms,
            row.lent_items,
            row.lent_rooms,
            row.taken_items,
            row.taken_rooms,
        )
        for row in rows
    }


def test_use_by_others_counts_for_whose_it_is_and_for_who_takes_it(either: House) -> None:
    with either.database.reading() as db:
        decides = reader_of(db, who("administrator@all"))

    def enter(tx: Transaction) -> None:
        for number in range(3):
            item, _version = draft_item(
                tx,
                id_=named("item", str(number)),
                kind="course",
                content=Content(title=f"课程{number}"),
                school_id=GOLMUD,
                region_code="632801",
                audiences=["all"],
            )
            if number < 2:
                publish(tx, item_id=item.id, reader=decides)
        for reader, school in (("a", DELINGHA), ("b", DELINGHA), ("c", GOLMUD), ("d", PARTNER), ("e", None)):
            note(tx, item_id=named("item", "0"), kind="view", who=reader, agent=AGENT, school_id=school)
        record_lesson(
            tx,
            item_id=named("item", "0"),
            school_id=DELINGHA,
            day=date(2025, 6, 2),
            grade="",
            pupils=0,
            remark="",
        )

    either.database.run(enter, actor="account:chen")
    lend(either)
    wish = Wish(
        request_id=uuid7(),
        facility_id=named("facility", "studio"),
        title="录课",
        starts_at=START,
        ends_at=START.replace(hour=4),
        region_code="632801",
        school_id=GOLMUD,
        people=30,
    )
    either.database.run(
        lambda tx: book(tx, wish=wish, asker=Asker(frozenset(), frozenset({GOLMUD}))), actor="account:chen"
    )
    with either.database.reading() as db:
        assert lag_of(db).clicks == 5
    either.database.run(count, actor="service:resources")

    with either.database.reading() as db:
        rows = standings(db, ["all"], since=date(2025, 1, 1))
        assert lag_of(db).since is None
        late = standings(db, ["region:632801"], since=date(2025, 6, 4))
    assert told(rows) == {
        "格尔木市第一中学": (2, 0, 5, 0, 0, 1),
        "德令哈市第一小学": (0, 1, 0, 1, 3, 0),
        "七星关区第一中学": (0, 0, 0, 0, 1, 0),
    }
    assert told(late) == {"格尔木市第一中学": (2, 0, 0, 0, 0, 1)}
    assert [row.hardly_used for row in (*rows, *late)] == [False, False, False, True]
    assert not replace(late[0], items=1).hardly_used  # one thing is not much
    assert poor_corner(rows[2:]) == ""
    # From between one and two things up to where each was used once, and what lies below.
    assert poor_corner([replace(late[0], lent_items=2)]) == "533.8,300.0 533.8,49.8 640.0,0.0 640.0,300.0"
    assert [len(point.rows) for point in points_of(rows)] == [1, 1, 1]
