"""`tongxing worker SERVICE`."""

from contextlib import closing
from dataclasses import replace

import click

from shared import discovery
from shared.observe import logs
from shared.observe.endpoints import wsgi
from shared.observe.health import Health
from shared.observe.traces import export_spans
from shared.runtime import Runtime
from shared.serving import wiring
from shared.serving.preparing import insist_on_migrations, prepare_all
from shared.settings import Settings
from shared.worker import Server, run_until_signalled

log = logs.logger(__name__)


@click.command
@click.argument("service")
@click.option("--host", help="Address of /healthz, /readyz and /metrics. TONGXING_HOST.")
@click.option("--port", type=click.IntRange(0, 65_535), help="Their port. TONGXING_WORKER_PORT.")
@click.option("--prepare", is_flag=True, help="First migrate, apply topics, load demonstration data.")
@click.pass_context
def worker(ctx: click.Context, *, service: str, host: str | None, port: int | None, prepare: bool) -> None:
    """Run relay, consumer, timers and jobs of one service.

    Any number of them may run at once. TERM lets what is in hand end.
    """
    settings = Settings.from_env(host=host)
    settings = settings if port is None else replace(settings, worker_port=port)
    logs.configure(level=settings.log_level, service=service)
    found = discovery.load(service)
    health = Health()
    server = Server(wsgi(health), host=settings.host, port=settings.worker_port)
    export_spans(service)
    with closing(Runtime(found, settings)) as runtime:
        if prepare:
            prepare_all([runtime], log.info)
        insist_on_migrations(runtime)
        wiring.check(runtime, health, broker=True)
        running = wiring.worker_of([runtime], health)
        ctx.exit(run_until_signalled(running, server))
