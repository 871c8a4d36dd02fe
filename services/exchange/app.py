"""exchange, wired together."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from importlib.metadata import version
from typing import TYPE_CHECKING

from services.exchange.agreements.queries import agreement_task_states
from services.exchange.appraisals.queries import appraisal_tasks
from services.exchange.compliance.commands import foretell
from services.exchange.compliance.queries.foretold import forecast_tasks
from services.exchange.demonstration import demonstrate
from services.exchange.duties.queries.tasks import duty_tasks
from services.exchange.placements.commands import adopt_placement
from services.exchange.placements.queries.waiting import placement_states, task_states
from services.exchange.reactions import REACTIONS
from shared.contracts.exchange import PLACEMENTS, TASKS, ExchangeTask, PlacementChanged
from shared.service import Service, Timer

if TYPE_CHECKING:
    from flask import Blueprint
    from sqlalchemy.orm import Session


def _blueprints() -> Sequence["Blueprint"]:
    from services.exchange.agreements import api as agreements_api  # noqa: PLC0415  Flask stays out of workers
    from services.exchange.agreements import ui as agreements  # noqa: PLC0415
    from services.exchange.appraisals import api as appraisals_api  # noqa: PLC0415
    from services.exchange.appraisals import ui as appraisals  # noqa: PLC0415
    from services.exchange.compliance import api as compliance_api  # noqa: PLC0415
    from services.exchange.compliance import ui as compliance  # noqa: PLC0415
    from services.exchange.duties import api as duties_api  # noqa: PLC0415
    from services.exchange.duties import ui as duties  # noqa: PLC0415
    from services.exchange.filings import ui as filings  # noqa: PLC0415
    from services.exchange.home import ui as home  # noqa: PLC0415
    from services.exchange.mentoring import api as communities_api  # noqa: PLC0415
    from services.exchange.mentoring import ui as communities  # noqa: PLC0415
    from services.exchange.placements import api as placements_api  # noqa: PLC0415
    from services.exchange.placements import ui as placements  # noqa: PLC0415
    from services.exchange.rules import api as rules_api  # noqa: PLC0415
    from services.exchange.rules import ui as rules  # noqa: PLC0415

    return [
        placements.blueprint,
        placements_api.blueprint,
        agreements.blueprint,
        agreements_api.blueprint,
        filings.blueprint,
        compliance.blueprint,
        compliance_api.blueprint,
        duties.blueprint,
        communities.blueprint,
        communities_api.blueprint,
        appraisals.blueprint,
        appraisals_api.blueprint,
        duties_api.blueprint,
        rules.blueprint,
        rules_api.blueprint,
        home.blueprint,
    ]


def _waiting(db: "Session") -> Iterator[ExchangeTask]:
    """What waits for whom: placements, agreements, logs, appraisals, and school years that will fall short."""
    yield from task_states(db)
    yield from agreement_task_states(db)
    yield from forecast_tasks(db)
    yield from duty_tasks(db)
    yield from appraisal_tasks(db)


service = Service(
    name="exchange",
    package="services.exchange",
    version=version("tongxing-exchange"),
    reactions=REACTIONS,
    states={PLACEMENTS: placement_states, TASKS: _waiting},
    adopt={PlacementChanged: adopt_placement},
    timers=(Timer("foretell-compliance", timedelta(minutes=10), foretell),),
    blueprints=_blueprints,
    demonstrate=demonstrate,
)
