"""A scheduling service of a test's own: its database, its schools, and people who are signed in to it."""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from uuid import UUID

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from joserfc.jwk import OKPKey

from services.scheduling.app import service
from services.scheduling.plans.model import Plan
from services.scheduling.sessions.commands import draft_session
from services.scheduling.sessions.queries import SessionRow, row_of, session_within
from shared.auth import Grant, Principal
from shared.auth.tokens import Signer
from shared.contracts import CONTRACTS
from shared.contracts.directory import KeyChanged, SchoolChanged
from shared.contracts.scheduling import SESSIONS
from shared.db import Transaction
from shared.events.contract import Event, Topic
from shared.events.outbox import outbox
from shared.ids import named, uuid7
from shared.runtime import Runtime
from shared.settings import Settings
from shared.web.app import create_app
from tests.databases import migrated

NOW = datetime(2025, 6, 3, 1, 0, tzinfo=UTC)
START, END = datetime(2025, 6, 10, 0, 30, tzinfo=UTC), datetime(2025, 6, 10, 4, 0, tzinfo=UTC)

HAIXI, QIXINGGUAN = "632800", "520502"
GOLMUD, DELINGHA, PARTNER = (named("school", code) for code in ("3632801001", "3632802007", "3520502001"))

SCHOOLS = (
    SchoolChanged(
        school_id=GOLMUD,
        version=1,
        code="3632801001",
        name="格尔木市第一中学",
        name_en="Golmud No. 1 Middle School",
        stage="junior",
        region_code="632801",
        region_name="格尔木市",
    ),
    SchoolChanged(
        school_id=DELINGHA,
        version=1,
        code="3632802007",
        name="德令哈市第一小学",
        stage="primary",
        region_code="632802",
        region_name="德令哈市",
    ),
    SchoolChanged(
        school_id=PARTNER,
        version=1,
        code="3520502001",
        name="七星关区第一中学",
        stage="junior",
        region_code=QIXINGGUAN,
        region_name="七星关区",
    ),
)

PLANNER = UUID("0197a000-0000-7000-8000-000000000001")


def plan(
    *,
    title: str = "集团治理与管理策略",
    kind: str = "lecture",
    starts_at: datetime = START,
    ends_at: datetime = END,
    place: str = "培训中心报告厅",
    link: str = "",
    invited_schools: tuple[UUID, ...] = (GOLMUD, PARTNER),
) -> Plan:
    """A plan that can be released, but for what the test says otherwise."""
    return Plan.once(
        title=title,
        kind=kind,
        starts_at=starts_at,
        ends_at=ends_at,
        place=place,
        link=link,
        invited_schools=invited_schools,
    )


@dataclass(eq=False)
class World:
    """The service, and the key that signs its people in."""

    runtime: Runtime
    key: OKPKey

    @classmethod
    def make(cls, directory: Path, *, database: str = "") -> "World":
        """Migrated as an operator would, with three schools from directory; on SQLite unless `database` is given."""
        settings = Settings(data=directory, database=database)
        migrated(settings.database_url(service.name), service.package)
        runtime = Runtime(service, settings, clock=lambda: NOW)
        key = OKPKey.generate_key("Ed25519")
        key.ensure_kid()
        assert key.kid is not None
        state = KeyChanged(
            key_id=key.kid,
            version=1,
            jwk={name: str(value) for name, value in key.as_dict(private=False).items()},
        )

        def learn(tx: Transaction) -> None:
            for event in (state, *SCHOOLS):
                service.reactions[type(event)](tx, event)

        runtime.database.run(learn, actor="service:test")
        return cls(runtime, key)

    @cached_property
    def app(self) -> Flask:
        """Its pages and its API."""
        return create_app(self.runtime)

    def client(self, *grants: str, language: str = "zh") -> FlaskClient:
        """A browser; signed in where grants are given."""
        client = self.app.test_client()
        client.set_cookie("language", language)
        if grants:
            principal = Principal(account=PLANNER, grants=tuple(Grant.parse(text) for text in grants))
            client.set_cookie("tongxing", Signer(self.key).sign(principal, session=uuid7(), now=NOW))
        return client

    def drafted(self, planned: Plan | None = None, *, region: str = HAIXI) -> SessionRow:
        """A draft that is in the database."""
        planned = planned or plan()
        return self.runtime.database.run(
            lambda tx: row_of(
                draft_session(tx, id_=uuid7(), plan=planned, host_region=region, scopes=["all"])
            ),
            actor=f"account:{PLANNER}",
        )

    def now(self, session_id: UUID) -> SessionRow:
        """The session as it is."""
        with self.runtime.database.reading() as db:
            return session_within(db, session_id, ["all"])

    def sent(self, topic: Topic = SESSIONS) -> list[Event]:
        """What the service has told the others on a topic, in order."""
        with self.runtime.database.reading() as db:
            rows = db.execute(
                sa.select(outbox.c.type, outbox.c.value)
                .where(outbox.c.topic == topic.name)
                .order_by(outbox.c.seq)
            ).all()
        contracts = {contract.type: contract for contract in CONTRACTS}
        return [contracts[row.type].decode(row.value) for row in rows]
