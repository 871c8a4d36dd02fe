"""The table: each event is told to whom it concerns, once each, in words that lack nothing."""

from datetime import date, timedelta
from uuid import UUID

import msgspec
import pytest
import sqlalchemy as sa

from services.notifications.inbox.commands import read_notice
from services.notifications.inbox.commands.telling import FILLED
from services.notifications.inbox.model import WORDS, Copy, Notice, needed, said
from services.notifications.inbox.policies import TABLE, audience, holds
from services.notifications.inbox.queries import accounts_concerned
from shared.contracts.directory import AccountChanged
from shared.contracts.exchange import AgreementChanged, PlacementChanged
from shared.contracts.resources import AccessAnswered, RecordingPublished
from shared.contracts.scheduling import InvitationAnswered, InvitationOpened
from shared.errors import NotFound
from shared.ids import named
from shared.text import Sentence
from tests.builders import DELINGHA, GOLMUD, NOW, PARTNER, SESSION, SOMEBODY, House, released, school

HAIXI, QIXINGGUAN = "coordinator@region:632800", "coordinator@region:520502"


OTHER = named("test", "account")


def account(*grants: str, account_id: UUID = SOMEBODY) -> AccountChanged:
    return AccountChanged(
        account_id=account_id,
        version=1,
        enabled=True,
        signed_out_before=None,
        ended_sessions=(),
        grants=grants,
    )


def opened(*, agreed: bool = False, session: UUID | None = SESSION) -> InvitationOpened:
    return InvitationOpened(
        invitation_id=named("test", "invitation"),
        version=1,
        title="集团治理与管理策略",
        host_region="632800",
        region_code="520502",
        session_id=session,
        programme_id=None if session else named("test", "programme"),
        agreed=agreed,
        starts_at=NOW,
        ends_at=NOW,
        schools=[PARTNER, PARTNER],
    )


def answered(**of: str) -> InvitationAnswered:
    return InvitationAnswered(
        invitation_id=named("test", "invitation"),
        version=2,
        title="集团治理与管理策略",
        host_region="632800",
        region_code="520502",
        session_id=SESSION,
        by=of.get("by", "region"),
        answer=of.get("answer", "refused"),
        schools=[],
        reason=of.get("reason", ""),
    )


def placement(state: str, step: str) -> PlacementChanged:
    return PlacementChanged(
        placement_id=named("test", "placement"),
        version=5,
        person_id=named("test", "person"),
        origin_school_id=GOLMUD,
        host_school_id=PARTNER,
        origin_region="632801",
        host_region="520502",
        kind="rotation",
        state=state,
        starts_on=date(2025, 9, 1),
        ends_on=date(2026, 7, 10),
        relation_moves=False,
        step=step,
        changed_at=NOW,
    )


@pytest.mark.parametrize("kind", WORDS)
def test_templates_ask_for_nothing_that_their_rows_lack(kind: str) -> None:
    rows = [row for rows in TABLE.values() for row in rows if row.kind == kind]
    for row in rows:
        assert needed(kind) <= FILLED | row.names.keys(), row
    template = WORDS[kind]
    assert template.zh
    assert template.en


def test_every_row_has_its_template() -> None:
    assert {row.kind for rows in TABLE.values() for row in rows} <= WORDS.keys()


def test_a_variable_that_is_missing_leaves_a_gap_and_what_was_typed_stays_text() -> None:
    typed = Sentence(zh="{host}<b>=1", en="{host}<b>=1")
    made = said("region_asked", {"title": typed})
    assert made.zh == "…邀请本区域的学校参加《{host}<b>=1》，请协调员答复。"


def test_overlapping_fields_name_each_school_once() -> None:
    event = released(invited_schools=(GOLMUD, DELINGHA, GOLMUD))
    assert audience(TABLE[type(event)][0], event).schools == (GOLMUD, DELINGHA)


def test_a_placement_is_told_by_the_step_that_decides_and_by_no_later_one() -> None:
    rows = TABLE[PlacementChanged]
    told = [row.kind for row in rows if holds(row, placement("agreed", "agree"))]
    assert told == ["placement_agreed"]
    assert [row.kind for row in rows if holds(row, placement("agreed", "extend"))] == ["placement_extended"]
    assert not any(holds(row, placement("agreed", "note")) for row in rows)


def test_what_a_compacted_topic_still_knows_of_last_year_is_no_news(post: House) -> None:
    ancient = msgspec.structs.replace(placement("agreed", "agree"), changed_at=NOW - timedelta(days=300))
    said_again = msgspec.structs.replace(placement("agreed", "agree"), version=6)
    post.hear(ancient, event_id="replayed")
    for event_id in ("first", "second"):
        post.hear(said_again, event_id=event_id)
    with post.database.reading() as db:
        assert list(db.scalars(sa.select(Notice.kind))) == ["placement_agreed"]


