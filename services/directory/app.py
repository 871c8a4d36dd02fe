"""directory, wired together."""

import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID
from zoneinfo import ZoneInfo

from services.directory.accounts.commands import (
    AT_ONCE,
    administrator,
    adopt_account,
    follow_people,
    issue_link,
    lapse,
)
from services.directory.accounts.model import Purpose
from services.directory.accounts.queries import account_states
from services.directory.applying.commands import JOBS as APPLYING
from services.directory.base import adopting
from services.directory.comparing.commands import JOBS as COMPARING
from services.directory.demonstration import demonstrate
from services.directory.groups.model import Group
from services.directory.groups.queries import group_states
from services.directory.imports.commands import confirm, forget_workbooks, stage
from services.directory.imports.model import Import
from services.directory.imports.queries import count_skipped, problems_of
from services.directory.keys.commands import adopt_key, retire, retire_replaced, rotate
from services.directory.keys.model import key_in, signer
from services.directory.keys.queries import key_states
from services.directory.organisations.model import Organisation
from services.directory.organisations.queries import organisation_states
from services.directory.people.model import Person
from services.directory.people.queries import person_states
from services.directory.reactions import REACTIONS
from services.directory.recovery.commands import mail_link
from services.directory.regions.model import Region
from services.directory.regions.queries import region_states
from services.directory.schools.model import School
from services.directory.schools.queries import ids_in, states
from services.directory.sessions.commands import forget
from services.directory.years.commands import close_school_year
from services.directory.years.policies import called, due, why_not_close
from services.directory.years.queries import is_closed, totals_now
from shared.contracts.directory import (
    ACCOUNTS,
    GROUPS,
    KEYS,
    ORGANISATIONS,
    PEOPLE,
    REGIONS,
    SCHOOLS,
    AccountChanged,
    GroupChanged,
    KeyChanged,
    OrganisationChanged,
    PersonChanged,
    RegionChanged,
    SchoolChanged,
)
from shared.db import Transaction
from shared.errors import Invalid, Refusal
from shared.ids import named
from shared.jobs import Job, JobRunner, Outcome, Step, job
from shared.runtime import Runtime
from shared.service import Service, Timer
from shared.settings import Settings
from shared.text import Sentence

if TYPE_CHECKING:
    from click import Command
    from flask import Blueprint


def _blueprints() -> Sequence["Blueprint"]:
    from services.directory.accounts import ui as accounts  # noqa: PLC0415  Flask stays out of workers
    from services.directory.groups import ui as groups  # noqa: PLC0415
    from services.directory.home import ui as home  # noqa: PLC0415
    from services.directory.imports import ui as imports  # noqa: PLC0415
    from services.directory.keys import api as keys  # noqa: PLC0415
    from services.directory.organisations import ui as organisations  # noqa: PLC0415
    from services.directory.people import ui as people  # noqa: PLC0415
    from services.directory.profile import ui as profile  # noqa: PLC0415
    from services.directory.regions import ui as regions  # noqa: PLC0415
    from services.directory.registering import ui as registering  # noqa: PLC0415
    from services.directory.schools import api as schools_api  # noqa: PLC0415
    from services.directory.schools import ui as schools  # noqa: PLC0415
    from services.directory.search import ui as search  # noqa: PLC0415
    from services.directory.sessions import ui as sessions  # noqa: PLC0415
    from services.directory.years import ui as years  # noqa: PLC0415

    return [
        home.blueprint,
        search.blueprint,
        accounts.blueprint,
        profile.blueprint,
        sessions.blueprint,
        keys.blueprint,
        schools.blueprint,
        schools_api.blueprint,
        people.blueprint,
        imports.blueprint,
        groups.blueprint,
        organisations.blueprint,
        regions.blueprint,
        registering.blueprint,
        years.blueprint,
    ]


def _link(runtime: Runtime, purpose: Purpose = "enter") -> str:
    """A link that lets the administrator in, once, within half an hour."""

    def work(tx: Transaction) -> str:
        signer(tx, runtime.settings.signing_key)  # published now, so that all know it before the link is used
        return issue_link(tx, account=administrator(tx), lasts=AT_ONCE, purpose=purpose)

    secret = runtime.database.run(work, actor=service.actor)
    return f"{runtime.settings.base_url}/sign-in/{secret}"


