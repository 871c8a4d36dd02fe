"""`tongxing web SERVICE`."""

from collections.abc import Callable
from contextlib import closing
from wsgiref.types import WSGIApplication

import click

from shared import discovery
from shared.observe import logs
from shared.observe.health import Health
from shared.observe.traces import export_spans
from shared.runtime import Runtime
from shared.service import Service
from shared.serving import pages, wiring
from shared.serving.listening import listening
from shared.serving.preparing import insist_on_migrations, prepare_all
from shared.serving.server import serve
from shared.settings import Settings

log = logs.logger(__name__)


@click.command
@click.argument("service")
@click.option("--host", help="Address to listen on. TONGXING_HOST.")
@click.option("--port", type=click.IntRange(0, 65_535), help="Port to listen on. TONGXING_PORT.")
@click.option(
    "--workers", type=click.IntRange(1), default=1, show_default=True, help="Processes for requests."
)
@click.option(
    "--threads", type=click.IntRange(1), default=8, show_default=True, help="Threads in each of them."
)
@click.option("--prepare", is_flag=True, help="First migrate, apply topics, load demonstration data.")
def web(
    *, service: str, host: str | None, port: int | None, workers: int, threads: int, prepare: bool
) -> None:
    """Serve the pages and API of one service, at the same paths as everywhere."""
    settings = Settings.from_env(host=host, port=port)
    logs.configure(level=settings.log_level, service=service)
    found = discovery.load(service)
    bound = listening(settings.host, settings.port)
    with closing(Runtime(found, settings)) as runtime:
        if prepare:
            prepare_all([runtime], log.info)
        insist_on_migrations(runtime)
    serve(bound, lambda: _opened(found, settings), name=f"{service}-web", workers=workers, threads=threads)


def _opened(service: Service, settings: Settings) -> tuple[WSGIApplication, Callable[[], object]]:
    """Called in each of gunicorn's workers: the application, and how it ends."""
    logs.configure(level=settings.log_level, service=service.name)
    export_spans(service.name)
    health, runtime = Health(), Runtime(service, settings)
    wiring.settle(runtime)
    wiring.check(runtime, health, broker=False)  # without the broker changes are taken and wait
    application = pages.application([runtime], health, metrics=True)
    return application, runtime.close
