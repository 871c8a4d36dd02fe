"""A forgotten password: the same answer for everybody, one mail with a link that works once, no trace of its secret."""

import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from aiosmtpd.controller import Controller

from services.directory.accounts.commands import open_account
from services.directory.accounts.model import Account, SignInLink
from services.directory.app import service
from services.directory.recovery.commands import mail_link
from shared.auth import Grant
from shared.db import Transaction
from shared.errors import Invalid
from shared.jobs import Done, Step
from shared.jobs.tables import jobs
from shared.settings import Settings
from tests.builders import SOMEBODY, House, house


class Post:
    """Takes mail."""

    def __init__(self) -> None:
        self.letters: list[bytes] = []

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802  aiosmtpd calls it so
        self.letters.append(envelope.content)
        return "250 OK"


@contextmanager
def post_office() -> Iterator[tuple[Post, str]]:
    post = Post()
    with socket.create_server(("127.0.0.1", 0)) as free:  # the controller itself cannot ask for any free port
        port = free.getsockname()[1]
    controller = Controller(post, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield post, f"smtp://127.0.0.1:{port}"
    finally:
        controller.stop()


@pytest.fixture
def mailing(tmp_path: Path) -> Iterator[House]:
    with house(service, tmp_path) as made:
        made.runtime.settings = Settings(
            data=tmp_path, smtp_url="smtp://127.0.0.1:1", mail_from="同行 <office@example.org>"
        )

        def work(tx: Transaction) -> None:
            account = open_account(tx, id_=SOMEBODY, name="陈文静", grants=(Grant("auditor", "all"),))
            account.login, account.mail, account.language = "chen", "chen@example.org", "en"

        made.database.run(work, actor="service:test")
        yield made


def asked(mailing: House) -> list[dict[str, Any]]:
    with mailing.database.reading() as db:
        return [dict(row) for row in db.scalars(sa.select(jobs.c.arguments))]


def step(mailing: House) -> Step:
    return Step(
        job_id="1",
        kind="sign-in-mail",
        arguments={"account_id": str(SOMEBODY)},
        checkpoint=None,
        requested_by="link:forgotten",
        attempt=1,
        reading=mailing.database.reading,
        keep=lambda: None,
    )


def test_the_answer_is_the_same_whether_there_is_such_an_account(mailing: House) -> None:
    pages = [
        mailing.client().post("/forgotten", data={"login": said}).text
        for said in ("chen", "Chen@example.org", "nobody")
    ]

    assert len(set(pages)) == 1
    assert asked(mailing) == [{"account_id": str(SOMEBODY)}] * 2


def test_nobody_floods_a_mailbox(mailing: House) -> None:
    answers = [mailing.client().post("/forgotten", data={"login": "chen"}).status_code for _ in range(12)]

    assert answers == [200] * 10 + [429] * 2
    assert len(asked(mailing)) == 10


def test_the_mailed_link_sets_a_password_once_and_its_secret_is_kept_nowhere(mailing: House) -> None:
    with post_office() as (post, url):
        done = mail_link(step(mailing), settings=replace(mailing.runtime.settings, smtp_url=url))
    assert isinstance(done, Done)
    assert done.effect is not None
    mailing.database.run(done.effect, actor="link:forgotten")
    (raw,) = post.letters
    letter = message_from_bytes(raw, policy=policy.default)
    body = letter.get_content()
    found = re.search(r"(/sign-in/\S+)", body)
    assert found is not None

    new = {"login": "chen", "password": "four cold summers", "again": "four cold summers"}
    assert letter["To"] == "chen@example.org"
    assert letter["Subject"] == "Tongxing: choose a new password"
    assert mailing.client().post(found[1], data=new).status_code == 303
    assert mailing.client().post(found[1], data=new, headers={"Accept": "text/html"}).status_code == 409
    with mailing.database.reading() as db:
        kept = db.query(SignInLink).one()
        assert found[1].removeprefix("/sign-in/") not in str(vars(kept))


def test_no_mail_to_who_was_disabled_meanwhile(mailing: House) -> None:
    def stop(tx: Transaction) -> None:
        tx.load(Account, SOMEBODY).disable(reason="离职", now=tx.now)

    mailing.database.run(stop, actor="service:test")

    assert mail_link(step(mailing), settings=mailing.runtime.settings) == Done()


def test_a_server_that_does_not_answer_is_tried_again_and_wrong_settings_are_a_sentence(
    mailing: House,
) -> None:
    with pytest.raises(ConnectionRefusedError):
        mail_link(step(mailing), settings=mailing.runtime.settings)
    with pytest.raises(Invalid, match="TONGXING_SMTP_URL"):
        mail_link(step(mailing), settings=replace(mailing.runtime.settings, smtp_url="post.example"))


def test_without_a_mail_server_the_page_says_whom_to_ask(directory: House) -> None:
    assert "协调员" in directory.client().get("/forgotten").text
    assert directory.client().post("/forgotten", data={"login": "chen"}).status_code == 409