def _welcome(runtime: Runtime) -> Sequence[Sentence]:
    link = _link(runtime)
    return [
        Sentence(
            zh=f"管理员登录链接（30 分钟内有效，只能用一次）：{link}",
            en=f"Sign in as the administrator (valid for 30 minutes, once): {link}",
        )
    ]


def _import(
    runtime: Runtime, staged: "Callable[[Transaction], Import]", *, actor: str, sure: bool, gone: bool
) -> None:
    import click  # noqa: PLC0415  the command line alone needs it

    database = runtime.database
    made = database.run(staged, actor=actor)
    counts = finished(runtime, made.job_id).result or {}
    for what, number in counts.items():
        if isinstance(number, int):
            click.echo(f"{what:24}{number:>8}")
    for column in counts["columns"]:
        click.echo(f"unknown column: {column['sheet']} {column['column']} “{column['header']}”")
    with database.reading() as db:
        for problem in problems_of(db, made.id):
            click.echo(f"{problem.severity}: {problem.en}")
    if not sure:
        click.echo("Nothing was applied. Say --confirm to apply it.")
        return
    confirmed = database.run(
        lambda tx: confirm(tx, import_id=made.id, scopes=["all"], with_gone=gone), actor=actor
    )
    finished(runtime, confirmed.job_id)
    with database.reading() as db:
        left = count_skipped(db, made.id)
    click.echo(
        f"Applied, but for {left} that were changed by somebody since the preview." if left else "Applied."
    )


def _close_year(runtime: Runtime, year: int | None, *, actor: str, sure: bool) -> None:
    import click  # noqa: PLC0415  the command line alone needs it

    today = runtime.clock().astimezone(ZoneInfo("Asia/Shanghai")).date()
    which = due(today) if year is None else year
    if sure:
        number = runtime.database.run(
            lambda tx: close_school_year(tx, year=which, today=today, scopes=["all"]), actor=actor
        )
        click.echo(f"The {called(which).en} is closed: the figures of {number} schools are kept.")
        return
    with runtime.database.reading() as db:
        now, reason = totals_now(db), why_not_close(which, today=today, closed=is_closed(db, which))
    if reason:
        raise Refusal(reason)
    for what, figure in (("schools", now.schools), ("pupils", now.pupils), ("people", now.people)):
        click.echo(f"{what:24}{figure:>8}")
    click.echo(f"Nothing was written. Say --confirm to keep these as those of the {called(which).en}.")


def finished(runtime: Runtime, job_id: UUID | None) -> Job:
    """The job once it is over, done here unless a worker has it. Raises Invalid where it failed."""
    runner = JobRunner(runtime.database, service.jobs, service=service.name, owner=runtime.name_here)
    while True:
        with runtime.database.reading() as db:
            found = job(db, job_id or UUID(int=0))
        if found.finished:
            if found.state != "succeeded":
                raise Invalid(found.error or Sentence(zh="任务没有完成。", en="The job did not finish."))
            return found
        if not runner.step():
            time.sleep(0.2)


