"""notifications, wired together."""

import getpass
from collections.abc import Sequence
from contextlib import closing
from datetime import timedelta
from importlib.metadata import version
from itertools import chain
from typing import TYPE_CHECKING, get_args
from uuid import UUID

from services.notifications.announcements.commands import STEPS, what_is_due
from services.notifications.announcements.queries import announcement_tasks
from services.notifications.channels.model import Kind
from services.notifications.channels.queries import channel_tasks
from services.notifications.deliveries.commands import queue_some, send_again, stepwise
from services.notifications.deliveries.commands.keeping import forget
from services.notifications.deliveries.commands.queueing import JOB as FAN_OUT
from services.notifications.deliveries.commands.sender import Sender
from services.notifications.deliveries.queries import Filter, Underway, attempts_at, log_within, under_way
from services.notifications.demonstration import demonstrate
from services.notifications.digests.commands import JOB as GATHER
from services.notifications.digests.commands import ask, gather_due
from services.notifications.inbox.commands import adopt_task, reach_some, remind_of_sessions
from services.notifications.inbox.commands.reaching import JOB as REACH
from services.notifications.inbox.queries import task_states
from services.notifications.reactions import REACTIONS
from shared.contracts.notifications import TASKS, NotificationsTask
from shared.observe.health import Finding
from shared.observe.metrics import DELIVERIES, DELIVERIES_OLDEST_DUE_SECONDS
from shared.observe.scraped import Reading
from shared.runtime import Runtime
from shared.service import Service, Timer
from shared.settings import Settings
from shared.text import Sentence
from shared.worker import Loop

if TYPE_CHECKING:
    from click import Command
    from flask import Blueprint


def _blueprints() -> Sequence["Blueprint"]:
    # Flask stays out of workers.
    from services.notifications.announcements import api as announcements_api  # noqa: PLC0415
    from services.notifications.announcements import ui as announcements  # noqa: PLC0415
    from services.notifications.channels import api as channels_api  # noqa: PLC0415
    from services.notifications.channels import ui as channels  # noqa: PLC0415
    from services.notifications.deliveries import api as deliveries_api  # noqa: PLC0415
    from services.notifications.deliveries import ui as deliveries  # noqa: PLC0415
    from services.notifications.home import ui as home  # noqa: PLC0415
    from services.notifications.inbox import api, ui  # noqa: PLC0415
    from services.notifications.preferences import api as preferences_api  # noqa: PLC0415
    from services.notifications.preferences import ui as preferences  # noqa: PLC0415

    pages = [ui.blueprint, home.blueprint, channels.blueprint, deliveries.blueprint, preferences.blueprint]
    return [
        *pages,
        announcements.blueprint,
        announcements_api.blueprint,
        api.blueprint,
        channels_api.blueprint,
        deliveries_api.blueprint,
        preferences_api.blueprint,
    ]


def _examine(runtime: Runtime) -> Sequence[Finding]:
    """What `tongxing doctor` warns of: addresses inside that may be reached, mail that nobody sends."""
    settings, open_ = runtime.settings, None
    if settings.webhook_allow:
        names = ", ".join(sorted(settings.webhook_allow))
        open_ = Sentence(
            zh=f"TONGXING_WEBHOOK_ALLOW 允许推送到内部地址：{names}。只应用于测试。",
            en=f"TONGXING_WEBHOOK_ALLOW lets webhooks reach {names}, internal or not: it is meant for tests. Empty it.",
        )
    return [Finding("webhooks", open_), *_mail(settings)]


def _mail(settings: Settings) -> Sequence[Finding]:
    if settings.smtp_url and settings.mail_from:
        return [Finding("mail", None)]
    if not settings.smtp_url:
        return []  # an office without mail is none the worse for it: its mails wait
    return [
        Finding(
            "mail",
            Sentence(
                zh="缺少 TONGXING_MAIL_FROM：邮件发不出去。",
                en="TONGXING_MAIL_FROM is missing, so mails wait.",
            ),
        )
    ]


