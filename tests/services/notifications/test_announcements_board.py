"""The board: by which channels a school was told, whom to call there, and what of it is shown and exported."""

import io
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from openpyxl import load_workbook

from services.notifications.announcements.commands import confirm, draft, send
from services.notifications.announcements.model import Text
from services.notifications.announcements.queries.concerned import contacts_of
from services.notifications.deliveries.model import Delivery
from shared.contracts.directory import AccountChanged, PersonChanged
from shared.db import Transaction
from shared.ids import named, uuid7
from tests.builders import DELINGHA, GOLMUD, House
from tests.services.notifications.channels_of import add

OWN = ("region:632800",)
HAIXI = "coordinator@region:632800"


def person(name: str, school: UUID, post: str) -> PersonChanged:
    return PersonChanged(
        person_id=named("person", name),
        version=1,
        name=name,
        school_id=school,
        organisation_id=None,
        post=post,
    )


def announced(post: House) -> UUID:
    id_ = uuid7()
    text = Text(
        title="报名通知",
        body="请各校确认。",
        scopes=OWN,
        asks=True,
        confirm_by=post.clock() + timedelta(days=5),
    )

    def work(tx: Transaction) -> None:
        draft(tx, id_=id_, text=text, host_region="632800", scopes=OWN)
        tx.db.flush()
        send(tx, announcement_id=id_, scopes=OWN)

    post.database.run(work, actor="account:chen")
    return id_


def told(post: House) -> UUID:
    """Of two schools Golmud has a liaison and two channels, one of which failed; Delingha has a principal, and answered."""
    mail = add(post)
    add(post, "webhook", "https://hooks.golmud.example/in")
    post.hear(
        person("李慧", GOLMUD, "教务主任"),
        person("王强", GOLMUD, "校长"),
        person("才让", DELINGHA, "校长"),
        person("卓玛", DELINGHA, "副校长"),
        AccountChanged(
            account_id=uuid7(),
            version=1,
            enabled=True,
            grants=(f"liaison@school:{GOLMUD}",),
            school_id=GOLMUD,
            person_id=named("person", "李慧"),
        ),
    )
    id_ = announced(post)
    given_up = sa.update(Delivery).where(Delivery.channel_id == mail.id).values(state="given_up")
    post.database.run(lambda tx: bool(tx.db.execute(given_up)), actor="service:test")
    post.database.run(
        lambda tx: confirm(tx, announcement_id=id_, name="才让", schools=[DELINGHA]).id, actor="account:x"
    )
    return id_


def test_channels_and_contacts_of_each_school(post: House) -> None:
    id_ = told(post)

    answer = post.client(HAIXI).get(f"/notifications/api/v1/announcements/{id_}/board")

    said: list[dict[str, Any]] = answer.get_json()
    rows = {row["school_id"]: row for row in said}
    golmud, delingha = rows[str(GOLMUD)], rows[str(DELINGHA)]
    assert (golmud["state"], golmud["contact"]) == ("failed", "李慧")
    assert sorted((way["kind"], way["state"]) for way in golmud["ways"]) == [
        ("email", "given_up"),
        ("webhook", "queued"),
    ]
    assert (delingha["state"], delingha["contact"], delingha["ways"]) == ("confirmed", "才让", [])


def test_a_filter_holds_for_the_page_and_for_what_is_exported(post: House) -> None:
    path = f"/notifications/announcements/{told(post)}"
    client = post.client(HAIXI)

    def shown(query: str) -> set[str]:
        page, sheet = client.get(f"{path}{query}"), client.get(f"{path}/export.xlsx{query}")
        assert (page.status_code, sheet.status_code) == (200, 200)
        table = page.text[page.text.index('id="board"') :]
        contacts = {name for name in ("李慧", "才让") if name in table}
        rows = list(load_workbook(io.BytesIO(sheet.data)).worksheets[0].iter_rows(values_only=True))
        assert {str(row[7]) for row in rows[2:]} == contacts  # behind the title and the heads
        return contacts

    assert shown("") == {"李慧"}  # who has not confirmed, unless asked otherwise
    assert shown("?state=all") == {"李慧", "才让"}
    assert shown("?state=confirmed") == {"才让"}
    assert shown("?state=unopened") == set()
    assert shown("?state=all&region=632802") == {"才让"}
    assert shown("?state=all&q=德令哈") == {"才让"}
    assert client.get(f"{path}?colour=red").status_code == 422


@pytest.mark.parametrize(
    ("title", "leads"),
    [
        ("校长", True),
        ("党委副书记、校长", True),
        ("园长", True),
        ("副校长", False),
        ("校长助理", False),
        ("校长办公室主任", False),
    ],
)
def test_who_leads_a_school_by_the_register(post: House, title: str, *, leads: bool) -> None:
    post.hear(person("王强", GOLMUD, title))

    with post.database.reading() as db:
        assert contacts_of(db, [GOLMUD]) == ({GOLMUD: "王强"} if leads else {})
