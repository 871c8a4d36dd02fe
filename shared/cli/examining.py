"""What `tongxing doctor` looks at. Each finding says what is wrong and what to do, or that all is well."""

import difflib
import os
import stat
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from alembic.util import CommandError

from shared import discovery
from shared.auth.keys import trusted
from shared.cli.topics import differences
from shared.errors import TongxingError
from shared.events.broker import BrokerUnavailable
from shared.observe.masking import masked_text
from shared.runtime import Runtime
from shared.serving.preparing import lacking
from shared.serving.turned_away import turned_away
from shared.settings import Settings

#: How far the database's clock may be from ours: leases and retries are counted in seconds.
_SKEW = timedelta(seconds=5)

#: Variables that are ours but no settings: of the tests, and of compose.
_OTHERS = ("TONGXING_TEST_", "TONGXING_PROOF")


@dataclass(frozen=True, slots=True)
class Examined:
    """One thing that was looked at: what was seen, and what is wrong with it, with what to do."""

    what: str
    seen: str = ""
    wrong: str | None = None


def examine(
    settings: Settings, services: Sequence[str], environment: Mapping[str, str]
) -> Iterator[Examined]:
    """Look at everything, one thing after the other. Never raises for what it finds."""
    yield Examined("configuration", f"{settings.base_url}, data in {settings.data.resolve()}")
    yield from _variables(environment)
    yield from _directory(settings)
    try:
        found = discovery.load_chosen(services)
    except TongxingError as error:
        yield Examined("services", wrong=str(error))
        return
    yield Examined("services", ", ".join(f"{service.name} {service.version}" for service in found))
    for service in found:
        runtime = Runtime(service, settings)
        try:
            yield from _service(runtime)
        finally:
            runtime.close()


def _variables(environment: Mapping[str, str]) -> Iterator[Examined]:
    known = {f"TONGXING_{field.name.upper()}" for field in fields(Settings)}
    for name in sorted(environment):
        plain = name.removesuffix("_FILE")
        if name.startswith("TONGXING_") and plain not in known and not name.startswith(_OTHERS):
            near = difflib.get_close_matches(plain, known, n=1)
            hint = f" Did you mean {near[0]}?" if near else ""
            yield Examined("configuration", wrong=f"{name} is no setting and has no effect.{hint}")


def _directory(settings: Settings) -> Iterator[Examined]:
    directory = settings.data
    if not directory.exists():
        if settings.database and settings.broker:
            return  # nothing of ours lies there
        yield Examined(
            "data", wrong=f"{directory} does not exist yet: tongxing up or tongxing migrate makes it."
        )
    elif not os.access(directory, os.W_OK | os.X_OK):
        yield Examined("data", wrong=f"{directory} cannot be written: give this user the rights to it.")
    else:
        mode = stat.S_IMODE(directory.stat().st_mode)
        open_to = (
            f"{directory} is open to others (mode {mode:o}): chmod 700 {directory}." if mode & 0o077 else None
        )
        yield Examined("data", str(directory), open_to)
        for path in sorted(directory.glob("*.pem")):
            yield _key_file(path.name, path.stat().st_mode, readable=os.access(path, os.R_OK))


def _key_file(name: str, mode: int, *, readable: bool) -> Examined:
    if not readable:
        return Examined(
            "signing key", wrong=f"{name} cannot be read: give it to the user who runs the service."
        )
    if stat.S_IMODE(mode) & 0o077:
        return Examined("signing key", wrong=f"{name} can be read by others: chmod 600 {name}.")
    return Examined("signing key", f"{name}, for its owner alone")