def _commands() -> Sequence["Command"]:
    import click  # noqa: PLC0415  the command line alone needs it

    @click.group("deliveries")
    def group() -> None:
        """Look at what did not arrive, and send it again."""

    @group.command("dead")
    def dead() -> None:
        """List what was given up or is in doubt, the last first."""
        with closing(Runtime(service, Settings.from_env())) as runtime, runtime.database.reading() as db:
            for row in log_within(
                db, ["all"], (), wanted=Filter(state="dead"), limit=200, everybody=True
            ).rows:
                click.echo(
                    f"{row.id}  {row.state:9} {row.kind:8} {row.attempts:2}  {row.reason:12} {row.subject}"
                )

    @group.command("show")
    @click.argument("delivery", type=click.UUID)
    def show(delivery: UUID) -> None:
        """Print every try at one delivery."""
        with closing(Runtime(service, Settings.from_env())) as runtime, runtime.database.reading() as db:
            for each in attempts_at(db, delivery):
                said = f"{each.outcome or 'under way':10} {each.code:8} {each.answer}"
                click.echo(f"{each.number:2}  {each.began_at:%Y-%m-%d %H:%M:%S}  {said}")

    @group.command("again")
    @click.argument("deliveries", type=click.UUID, nargs=-1, required=True)
    def again(deliveries: tuple[UUID, ...]) -> None:
        """Send these once more from the beginning."""
        with closing(Runtime(service, Settings.from_env())) as runtime:
            actor = f"operator:{getpass.getuser()}"
            number = runtime.database.run(lambda tx: send_again(tx, ids=deliveries), actor=actor)
        click.echo(f"{number} of {len(deliveries)} go out again.")

    return [group]


def _loops(runtime: Runtime) -> Sequence[Loop]:
    sender = Sender(runtime.database, runtime.settings, actor=runtime.service.actor)
    return [
        Loop(
            "sender",
            sender.step,
            service=runtime.service.name,
            idle=(0.1, 1.0),
            drain=sender.drain,
            close=sender.close,
        )
    ]


def _gauges(runtime: Runtime) -> Sequence[Reading]:
    """What is on its way. Every kind of channel stands at 0 from the start; where an office has no mail, none is late."""
    now = runtime.clock()
    with runtime.database.reading() as db:
        found = {each.kind: each for each in under_way(db, at=now)}
    readings: list[Reading] = []
    for kind in get_args(Kind):
        each = found.get(kind, Underway(kind, 0, 0, 0, None))
        sends = kind != "email" or runtime.settings.smtp_url
        late = (now - each.late_since).total_seconds() if each.late_since and sends else 0.0
        states = {"waiting": each.waiting, "sending": each.sending, "in_doubt": each.in_doubt}
        readings += [Reading(DELIVERIES, number, (kind, state)) for state, number in states.items()]
        readings.append(Reading(DELIVERIES_OLDEST_DUE_SECONDS, late, (kind,)))
    return readings


service = Service(
    name="notifications",
    package="services.notifications",
    version=version("tongxing-notifications"),
    reactions=REACTIONS,
    states={TASKS: lambda db: chain(task_states(db), channel_tasks(db), announcement_tasks(db))},
    adopt={NotificationsTask: adopt_task},
    jobs={
        FAN_OUT: stepwise(queue_some),
        REACH: stepwise(reach_some),
        **{job: stepwise(each) for job, each in STEPS.items()},
        GATHER: gather_due,
    },
    timers=[
        Timer(name="notifications.digests", every=timedelta(minutes=1), run=ask),
        Timer(name="notifications.announcements", every=timedelta(minutes=1), run=what_is_due),
        Timer(name="notifications.reminders", every=timedelta(minutes=5), run=remind_of_sessions),
        Timer(name="notifications.forget", every=timedelta(minutes=10), run=forget),
    ],
    loops=_loops,
    gauges=_gauges,
    examine=_examine,
    commands=_commands,
    blueprints=_blueprints,
    demonstrate=demonstrate,
)
