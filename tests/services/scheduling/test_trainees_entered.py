"""People on a programme's list whom the directory lacks become its people in one step, with their source."""

import pytest

from services.scheduling.programmes.commands import add_trainees, enter_in_directory
from services.scheduling.programmes.model import Entrant
from services.scheduling.programmes.queries import TraineeRow, roster_of
from shared.contracts.directory import PersonChanged
from shared.contracts.scheduling import TRAINEES, TraineeEntered
from shared.errors import Refusal
from shared.ids import named
from shared.roster.keeping import keep_person
from tests.services.scheduling.company import do
from tests.services.scheduling.test_programmes_ui import made
from tests.services.scheduling.world import DELINGHA, GOLMUD, World

OURS = ["region:632800"]


def test_who_is_lacking_is_entered_and_then_known(world: World) -> None:
    programme = made(world)
    people = [
        Entrant(name="才让明", unit="格尔木市第一中学", post="校长", source="名单.xlsx"),
        Entrant(name="卓玛梅", unit="格尔木二中", post="副校长", source="名单.xlsx"),  # no unit of that name
        Entrant(name="王明", unit="七星关区第一中学", source="名单.xlsx"),  # not ours to enter
        Entrant(name="汪梅", unit="格尔木市第一中学", source="名单.xlsx"),  # whom the directory has
    ]
    do(world, lambda tx: add_trainees(tx, programme_id=programme, entrants=people, scopes=OURS))

    [one] = do(
        world, lambda tx: [each.id for each in enter_in_directory(tx, programme_id=programme, scopes=OURS)]
    )

    [told] = world.sent(TRAINEES)
    assert isinstance(told, TraineeEntered)
    assert (told.person_id, told.name, told.school_id, told.post, told.source) == (one, "才让明", GOLMUD, "校长", "名单.xlsx")  # fmt: skip
    assert [each.known for each in on(world, programme)] == [False, False, False, True]
    do(
        world,
        lambda tx: keep_person(tx, PersonChanged(person_id=one, version=1, name="才让明", school_id=GOLMUD)),
    )
    first, *_ = on(world, programme)
    assert (first.known, first.school) == (True, "格尔木市第一中学")
    with pytest.raises(Refusal):  # the others have to be chosen one by one
        do(world, lambda tx: enter_in_directory(tx, programme_id=programme, scopes=OURS))


def on(world: World, programme: object) -> list[TraineeRow]:
    with world.runtime.database.reading() as db:
        return roster_of(db, programme)  # type: ignore[arg-type]


def test_somebody_of_that_name_there_is_offered_rather_than_doubled(world: World) -> None:
    programme = made(world)
    do(world, lambda tx: keep_person(tx, PersonChanged(person_id=named("person", "汪海"), version=1, name="汪海", school_id=DELINGHA)))  # fmt: skip
    near = Entrant(name="汪海", unit="德令哈市第二小学", source="名单.xlsx")
    do(world, lambda tx: add_trainees(tx, programme_id=programme, entrants=[near], scopes=OURS))

    with pytest.raises(Refusal):
        do(world, lambda tx: enter_in_directory(tx, programme_id=programme, scopes=OURS))
    assert world.sent(TRAINEES) == []