def _service(runtime: Runtime) -> Iterator[Examined]:
    name = runtime.service.name
    database = _asked(f"{name} database", lambda: _database(runtime))
    yield database
    if database.wrong is None:
        migrations = _asked(f"{name} migrations", lambda: _migrations(runtime))
        yield migrations
        yield _asked(f"{name} clock", lambda: _clock(runtime))
        if migrations.wrong is None:
            yield _asked(f"{name} keys", lambda: _keys(runtime))
    yield _asked(f"{name} broker", lambda: _broker(runtime))
    yield _retention(runtime)
    for finding in runtime.service.examine(runtime) if runtime.service.examine else ():
        wrong = None if finding.wrong is None else str(finding.wrong)
        yield Examined(f"{name} {finding.check}", wrong=wrong)


def _asked(what: str, ask: Callable[[], Examined]) -> Examined:
    try:
        return ask()
    except TongxingError as error:
        return Examined(what, wrong=masked_text(str(turned_away(error) or error)))
    except (BrokerUnavailable, sa.exc.SQLAlchemyError) as error:
        return Examined(what, wrong=masked_text(str(error).partition("\n")[0]))


def _database(runtime: Runtime) -> Examined:
    what = f"{runtime.service.name} database"
    with runtime.database.reading() as db:
        if runtime.database.engine.dialect.name == "sqlite":
            version = db.scalar(sa.text("SELECT sqlite_version()"))
            return Examined(what, f"SQLite {version}, {runtime.database.engine.url.database}")
        row = db.execute(
            sa.text(
                "SELECT current_setting('server_version') AS version, current_database() AS name, current_user AS owner"
            )
        ).one()
    return Examined(what, f"PostgreSQL {row.version}, database {row.name} as {row.owner}")


def _migrations(runtime: Runtime) -> Examined:
    name = runtime.service.name
    try:
        steps = lacking(runtime)
    except CommandError:
        return Examined(
            f"{name} migrations",
            wrong=f"The database is of a newer release, or of another service: check TONGXING_DATABASE, or upgrade {name}.",
        )
    wrong = f"{len(steps)} migrations pending: run tongxing migrate {name}." if steps else None
    return Examined(f"{name} migrations", "none pending", wrong)


def _clock(runtime: Runtime) -> Examined:
    what = f"{runtime.service.name} clock"
    if runtime.database.engine.dialect.name == "sqlite":
        return Examined(what, "the same machine's")
    with runtime.database.reading() as db:
        there: datetime = db.scalars(sa.select(sa.func.clock_timestamp())).one()
    skew = abs(runtime.clock() - there.astimezone(UTC))
    wrong = None
    if skew > _SKEW:
        wrong = f"The database's clock is {skew.total_seconds():.0f} s away from this machine's: synchronise both (NTP)."
    return Examined(what, f"{skew.total_seconds():.1f} s apart", wrong)


def _keys(runtime: Runtime) -> Examined:
    what = f"{runtime.service.name} keys"
    with runtime.database.reading() as db:
        known = len(trusted(db))
    if known:
        return Examined(what, f"{known} to verify signatures with")
    return Examined(
        what,
        wrong="It knows no key to verify signatures with, so nobody can sign in here: start directory and this "
        "service's worker; if that does not help, tongxing events republish --service directory --all.",
    )


def _broker(runtime: Runtime) -> Examined:
    what = f"{runtime.service.name} broker"
    runtime.broker.ping()
    needed = {**runtime.topics, **runtime.topics_read}
    wrong = differences(list(needed.values()), runtime.broker.describe(needed))
    return Examined(what, masked_text(runtime.settings.broker_url), " ".join(wrong) or None)


def _retention(runtime: Runtime) -> Examined:
    what = f"{runtime.service.name} retention"
    short = runtime.windows.shortfall(runtime.topics_read.values())
    if not short:
        return Examined(what, "the inbox outlives what may come again")
    names = ", ".join(topic.name for topic in short)
    longest = max(topic.retention for topic in short if topic.retention is not None)
    return Examined(
        what,
        wrong=f"{names} keeps records longer than the inbox knows them, so that reading again would apply them twice: "
        f"set TONGXING_KEEP_INBOX to more than {longest.days}d.",
    )
