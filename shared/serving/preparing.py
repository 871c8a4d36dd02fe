"""What has to be so before a service runs: migrated, with its topics in the broker."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from shared.db.failures import as_unavailable
from shared.db.migrations import migrate, pending
from shared.errors import Refusal
from shared.events.broker import BrokerUnavailable
from shared.events.republish import say_first
from shared.runtime import Runtime
from shared.serving.demonstration import demonstrate
from shared.serving.turned_away import turned_away
from shared.text import Sentence

#: Takes one line of progress.
Tell = Callable[[str], None]


def prepare_all(runtimes: Sequence[Runtime], tell: Tell) -> None:
    """Bring these services to where they can run: databases, topics, demonstration data.

    Several processes may do so at once. A broker that is away is told of and waited for by nobody: changes are
    taken, and the relay says which topics it lacks. Raises Unavailable and TopicMismatch.
    """
    for runtime in runtimes:
        if steps := migrated(runtime):
            tell(f"{runtime.service.name}: database brought to this release ({len(steps)} steps)")
    for runtime in runtimes:
        for change in _applied(runtime):
            tell(f"{runtime.service.name}: {change}")
    for runtime in runtimes:
        if demonstrate(runtime):
            tell(f"{runtime.service.name}: demonstration data loaded")


def _applied(runtime: Runtime) -> list[str]:
    try:
        return runtime.broker.apply(runtime.topics.values())
    except BrokerUnavailable as error:
        return [f"topics are not applied yet: {error}"]


def migrated(runtime: Runtime) -> list[str]:
    """Migrate the service's database; answers the steps that were taken. Raises Unavailable.

    Topics that are new to this release get the states that the database has had all along.
    """
    url = runtime.database.engine.url
    if url.get_backend_name() == "sqlite" and url.database:
        Path(url.database).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _explained():
        steps = migrate(runtime.database.engine, runtime.service.package)
        say_first(runtime.database, runtime.publisher, actor=runtime.service.actor)
    return steps


def lacking(runtime: Runtime) -> list[str]:
    """The migrations that the service's database lacks. Raises Unavailable."""
    with _explained():
        return pending(runtime.database.engine, runtime.service.package)


def insist_on_migrations(runtime: Runtime) -> None:
    """Raise Refusal where the database is older than this release."""
    steps = lacking(runtime)
    if steps:
        name = runtime.service.name
        raise Refusal(
            Sentence(
                zh=f"{name} 的数据库还有 {len(steps)} 个迁移步骤未执行，请先运行 tongxing migrate {name}。",
                en=f"{len(steps)} migrations pending: run tongxing migrate {name}.",
            )
        )


@contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except SQLAlchemyError as error:
        if refusal := turned_away(error):
            raise refusal from error
        if unavailable := as_unavailable(error):
            raise unavailable from error
        raise
