"""`tongxing directory …`: what an operator does to the register, its years, accounts and keys from a terminal."""

import getpass
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

import click

from services.directory.accounts.commands import AT_ONCE, administrator, issue_link
from services.directory.accounts.model import Purpose
from services.directory.imports.commands import confirm, stage
from services.directory.imports.queries import count_skipped, problems_of
from services.directory.keys.commands import retire, rotate
from services.directory.keys.model import key_in, signer
from services.directory.years.commands import close_school_year
from services.directory.years.policies import called, due, why_not_close
from services.directory.years.queries import is_closed, totals_now
from shared.db import Transaction
from shared.errors import Invalid, Refusal
from shared.jobs import Job, JobRunner, job
from shared.runtime import Runtime
from shared.service import Service
from shared.settings import Settings
from shared.text import Sentence


def commands(service: Service) -> Sequence[click.Command]:
    """The commands, each on a runtime of its own."""
    return [made(service) for made in (_link, _administrator, _rotate_key, _retire_key, _import, _close_year)]


def link_of_administrator(runtime: Runtime, purpose: Purpose = "enter") -> str:
    """An address that lets the administrator in, or has them choose a password: once, within half an hour."""

    def work(tx: Transaction) -> str:
        signer(tx, runtime.settings.signing_key)  # published now, so that all know it before the link is used
        return issue_link(tx, account=administrator(tx), lasts=AT_ONCE, purpose=purpose)

    secret = runtime.database.run(work, actor=runtime.service.actor)
    return f"{runtime.settings.base_url}/sign-in/{secret}"


def _link(service: Service) -> click.Command:
    @click.command("link")
    def link() -> None:
        """Print a link that signs the administrator in, once, within half an hour."""
        with _runtime(service) as runtime:
            click.echo(link_of_administrator(runtime))

    return link


def _administrator(service: Service) -> click.Command:
    @click.command("administrator")
    def first() -> None:
        """Print a link with which the first administrator chooses a login and a password."""
        with _runtime(service) as runtime:
            click.echo(link_of_administrator(runtime, "password"))

    return first


def _rotate_key(service: Service) -> click.Command:
    @click.command("rotate-key")
    def rotate_key() -> None:
        """Let a new key sign; tokens under the old one stay good until they are over."""
        with _runtime(service) as runtime:
            click.echo(rotate(runtime.database, runtime.settings.signing_key, actor=_operator()))

    return rotate_key


def _retire_key(service: Service) -> click.Command:
    @click.command("retire-key")
    @click.argument("key")
    def retire_key(key: str) -> None:
        """Trust tokens under KEY no more, as when it was stolen; let another one sign first if it still does."""
        with _runtime(service) as runtime:
            if key_in(runtime.settings.signing_key).kid == key:
                rotate(runtime.database, runtime.settings.signing_key, actor=_operator())
            runtime.database.run(lambda tx: retire(tx, key_id=key), actor=_operator())

    return retire_key


def _import(service: Service) -> click.Command:
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
        with _runtime(service) as runtime:
            import_id = _staged(runtime, file)
            if sure:
                _apply(runtime, import_id, gone=gone)
            else:
                click.echo("Nothing was applied. Say --confirm to apply it.")

    return import_


def _staged(runtime: Runtime, file: Path) -> UUID:
    """Compare the file with the register, and print what would change; answers the import."""
    staging = partial(stage, data=file.read_bytes(), filename=file.name, scopes=["all"])
    made = runtime.database.run(staging, actor=_operator())
    counts = _finished(runtime, made.job_id).result or {}
    for what, number in counts.items():
        if isinstance(number, int):
            click.echo(f"{what:24}{number:>8}")
    for column in counts["columns"]:
        click.echo(f"unknown column: {column['sheet']} {column['column']} “{column['header']}”")
    with runtime.database.reading() as db:
        for problem in problems_of(db, made.id):
            click.echo(f"{problem.severity}: {problem.en}")
    return made.id


def _apply(runtime: Runtime, import_id: UUID, *, gone: bool) -> None:
    confirming = partial(confirm, import_id=import_id, scopes=["all"], with_gone=gone)
    confirmed = runtime.database.run(confirming, actor=_operator())
    _finished(runtime, confirmed.job_id)
    with runtime.database.reading() as db:
        left = count_skipped(db, import_id)
    click.echo(
        f"Applied, but for {left} that were changed by somebody since the preview." if left else "Applied."
    )


def _close_year(service: Service) -> click.Command:
    @click.command("close-year")
    @click.option(
        "--year", type=int, help="The year in which it began; else the one that ends or ended last."
    )
    @click.option("--confirm", "sure", is_flag=True, help="Close it; without, only tell what would be kept.")
    def close_year(year: int | None, *, sure: bool) -> None:
        """Keep the figures of a school year as they are now: rosters of the next one do not change them."""
        with _runtime(service) as runtime:
            today = runtime.clock().astimezone(ZoneInfo("Asia/Shanghai")).date()
            which = due(today) if year is None else year
            if sure:
                closing = partial(close_school_year, year=which, today=today, scopes=["all"])
                number = runtime.database.run(closing, actor=_operator())
                click.echo(f"The {called(which).en} is closed: the figures of {number} schools are kept.")
                return
            with runtime.database.reading() as db:
                now, reason = totals_now(db), why_not_close(which, today=today, closed=is_closed(db, which))
            if reason:
                raise Refusal(reason)
            for what, figure in (("schools", now.schools), ("pupils", now.pupils), ("people", now.people)):
                click.echo(f"{what:24}{figure:>8}")
            click.echo(
                f"Nothing was written. Say --confirm to keep these as those of the {called(which).en}."
            )

    return close_year


@contextmanager
def _runtime(service: Service) -> Iterator[Runtime]:
    runtime = Runtime(service, Settings.from_env())
    try:
        yield runtime
    finally:
        runtime.close()


def _operator() -> str:
    return f"operator:{getpass.getuser()}"


def _finished(runtime: Runtime, job_id: UUID | None) -> Job:
    """The job once it is over, done here unless a worker has it. Raises Invalid where it failed."""
    service = runtime.service
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
