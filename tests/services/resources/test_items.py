"""Items: made by schools, decided by their region, seen by whom they are opened to — in lists, pages and files alike."""

from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID

import pytest
import sqlalchemy as sa

from services.resources.items.commands.making import begin_version, draft_item, open_to, revise_draft, submit
from services.resources.items.commands.publishing import publish, retire, send_back
from services.resources.items.model.item import Content, Item, Version
from services.resources.items.queries.listing import lines, versions_of
from services.resources.items.queries.seeing import Reader, reader_of, why_visible
from shared.contracts.resources import ItemChanged, RecordingPublished
from shared.contracts.scheduling import SessionHeld
from shared.db import Transaction
from shared.errors import Forbidden, Invalid, NotFound, Refusal, Stale
from shared.ids import named
from tests.builders import DELINGHA, GOLMUD, PARTNER, SESSION, House, who

LIAISON, REGION = f"liaison@school:{GOLMUD}", "coordinator@region:632800"
OTHERS = f"teacher@school:{DELINGHA}"
ABROAD = f"teacher@school:{PARTNER}"


def reader(house: House, *grants: str) -> Reader:
    with house.database.reading() as db:
        return reader_of(db, who(*grants))


def did(house: House, work: Callable[[Transaction], object]) -> None:
    house.database.run(work, actor="account:chen")


def made(house: House, *, title: str = "分数乘法", audiences: tuple[str, ...] = ("region:632800",)) -> UUID:
    item_id = named("item", title)
    did(
        house,
        lambda tx: draft_item(
            tx,
            kind="course",
            content=Content(title=title, subject="数学", stage="primary"),
            school_id=GOLMUD,
            region_code="632801",
            audiences=list(audiences),
            id_=item_id,
        ),
    )
    return item_id


def titles(house: House, *grants: str) -> list[str]:
    who_reads = reader(house, *grants)
    with house.database.reading() as db:
        found, total = lines(db, who_reads)
    assert total == len(found)
    return sorted(line.version.title for line in found)


def test_a_draft_is_its_makers_and_their_regions_until_it_is_published_to_its_audiences(
    either: House,
) -> None:
    item = made(either)
    assert titles(either, LIAISON) == titles(either, REGION) == ["分数乘法"]
    assert titles(either, OTHERS) == titles(either, ABROAD) == []

    did(either, lambda tx: submit(tx, item_id=item, reader=reader(either, LIAISON)))
    with pytest.raises(Forbidden, match="region’s rule"):
        did(either, lambda tx: publish(tx, item_id=item, reader=reader(either, LIAISON)))
    with pytest.raises(NotFound):
        did(either, lambda tx: publish(tx, item_id=item, reader=reader(either, OTHERS)))
    did(either, lambda tx: publish(tx, item_id=item, reader=reader(either, REGION)))

    assert titles(either, OTHERS) == ["分数乘法"]
    assert titles(either, ABROAD) == []
    assert titles(either, "auditor@all") == ["分数乘法"]
    did(either, lambda tx: open_to(tx, item_id=item, audiences=["all"], reader=reader(either, LIAISON)))
    assert titles(either, ABROAD) == ["分数乘法"]
    with either.database.reading() as db:
        why = [(str(name), str(reason)) for name, reason in why_visible(db, db.get_one(Item, item))]
    assert why[0] == ("All regions", "its makers opened it to them")
    did(
        either,
        lambda tx: retire(tx, item_id=item, reason="教材改版", reader=reader(either, REGION)),
    )
    assert titles(either, ABROAD) == []
    states = [event.state for event in either.said() if isinstance(event, ItemChanged)]
    assert states == ["draft", "review", "published", "published", "retired"]


def test_what_was_published_stays_as_it_is_and_the_next_version_begins_as_its_copy(either: House) -> None:
    item, ours = made(either), reader(either, LIAISON)
    did(either, lambda tx: publish(tx, item_id=item, reader=reader(either, REGION)))
    with pytest.raises(Forbidden):
        did(either, lambda tx: revise_draft(tx, item_id=item, content=Content(title="x"), reader=ours))
    did(either, lambda tx: begin_version(tx, item_id=item, reader=ours))
    with pytest.raises(Refusal):
        did(either, lambda tx: begin_version(tx, item_id=item, reader=ours))
    with pytest.raises(Stale):
        did(
            either,
            lambda tx: revise_draft(tx, item_id=item, content=Content(title="二"), reader=ours, seen=1),
        )
    with pytest.raises(Invalid, match="title"):
        did(either, lambda tx: revise_draft(tx, item_id=item, content=Content(title=""), reader=ours))
    did(
        either,
        lambda tx: revise_draft(tx, item_id=item, content=Content(title="分数乘法（修订）"), reader=ours),
    )

    assert titles(either, OTHERS) == ["分数乘法"]
    did(either, lambda tx: submit(tx, item_id=item, reader=ours))
    did(either, lambda tx: send_back(tx, item_id=item, reason="缺少习题", reader=reader(either, REGION)))
    assert titles(either, OTHERS) == ["分数乘法"]
    did(either, lambda tx: publish(tx, item_id=item, reader=reader(either, REGION)))
    assert titles(either, OTHERS) == ["分数乘法（修订）"]
    with either.database.reading() as db:
        assert [(each.index, each.title) for each in versions_of(db, item)] == [
            (2, "分数乘法（修订）"),
            (1, "分数乘法"),
        ]
    with pytest.raises(sa.exc.IntegrityError), either.database.engine.begin() as sql:
        sql.execute(sa.update(Version).where(Version.item_id == item).values(index=1))


def held(recording: str) -> SessionHeld:
    return SessionHeld(
        session_id=SESSION,
        version=5,
        title="同课异构《草原》",
        kind="demonstration",
        starts_at=datetime(2025, 6, 2, 1, 0, tzinfo=UTC),
        ends_at=datetime(2025, 6, 2, 3, 0, tzinfo=UTC),
        invited_schools=[GOLMUD, DELINGHA],
        recording=recording,
        host_region="632800",
    )


def test_a_recorded_session_becomes_one_draft_and_the_invited_schools_hear_once_it_is_published(
    either: House,
) -> None:
    either.hear(held(""), held("javascript:alert(1)"))
    assert titles(either, REGION) == []
    either.hear(held("https://video.example/1"), held("https://video.example/2"))
    assert titles(either, REGION) == ["同课异构《草原》"]
    assert titles(either, OTHERS) == []
    item = named("recording", str(SESSION))

    def told() -> list[tuple[UUID, ...]]:
        return [event.schools for event in either.said() if isinstance(event, RecordingPublished)]

    assert told() == []
    did(either, lambda tx: publish(tx, item_id=item, reader=reader(either, REGION)))
    assert told() == [(GOLMUD, DELINGHA)]
    assert titles(either, OTHERS) == ["同课异构《草原》"]
    assert titles(either, ABROAD) == []
    did(either, lambda tx: begin_version(tx, item_id=item, reader=reader(either, REGION)))
    did(either, lambda tx: publish(tx, item_id=item, reader=reader(either, REGION)))
    assert len(told()) == 1
