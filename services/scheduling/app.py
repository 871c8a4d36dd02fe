"""scheduling, wired together."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from importlib.metadata import version
from typing import TYPE_CHECKING

from services.scheduling.certificates.commands import PRINT, set_some
from services.scheduling.demonstration import demonstrate
from services.scheduling.facilities.commands import adopt_room_task, give_up_waiting
from services.scheduling.facilities.queries import task_states as rooms_waiting
from services.scheduling.invitations.queries import task_states as answers_waiting
from services.scheduling.outcomes.commands import adopt_owed_task, say_who_owes
from services.scheduling.outcomes.queries import task_states as outcomes_waiting
from services.scheduling.programmes.queries import task_states as programmes_waiting
from services.scheduling.reactions import REACTIONS
from services.scheduling.sessions.commands import adopt_task
from services.scheduling.sessions.queries import task_states as sessions_waiting
from shared.contracts.scheduling import TASKS, SchedulingTask
from shared.service import Service, Timer

if TYPE_CHECKING:
    from flask import Blueprint
    from sqlalchemy.orm import Session

    from shared.db import Transaction


def _blueprints() -> Sequence["Blueprint"]:
    from services.scheduling.agendas import api as agendas_api  # noqa: PLC0415  Flask stays out of workers
    from services.scheduling.agendas import ui as agendas  # noqa: PLC0415
    from services.scheduling.attendance import api as attendance_api  # noqa: PLC0415
    from services.scheduling.attendance import ui as attendance  # noqa: PLC0415
    from services.scheduling.breakouts import api as breakouts_api  # noqa: PLC0415
    from services.scheduling.breakouts import ui as breakouts  # noqa: PLC0415
    from services.scheduling.calendars import ui as calendars  # noqa: PLC0415
    from services.scheduling.certificates import api as certificates_api  # noqa: PLC0415
    from services.scheduling.certificates import ui as certificates  # noqa: PLC0415
    from services.scheduling.facilities import ui as facilities  # noqa: PLC0415
    from services.scheduling.feeds import ui as feeds  # noqa: PLC0415
    from services.scheduling.holidays import ui as holidays  # noqa: PLC0415
    from services.scheduling.home import ui as home  # noqa: PLC0415
    from services.scheduling.hours import api as hours_api  # noqa: PLC0415
    from services.scheduling.hours import ui as hours  # noqa: PLC0415
    from services.scheduling.invitations import api as invitations_api  # noqa: PLC0415
    from services.scheduling.invitations import ui as invitations  # noqa: PLC0415
    from services.scheduling.kinds import api as kinds_api  # noqa: PLC0415
    from services.scheduling.kinds import ui as kinds  # noqa: PLC0415
    from services.scheduling.materials import api as materials_api  # noqa: PLC0415
    from services.scheduling.materials import ui as materials  # noqa: PLC0415
    from services.scheduling.outcomes import api as outcomes_api  # noqa: PLC0415
    from services.scheduling.outcomes import ui as outcomes  # noqa: PLC0415
    from services.scheduling.places import api as places_api  # noqa: PLC0415
    from services.scheduling.places import ui as places  # noqa: PLC0415
    from services.scheduling.programmes import api as programmes_api  # noqa: PLC0415
    from services.scheduling.programmes import ui as programmes  # noqa: PLC0415
    from services.scheduling.sessions import api as sessions_api  # noqa: PLC0415
    from services.scheduling.sessions import ui as sessions  # noqa: PLC0415
    from services.scheduling.timetables import ui as timetables  # noqa: PLC0415

    return [
        sessions.blueprint,
        sessions_api.blueprint,
        programmes.blueprint,
        programmes_api.blueprint,
        agendas.blueprint,
        agendas_api.blueprint,
        timetables.blueprint,
        calendars.blueprint,
        breakouts.blueprint,
        breakouts_api.blueprint,
        materials.blueprint,
        materials_api.blueprint,
        facilities.blueprint,
        feeds.blueprint,
        holidays.blueprint,
        kinds.blueprint,
        kinds_api.blueprint,
        attendance.blueprint,
        hours.blueprint,
        certificates.blueprint,
        attendance_api.blueprint,
        hours_api.blueprint,
        certificates_api.blueprint,
        home.blueprint,
        invitations.blueprint,
        invitations_api.blueprint,
        outcomes.blueprint,
        outcomes_api.blueprint,
        places.blueprint,
        places_api.blueprint,
    ]


def _waiting(db: "Session") -> Iterator[SchedulingTask]:
    """What waits: sessions by themselves and programmes to be released, regions and schools to answer."""
    yield from sessions_waiting(db)
    yield from programmes_waiting(db)
    yield from answers_waiting(db)
    yield from rooms_waiting(db)
    yield from outcomes_waiting(db)


def _adopt(tx: "Transaction", event: SchedulingTask) -> None:
    """A room's task says which request it is of behind its link; an outcome's leads to the outcomes."""
    if "/outcomes" in event.link:
        adopt_owed_task(tx, event)
    else:
        (adopt_room_task if "#" in event.link else adopt_task)(tx, event)


service = Service(
    name="scheduling",
    package="services.scheduling",
    version=version("tongxing-scheduling"),
    reactions=REACTIONS,
    states={TASKS: _waiting},
    adopt={SchedulingTask: _adopt},
    blueprints=_blueprints,
    timers=(
        Timer("give-up-waiting", timedelta(seconds=30), give_up_waiting),
        Timer("say-who-owes", timedelta(minutes=1), say_who_owes),
    ),
    jobs={PRINT: set_some},
    demonstrate=demonstrate,
)
