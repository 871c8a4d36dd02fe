"""resources, wired together."""

from collections.abc import Sequence
from datetime import timedelta
from importlib.metadata import version
from typing import TYPE_CHECKING

from services.resources.bookings.commands import adopt_task, lapse_overdue
from services.resources.bookings.queries.finding import task_states
from services.resources.demonstration import demonstrate
from services.resources.facilities.commands import adopt_facility
from services.resources.facilities.queries import facility_states
from services.resources.reactions import REACTIONS
from shared.contracts.resources import FACILITIES, TASKS, FacilityChanged, ResourcesTask
from shared.service import Service, Timer

if TYPE_CHECKING:
    from flask import Blueprint


def _blueprints() -> Sequence["Blueprint"]:
    from services.resources.bookings import ui as bookings  # noqa: PLC0415  Flask stays out of workers
    from services.resources.facilities import ui as facilities  # noqa: PLC0415
    from services.resources.home import ui  # noqa: PLC0415

    return [ui.blueprint, facilities.blueprint, bookings.blueprint]


service = Service(
    name="resources",
    package="services.resources",
    version=version("tongxing-resources"),
    reactions=REACTIONS,
    states={FACILITIES: facility_states, TASKS: task_states},
    adopt={FacilityChanged: adopt_facility, ResourcesTask: adopt_task},
    timers=(Timer("lapse-bookings", timedelta(seconds=30), lapse_overdue),),
    blueprints=_blueprints,
    demonstrate=demonstrate,
)
