"""Which loops, checks and gauges the services of this process have."""

from collections.abc import Callable, Sequence

from shared.events.broker import BrokerUnavailable
from shared.jobs import JobRunner
from shared.observe import logs
from shared.observe.health import Check, Health
from shared.runtime import Runtime
from shared.serving.gauges import watch
from shared.text import Sentence
from shared.worker import Loop, Timers, Worker, loops_of

#: Seconds between two rounds of the broker's upkeep.
_UPKEEP = 300.0

log = logs.logger(__name__)


def worker_of(runtimes: Sequence[Runtime], health: Health) -> Worker:
    """The worker of these services, not started yet; draining it closes them. Call it after the fork."""
    loops = [loop for runtime in runtimes for loop in _loops(runtime)]
    if runtimes:  # the services share one broker, so one of them sees to it
        one = runtimes[0]
        loops.append(
            Loop(
                "upkeep",
                lambda: one.broker.maintain(now=one.clock()),
                service=one.service.name,
                idle=(_UPKEEP, _UPKEEP),
            )
        )
    return Worker(loops, health=health, close=[runtime.close for runtime in runtimes])


def check(runtime: Runtime, health: Health, *, broker: bool) -> None:
    """Let `health` ask for what the service depends on. broker: whether this process is lost without it."""
    name = runtime.service.name
    health.needs(f"{name} database", _pinging(runtime.database.ping))
    if broker:
        health.needs(f"{name} broker", _pinging(runtime.broker.ping))


def settle(runtime: Runtime) -> None:
    """Compare with the broker what this service published, before it opens for changes.

    A broker that is away keeps nobody from working: the relay compares before it sends anything.
    """
    try:
        runtime.settle()
    except BrokerUnavailable as error:
        log.warning("Without the broker, changes are taken and wait.", reason=str(error))


def _loops(runtime: Runtime) -> list[Loop]:
    watch(runtime)
    name, service = runtime.service.name, runtime.service
    loops = loops_of(
        name,
        relay=runtime.relay(),
        bell=runtime.left_to_send,
        consumer=runtime.consumer(),
        timers=Timers(runtime.database, runtime.timers, service=name),
        jobs=JobRunner(runtime.database, service.jobs, service=name, owner=runtime.name_here),
    )
    return [*loops, *(service.loops(runtime) if service.loops else ())]


def _pinging(ping: Callable[[], None]) -> Check:
    def ask() -> Sentence | None:
        try:
            ping()
        except BrokerUnavailable as error:
            return Sentence(zh=f"消息服务不可用：{error}", en=str(error))
        return None

    return ask
