"""Fifty that want ten places at the same moment: exactly ten get one, and the others wait in order."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
import sqlalchemy as sa

from services.scheduling.places.commands.naming import name_people, withdraw_place
from services.scheduling.places.model import Place
from tests.services.scheduling.company import LIAISON, agreed, answer, do, limited, queue, released, staff
from tests.services.scheduling.world import PARTNER, World

CLIENTS, PLACES = 50, 10


@pytest.mark.timeout(120)
def test_of_fifty_that_want_ten_places_exactly_ten_get_one(either_world: World) -> None:
    id_ = released(either_world)
    people = staff(either_world, PARTNER, CLIENTS)
    agreed(either_world, id_)
    limited(either_world, id_, places=PLACES)
    asked, gate = answer(either_world, id_), Barrier(CLIENTS)

    def go(number: int) -> None:
        gate.wait(timeout=30)
        do(either_world, lambda tx: name_people(tx, answer_id=asked.id, person_ids=[people[number]], asker=LIAISON))  # fmt: skip

    with ThreadPoolExecutor(CLIENTS) as pool:
        list(pool.map(go, range(CLIENTS)))

    assert [state for _, state in queue(either_world, id_)] == ["in"] * PLACES + ["waiting"] * (CLIENTS - PLACES)  # fmt: skip
    with either_world.runtime.database.reading() as db:
        places = db.scalars(sa.select(Place).order_by(Place.number)).all()
    assert [place.number for place in places] == list(range(1, CLIENTS + 1))

    # Five give theirs up at once: the five who waited longest come in.
    def give_up(place: Place) -> None:
        do(either_world, lambda tx: withdraw_place(tx, place_id=place.id, asker=LIAISON))

    with ThreadPoolExecutor(5) as pool:
        list(pool.map(give_up, places[:5]))
    assert [state for _, state in queue(either_world, id_)] == (
        ["withdrawn"] * 5 + ["in"] * PLACES + ["waiting"] * (CLIENTS - PLACES - 5)
    )
