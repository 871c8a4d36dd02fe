"""resources, wired together."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from importlib.metadata import version
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from services.resources.access.commands import adopt_request
from services.resources.access.queries import access_tasks
from services.resources.bookings.commands.hearing import adopt_task
from services.resources.bookings.commands.timing import lapse_overdue, release_unused
from services.resources.bookings.queries.finding import task_states
from services.resources.demonstration import demonstrate
from services.resources.developing.queries import part_tasks
from services.resources.facilities.commands.bringing import bring_facilities
from services.resources.facilities.commands.keeping import adopt_facility
from services.resources.facilities.queries import facility_states
from services.resources.files.commands.depot import depot_of
from services.resources.files.commands.examining import READ, examine, sweep
from services.resources.files.commands.reading import read_stored
from services.resources.files.commands.uploading import EXAMINE, SWEEP, expire
from services.resources.items.commands.making import adopt_item
from services.resources.items.queries.listing import item_states
from services.resources.reactions import REACTIONS
from services.resources.reviewing.commands import adopt_review
from services.resources.reviewing.queries import review_tasks
from services.resources.searching.commands import describe_all
from services.resources.use.commands import count, rebuild
from shared.contracts.resources import FACILITIES, ITEMS, TASKS, FacilityChanged, ItemChanged, ResourcesTask
from shared.db import Transaction
from shared.jobs import Outcome, Step
from shared.runtime import Runtime
from shared.service import Service, Timer
from shared.settings import Settings

if TYPE_CHECKING:
    from click import Command
    from flask import Blueprint


def _blueprints() -> Sequence["Blueprint"]:
    from services.resources.access import ui as access  # noqa: PLC0415  Flask stays out of workers
    from services.resources.bookings import api as bookings_api  # noqa: PLC0415  Flask stays out of workers
    from services.resources.bookings import ui as bookings  # noqa: PLC0415
    from services.resources.courses import api as courses_api  # noqa: PLC0415
    from services.resources.courses import ui as courses  # noqa: PLC0415
    from services.resources.developing import ui as developing  # noqa: PLC0415
    from services.resources.facilities import api as facilities_api  # noqa: PLC0415
    from services.resources.facilities import ui as facilities  # noqa: PLC0415
    from services.resources.files import api as uploads  # noqa: PLC0415
    from services.resources.files import ui as files  # noqa: PLC0415
    from services.resources.harvesting import ui as harvesting  # noqa: PLC0415
    from services.resources.home import ui  # noqa: PLC0415
    from services.resources.items import api as items_api  # noqa: PLC0415
    from services.resources.items import ui as items  # noqa: PLC0415
    from services.resources.lists import api as lists_api  # noqa: PLC0415
    from services.resources.lists import ui as lists  # noqa: PLC0415
    from services.resources.ratings import api as ratings_api  # noqa: PLC0415
    from services.resources.ratings import ui as ratings  # noqa: PLC0415
    from services.resources.reviewing import api as reviewing_api  # noqa: PLC0415
    from services.resources.reviewing import ui as reviewing  # noqa: PLC0415
    from services.resources.use import api as use_api  # noqa: PLC0415
    from services.resources.use import ui as use  # noqa: PLC0415

    return [
        ui.blueprint,
        facilities.blueprint,
        facilities_api.blueprint,
        bookings.blueprint,
        bookings_api.blueprint,
        uploads.blueprint,
        files.blueprint,
        lists.blueprint,
        lists_api.blueprint,
        courses.blueprint,
        courses_api.blueprint,
        ratings.blueprint,
        ratings_api.blueprint,
        reviewing.blueprint,
        reviewing_api.blueprint,
        harvesting.blueprint,
        items.blueprint,
        items_api.blueprint,
        use.blueprint,
        use_api.blueprint,
        developing.blueprint,
        access.blueprint,
    ]


def _commands() -> Sequence["Command"]:
    from pathlib import Path  # noqa: PLC0415

    import click  # noqa: PLC0415  the command line alone needs it

    from shared.sheets.workbook import sheets_of  # noqa: PLC0415

    @click.command("facilities")
    @click.argument("workbook", type=click.Path(exists=True, dir_okay=False, path_type=Path))
    def facilities(workbook: Path) -> None:
        """Bring the rooms and equipment of a resource list (.xlsx); those that are there already stay as they are."""
        rows = [
            row for sheet in sheets_of(workbook.read_bytes(), filename=workbook.name) for row in sheet.rows
        ]
        runtime = Runtime(service, Settings.from_env())
        try:
            brought = runtime.database.run(lambda tx: bring_facilities(tx, rows), actor="operator:import")
        finally:
            runtime.close()
        click.echo(
            f"facilities: {brought.new} new, {brought.known} known, {len(brought.problems)} not understood"
        )
        for number, problem in brought.problems.items():
            click.echo(f"  row {number}: {problem.zh} {problem.en}")

    @click.group("use")
    def use() -> None:
        """What is counted of the use of resources."""

    @use.command("rebuild")
    def rebuilt() -> None:
        """Make all figures of use anew of the clicks and lessons; pages go on meanwhile."""
        runtime = Runtime(service, Settings.from_env())
        try:
            items, changed = rebuild(runtime.database, actor="operator:rebuild")
        finally:
            runtime.close()
        click.echo(f"use: {items} items counted anew, the figures of {changed} came out otherwise")

    @click.group("search")
    def search() -> None:
        """What items are found by."""

    @search.command("rebuild")
    def described() -> None:
        """Write the index of search anew, an item at a time; pages go on meanwhile."""
        runtime = Runtime(service, Settings.from_env())
        try:
            items = describe_all(runtime.database, actor="operator:rebuild")
        finally:
            runtime.close()
        click.echo(f"search: {items} items described anew")

    return [facilities, use, search]


def _tasks(db: Session) -> Iterator[ResourcesTask]:
    yield from task_states(db)
    yield from access_tasks(db)
    yield from review_tasks(db)
    yield from part_tasks(db)


def _adopt_task(tx: Transaction, event: ResourcesTask) -> None:
    adopt_task(tx, event)
    adopt_request(tx, event)
    adopt_review(tx, event)


def _examine(step: Step) -> Outcome:
    settings = Settings.from_env()
    return examine(step, depot=depot_of(settings), scanner=settings.scan)


def _read(step: Step) -> Outcome:
    return read_stored(step, depot=depot_of(Settings.from_env()))


def _sweep(step: Step) -> Outcome:
    return sweep(step, depot=depot_of(Settings.from_env()))


service = Service(
    name="resources",
    package="services.resources",
    version=version("tongxing-resources"),
    reactions=REACTIONS,
    states={FACILITIES: facility_states, ITEMS: item_states, TASKS: _tasks},
    adopt={FacilityChanged: adopt_facility, ItemChanged: adopt_item, ResourcesTask: _adopt_task},
    timers=(
        Timer("lapse-bookings", timedelta(seconds=30), lapse_overdue),
        Timer("release-unused", timedelta(seconds=30), release_unused),
        Timer("expire-uploads", timedelta(minutes=10), expire),
        Timer("count-use", timedelta(seconds=30), count),
    ),
    jobs={EXAMINE: _examine, READ: _read, SWEEP: _sweep},
    blueprints=_blueprints,
    demonstrate=demonstrate,
    commands=_commands,
)
