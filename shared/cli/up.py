"""`tongxing up`: every service in one process, with what they need."""

from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing
from dataclasses import replace
from wsgiref.types import WSGIApplication

import click

from shared import discovery
from shared.observe import logs
from shared.observe.health import Health
from shared.runtime import Runtime
from shared.service import Service
from shared.serving import pages, wiring
from shared.serving.aside import aside
from shared.serving.holding import held
from shared.serving.listening import listening
from shared.serving.preparing import prepare_all
from shared.serving.server import serve
from shared.settings import Settings
from shared.text import Sentence


@click.command
@click.argument("services", nargs=-1, metavar="[SERVICE]...")
@click.option("--host", help="Address to listen on; 0.0.0.0 serves the whole office. TONGXING_HOST.")
@click.option("--port", type=click.IntRange(0, 65_535), help="Port to listen on. TONGXING_PORT.")
def up(services: Sequence[str], host: str | None, port: int | None) -> None:
    """Run every service in this one process: pages, relays, consumers, timers, jobs.

    With SERVICE only these. Data lies in TONGXING_DATA (./data) unless TONGXING_DATABASE and TONGXING_BROKER
    say otherwise. Ctrl-C stops it.
    """
    settings = Settings.from_env(host=host, port=port)
    logs.configure(level=settings.log_level)
    found = discovery.load_chosen(services)
    with held(settings.data):
        bound = listening(settings.host, settings.port)
        settings = replace(settings, port=bound.getsockname()[1])
        # Aside, for it needs what serving does not: the demonstration of five services is 80 MB.
        welcome = aside(lambda: _prepared(found, settings))
        serve(
            bound,
            lambda: _opened(found, settings),
            name="up",
            ready=lambda: _greet(settings, welcome),
        )


def _prepared(services: Sequence[Service], settings: Settings) -> list[Sentence]:
    """Prepare everything and close it again; answers what to tell."""
    with ExitStack() as stack:
        runtimes = [stack.enter_context(closing(Runtime(service, settings))) for service in services]
        prepare_all(runtimes, lambda line: click.echo(f"· {line}"))
        return [
            sentence
            for runtime in runtimes
            for sentence in (runtime.service.welcome(runtime) if runtime.service.welcome else ())
        ]


def _opened(services: Sequence[Service], settings: Settings) -> tuple[WSGIApplication, Callable[[], object]]:
    """Called in gunicorn's worker: the application, and how everything beside it ends."""
    logs.configure(level=settings.log_level)
    health = Health()
    runtimes = [Runtime(service, settings) for service in services]
    for runtime in runtimes:
        wiring.settle(runtime)
        wiring.check(runtime, health, broker=True)
    worker = wiring.worker_of(runtimes, health)
    application = pages.application(runtimes, health, metrics=pages.is_private(settings.host))
    worker.start()
    return application, worker.drain


def _greet(settings: Settings, welcome: Sequence[Sentence]) -> None:
    click.echo(f"Tongxing is at {settings.base_url}")
    for sentence in welcome:
        click.echo(str(sentence))
    click.echo("Ctrl-C stops it.")
