"""What tests of pages, rules and services build: events, a clock, and a service with people signed in to it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from joserfc.jwk import OKPKey

from shared.auth import Grant, Principal
from shared.auth.keys import keep_key
from shared.auth.tokens import Signer
from shared.contracts.directory import KeyChanged, SchoolChanged
from shared.contracts.scheduling import SessionCancelled, SessionReleased
from shared.db import Cause, Database, Transaction
from shared.events.contract import CONTRACTS, Event
from shared.events.outbox import outbox
from shared.ids import named, uuid7
from shared.runtime import Runtime
from shared.service import Service
from shared.settings import Settings
from shared.web.app import create_app
from tests.databases import migrated

NOW = datetime(2025, 6, 3, 1, 0, tzinfo=UTC)
SOMEBODY = UUID("0197a000-0000-7000-8000-000000000001")
SESSION = UUID("0197a000-0000-7000-8000-000000000002")

#: Two schools of Haixi, in two counties, and one of another province.
GOLMUD, DELINGHA, PARTNER = (named("school", code) for code in ("3632801001", "3632802007", "3520502001"))


@dataclass
class Clock:
    """Stands until it is moved."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def move(self, by: timedelta) -> None:
        self.now += by


def school(
    *,
    school_id: UUID = GOLMUD,
    version: int = 1,
    code: str = "3632801001",
    name: str = "格尔木市第一中学",
    name_en: str = "Golmud No. 1 Middle School",
    stage: str = "junior",
    region_code: str = "632801",
    region_name: str = "格尔木市",
) -> SchoolChanged:
    return SchoolChanged(
        school_id=school_id,
        version=version,
        code=code,
        name=name,
        name_en=name_en,
        stage=stage,
        region_code=region_code,
        region_name=region_name,
    )


def three_schools() -> tuple[SchoolChanged, ...]:
    delingha = school(
        school_id=DELINGHA,
        code="3632802007",
        name="德令哈市第一小学",
        name_en="",
        stage="primary",
        region_code="632802",
        region_name="德令哈市",
    )
    partner = school(
        school_id=PARTNER,
        code="3520502001",
        name="七星关区第一中学",
        name_en="",
        region_code="520502",
        region_name="七星关区",
    )
    return school(), delingha, partner


def released(
    *,
    session_id: UUID = SESSION,
    version: int = 2,
    title: str = "集团治理与管理策略",
    link: str = "",
    invited_schools: tuple[UUID, ...] = (GOLMUD, PARTNER),
    starts_at: datetime = datetime(2025, 6, 10, 0, 30, tzinfo=UTC),
    ends_at: datetime = datetime(2025, 6, 10, 4, 0, tzinfo=UTC),
) -> SessionReleased:
    return SessionReleased(
        session_id=session_id,
        version=version,
        title=title,
        kind="lecture",
        starts_at=starts_at,
        ends_at=ends_at,
        place="培训中心报告厅",
        link=link,
        invited_schools=list(invited_schools),
    )


def cancelled(
    *, session_id: UUID = SESSION, invited_schools: tuple[UUID, ...] = (GOLMUD, PARTNER)
) -> SessionCancelled:
    return SessionCancelled(
        session_id=session_id,
        version=3,
        title="集团治理与管理策略",
        reason="主讲人临时有事",
        invited_schools=list(invited_schools),
    )


def new_key() -> OKPKey:
    """A signing key with its id."""
    key = OKPKey.generate_key("Ed25519")
    key.ensure_kid()
    return key


def published(key: OKPKey, *, version: int = 1, retired: bool = False) -> KeyChanged:
    """What directory says of a key."""
    jwk = {name: str(value) for name, value in key.as_dict(private=False).items()}
    return KeyChanged(key_id=str(key.kid), version=version, jwk=jwk, retired=retired)


def who(*grants: str) -> Principal:
    return Principal(account=SOMEBODY, grants=tuple(Grant.parse(text) for text in grants))


@dataclass(eq=False)
class House:
    """One service with a migrated database of its own; `key` signs people in to it."""

    runtime: Runtime
    clock: Clock
    key: OKPKey

    @property
    def database(self) -> Database:
        return self.runtime.database

    def app(self) -> Flask:
        return create_app(self.runtime)

    def client(self, *grants: str, language: str | None = "zh", app: Flask | None = None) -> FlaskClient:
        """A browser; signed in where grants are given."""
        client = (app or self.app()).test_client()
        if language:
            client.set_cookie("language", language)
        if grants:
            client.set_cookie("tongxing", self.token(*grants))
        return client

    def token(self, *grants: str) -> str:
        return Signer(self.key).sign(who(*grants), session=uuid7(), now=self.clock())

    def hear(self, *events: Event, event_id: str | None = None, happened_at: datetime | None = None) -> None:
        """Let the service's reactions answer events, as its consumer does after the inbox."""
        for event in events:
            cause = Cause(event_id or str(uuid7()), self.runtime.service.name, happened_at or self.clock())
            with self.database.begin() as db:
                tx = Transaction(
                    db=db,
                    now=self.clock(),
                    actor=self.runtime.service.actor,
                    emitter=self.runtime.emitter,
                    cause=cause,
                )
                self.runtime.service.reactions[type(event)](tx, event)

    def said(self) -> list[Event]:
        """What the service has told the others, in order."""
        contracts = {contract.type: contract for contract in CONTRACTS}
        with self.database.reading() as db:
            rows = db.execute(sa.select(outbox.c.type, outbox.c.value).order_by(outbox.c.seq)).all()
        return [contracts[row.type].decode(row.value) for row in rows]


@contextmanager
def house(
    service: Service, directory: Path, *, database: str = "", key: OKPKey | None = None
) -> Iterator[House]:
    """The service as an operator would have it, on SQLite or where `database` says, knowing the house's key.

    A file of its database that lies in `directory` is taken as it is.
    """
    clock, settings = Clock(), Settings(data=directory, database=database)
    migrated(settings.database_url(service.name), service.package)
    runtime = Runtime(service, settings, clock=clock)
    made = House(runtime, clock, key or new_key())
    made.database.run(lambda tx: keep_key(tx, published(made.key)), actor="service:test")
    try:
        yield made
    finally:
        runtime.close()


@contextmanager
def counted(database: Database) -> Iterator[list[str]]:
    """The queries that readers of the database send meanwhile."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith("BEGIN"):
            sent.append(statement)

    readers = database._readers
    sa.event.listen(readers, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        sa.event.remove(readers, "before_cursor_execute", note)