def _commands() -> Sequence["Command"]:
    import getpass  # noqa: PLC0415

    import click  # noqa: PLC0415  the command line alone needs it

    @click.command("link")
    def link() -> None:
        """Print a link that signs the administrator in, once, within half an hour."""
        runtime = Runtime(service, Settings.from_env())
        try:
            click.echo(_link(runtime))
        finally:
            runtime.close()

    @click.command("administrator")
    def first() -> None:
        """Print a link with which the first administrator chooses a login and a password."""
        runtime = Runtime(service, Settings.from_env())
        try:
            click.echo(_link(runtime, "password"))
        finally:
            runtime.close()

    @click.command("rotate-key")
    def rotate_key() -> None:
        """Let a new key sign; tokens under the old one stay good until they are over."""
        runtime = Runtime(service, Settings.from_env())
        try:
            click.echo(
                rotate(runtime.database, runtime.settings.signing_key, actor=f"operator:{getpass.getuser()}")
            )
        finally:
            runtime.close()

    @click.command("retire-key")
    @click.argument("key")
    def retire_key(key: str) -> None:
        """Trust tokens under KEY no more, as when it was stolen; let another one sign first if it still does."""
        runtime = Runtime(service, Settings.from_env())
        actor = f"operator:{getpass.getuser()}"
        try:
            if key_in(runtime.settings.signing_key).kid == key:
                rotate(runtime.database, runtime.settings.signing_key, actor=actor)
            runtime.database.run(lambda tx: retire(tx, key_id=key), actor=actor)
        finally:
            runtime.close()

    @click.command("import")
    @click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
    @click.option(
        "--confirm", "sure", is_flag=True, help="Apply it; without, only tell what it would change."
    )
    @click.option(
        "--gone", is_flag=True, help="With --confirm: who is no longer in the roster has left the school."
    )
    def import_(file: Path, *, sure: bool, gone: bool) -> None:
        """Read the roster FILE, tell what it would change, and apply it if so asked."""
        runtime = Runtime(service, Settings.from_env())
        actor, data = f"operator:{getpass.getuser()}", file.read_bytes()

        def staged(tx: Transaction) -> Import:
            return stage(tx, data=data, filename=file.name, scopes=["all"])

        try:
            _import(runtime, staged, actor=actor, sure=sure, gone=gone)
        finally:
            runtime.close()

    return [link, import_, first, rotate_key, retire_key, _closing()]


def _closing() -> "Command":
    import getpass  # noqa: PLC0415

    import click  # noqa: PLC0415  the command line alone needs it

    @click.command("close-year")
    @click.option(
        "--year", type=int, help="The year in which it began; else the one that ends or ended last."
    )
    @click.option("--confirm", "sure", is_flag=True, help="Close it; without, only tell what would be kept.")
    def close_year(year: int | None, *, sure: bool) -> None:
        """Keep the figures of a school year as they are now: rosters of the next one do not change them."""
        runtime = Runtime(service, Settings.from_env())
        try:
            _close_year(runtime, year, actor=f"operator:{getpass.getuser()}", sure=sure)
        finally:
            runtime.close()

    return close_year


def _mail_link(step: Step) -> Outcome:
    return mail_link(step, settings=Settings.from_env())


def _forget_workbooks(tx: Transaction) -> int:
    return forget_workbooks(tx, keep=Settings.from_env().keep_workbooks)


service = Service(
    name="directory",
    package="services.directory",
    version=version("tongxing-directory"),
    reactions=REACTIONS,
    states={
        REGIONS: region_states,
        SCHOOLS: states,
        ORGANISATIONS: organisation_states,
        GROUPS: group_states,
        PEOPLE: person_states,
        KEYS: key_states,
        ACCOUNTS: account_states,
    },
    adopt={
        RegionChanged: adopting(Region, id_of=lambda event: named("region", event.code)),
        SchoolChanged: adopting(School, id_of=lambda event: event.school_id),
        OrganisationChanged: adopting(Organisation, id_of=lambda event: event.organisation_id),
        GroupChanged: adopting(Group, id_of=lambda event: event.group_id),
        PersonChanged: adopting(Person, id_of=lambda event: event.person_id),
        KeyChanged: adopt_key,
        AccountChanged: adopt_account,
    },
    blueprints=_blueprints,
    demonstrate=demonstrate,
    welcome=_welcome,
    commands=_commands,
    schools_in=ids_in,
    jobs={"sign-in-mail": _mail_link, **COMPARING, **APPLYING},
    timers=[
        Timer("accounts.lapse", timedelta(minutes=1), lapse),
        Timer("accounts.follow", timedelta(seconds=20), follow_people),
        Timer("keys.retire", timedelta(hours=1), retire_replaced),
        Timer("sessions.forget", timedelta(hours=1), forget),
        Timer("imports.forget", timedelta(hours=1), _forget_workbooks),
    ],
)