def test_all_parties_hear_of_an_agreement_and_each_school_of_a_recording_once(post: House) -> None:
    post.hear(account(HAIXI, account_id=OTHER))
    agreement = AgreementChanged(
        agreement_id=named("test", "agreement"),
        version=3,
        title="海西州与七星关区结对协议",
        parties=("region:632800", f"school:{PARTNER}"),
        state="agreed",
        content=1,
        sha256="",
        starts_on=date(2025, 9, 1),
        ends_on=date(2026, 8, 31),
        step="approve",
    )
    published = RecordingPublished(
        session_id=SESSION, item_id=named("test", "item"), version=1, title="大单元教学", schools=(PARTNER,)
    )
    post.hear(agreement)
    for event_id in ("published", "published again"):
        post.hear(published, event_id=event_id)

    partner = post.client(f"liaison@school:{PARTNER}").get("/notifications/").text
    assert partner.count("《海西州与七星关区结对协议》各方都已同意") == 1
    assert partner.count("的录像可以看了") == 1
    with post.database.reading() as db:
        assert list(db.scalars(sa.select(Copy.account_id))) == [OTHER]


def test_a_school_hears_whether_it_may_see_what_it_asked_for(post: House) -> None:
    for answer, reason in (("declined", "还在修改"), ("granted", "")):
        request = named("test", answer)
        post.hear(
            AccessAnswered(
                request_id=request,
                item_id=named("test", "item"),
                version=2,
                title="圆的面积",
                school_id=PARTNER,
                answer=answer,
                reason=reason,
            )
        )

    page = post.client(f"liaison@school:{PARTNER}").get("/notifications/").text
    assert "《圆的面积》没有开放。还在修改" in page
    assert "《圆的面积》已经开放。" in page
    assert f"/resources/items/{named('test', 'item')}/access" in page


def test_a_region_that_is_asked_hears_of_it_and_the_host_of_the_answer(post: House) -> None:
    post.hear(account(QIXINGGUAN), account(HAIXI, account_id=OTHER))

    for _ in range(2):
        post.hear(opened(), event_id="asked")
    post.hear(answered(reason="路程太远"), event_id="answered")

    page = post.client(QIXINGGUAN).get("/notifications/").text
    assert (
        "另一个区域邀请本区域的学校参加《集团治理与管理策略》，请协调员答复" in page
    )  # its name has not arrived
    assert f"/scheduling/invitations/{named('test', 'invitation')}" in page
    assert "路程太远" not in page
    with post.database.reading() as db:
        told = db.execute(
            sa.select(Copy.account_id, Notice.said_zh).join(Notice, Notice.seq == Copy.notice_seq)
        ).all()
    assert sorted(told, key=str) == sorted(
        [
            (SOMEBODY, "⟦region:632800⟧邀请本区域的学校参加《集团治理与管理策略》，请协调员答复。"),
            (OTHER, "⟦region:520502⟧不参加《集团治理与管理策略》。路程太远"),
        ],
        key=str,
    )


def test_where_a_county_has_no_coordinator_the_region_above_hears_once(post: House) -> None:
    post.hear(account(HAIXI), account("liaison@region:632801", account_id=OTHER))

    with post.database.reading() as db:
        assert accounts_concerned(db, ["632801", "632800"], []) == [SOMEBODY]


def test_schools_hear_of_a_programme_but_of_a_session_by_its_release(post: House) -> None:
    post.hear(opened(agreed=True), opened(agreed=True, session=None))

    with post.database.reading() as db:
        assert db.scalars(sa.select(Notice.kind)).all() == ["programme_invited"]


def test_who_was_told_reads_it_and_puts_it_away_and_finds_it_again(post: House) -> None:
    post.hear(account(QIXINGGUAN))
    post.hear(opened())
    client = post.client(QIXINGGUAN)
    with post.database.reading() as db:
        notice = db.scalars(sa.select(Notice.id)).one()

    assert "邀请本区域" in client.get("/notifications/?show=unread").text
    assert client.post(f"/notifications/notices/{notice}/archiving").status_code == 303
    assert "邀请本区域" not in client.get("/notifications/").text
    assert "邀请本区域" in client.get("/notifications/?show=archived&q=治理").text
    assert "没有符合条件的通知" in client.get("/notifications/?show=archived&q=别的").text
    with pytest.raises(NotFound):
        post.database.run(
            lambda tx: read_notice(tx, notice_id=notice, schools=[GOLMUD], account=OTHER),
            actor="account:test",
        )

    client.post(f"/notifications/notices/{notice}/archiving", data={"back": "1"})
    assert "邀请本区域" in client.get("/notifications/").text
    assert "邀请本区域" not in client.get("/notifications/?show=unread").text


def test_a_place_is_named_even_where_its_name_arrives_after_the_notice(post: House) -> None:
    moved = named("test", "school")
    post.hear(msgspec.structs.replace(placement("agreed", "agree"), origin_school_id=moved))
    client = post.client(f"liaison@school:{PARTNER}")
    assert "一所学校到七星关区第一中学的教师交流已经商定" in client.get("/notifications/").text

    post.hear(school(school_id=moved, name="大柴旦学校", code="3632857001"))

    page = client.get("/notifications/").text
    assert page.count("大柴旦学校到七星关区第一中学的教师交流已经商定，2025-09-01 至 2026-07-10。") == 1
