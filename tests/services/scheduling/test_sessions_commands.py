"""Commands on a database: what is kept, what is sent with it, and what lies out of reach."""

from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

import pytest

from services.scheduling.app import service
from services.scheduling.certificates.queries import certificates_of
from services.scheduling.claims.queries import conflicts_of
from services.scheduling.hosting.model import host_for, own_regions
from services.scheduling.hosting.queries import RegionRow, called, hosts_offered, regions
from services.scheduling.outcomes.queries import Asking, outcomes_of
from services.scheduling.programmes.queries import programmes_within
from services.scheduling.sessions.commands import (
    cancel_session,
    draft_session,
    release_session,
    revise_session,
)
from services.scheduling.sessions.queries import sessions_of, sessions_within
from shared.contracts.scheduling import ATTENDANCE, Occurrence, SessionCancelled, SessionReleased
from shared.db import Transaction
from shared.errors import Forbidden, Invalid, NotFound, Refusal
from shared.ids import named, uuid7
from shared.roster import School
from shared.text import Sentence
from tests.services.scheduling.world import DELINGHA, GOLMUD, HAIXI, NOW, PARTNER, QIXINGGUAN, World, plan

OURS, THEIRS = ["region:632800"], ["region:520502"]

Change = Callable[[Transaction, UUID, list[str], int | None], object]


def revised(tx: Transaction, id_: UUID, scopes: list[str], seen: int | None = None) -> object:
    return revise_session(tx, session_id=id_, plan=plan(title="新的名称"), scopes=scopes, seen=seen)


def released(tx: Transaction, id_: UUID, scopes: list[str], seen: int | None = None) -> object:
    return release_session(tx, session_id=id_, scopes=scopes, seen=seen)


def cancelled(tx: Transaction, id_: UUID, scopes: list[str], seen: int | None = None) -> object:
    return cancel_session(tx, session_id=id_, reason="道路结冰", scopes=scopes, seen=seen)


def do(world: World, change: Change, id_: UUID, scopes: list[str], seen: int | None = None) -> None:
    world.runtime.database.run(lambda tx: change(tx, id_, scopes, seen), actor="account:1")


def test_from_draft_to_cancellation(either_world: World) -> None:
    drafted = either_world.drafted()
    assert (drafted.version, drafted.state, either_world.sent()) == (1, "draft", [])

    do(either_world, revised, drafted.id, OURS)
    do(either_world, released, drafted.id, OURS)
    do(either_world, cancelled, drafted.id, OURS)

    assert either_world.sent() == [
        SessionReleased(
            session_id=drafted.id,
            version=3,
            title="新的名称",
            kind="lecture",
            starts_at=drafted.starts_at,
            ends_at=drafted.ends_at,
            place="培训中心报告厅",
            link="",
            invited_schools=[GOLMUD],  # across the border nobody has agreed
            occurrences=(
                Occurrence(starts_at=drafted.starts_at, ends_at=drafted.ends_at, place="培训中心报告厅"),
            ),
            host_region=HAIXI,
        ),
        SessionCancelled(
            session_id=drafted.id,
            version=4,
            title="新的名称",
            reason="道路结冰",
            invited_schools=[GOLMUD],  # across the border nobody has agreed
        ),
    ]
    now = either_world.now(drafted.id)
    assert now == replace(
        drafted,
        version=4,
        title="新的名称",
        state="cancelled",
        reason="道路结冰",
        invited_schools=(GOLMUD,),
        awaiting_schools=(PARTNER,),
        released_at=NOW,
        cancelled_at=NOW,
        why_not=now.why_not,
    )
    assert {verb for verb, reason in now.why_not.items() if reason is None} == set()


@pytest.mark.parametrize("change", [revised, released, cancelled])
def test_what_another_region_hosts_is_not_there(world: World, change: Change) -> None:
    drafted = world.drafted()

    with pytest.raises(NotFound):
        do(world, change, drafted.id, THEIRS)

    assert (world.now(drafted.id), world.sent()) == (drafted, [])


@pytest.mark.parametrize("change", [revised, released, cancelled])
def test_what_has_changed_since_it_was_seen_is_not_changed_blindly(world: World, change: Change) -> None:
    drafted = world.drafted()
    do(world, revised, drafted.id, OURS, 1)

    with pytest.raises(Refusal, match="has changed since"):
        do(world, change, drafted.id, OURS, 1)

    assert (world.now(drafted.id).version, world.sent()) == (2, [])


def test_schools_that_the_register_does_not_know_are_not_invited(world: World) -> None:
    stranger = plan(invited_schools=(GOLMUD, named("school", "0000000000")))
    with pytest.raises(Invalid) as refused:
        world.drafted(stranger)
    assert refused.value.field == "invited_schools"

    drafted = world.drafted()
    with pytest.raises(Invalid):
        world.runtime.database.run(
            lambda tx: revise_session(tx, session_id=drafted.id, plan=stranger, scopes=OURS), actor="a:1"
        )
    assert world.now(drafted.id) == drafted


def test_nobody_hosts_for_a_region_that_is_not_theirs(world: World) -> None:
    with pytest.raises(Forbidden):
        world.runtime.database.run(
            lambda tx: draft_session(tx, id_=uuid7(), plan=plan(), host_region=QIXINGGUAN, scopes=OURS),
            actor="account:1",
        )


@pytest.mark.parametrize(
    ("chosen", "scopes", "region"),
    [
        ("", ["region:632800"], "632800"),
        ("", ["all"], "000000"),
        ("632801", ["region:632800"], "632801"),
        ("520502", ["all"], "520502"),
        ("520502", ["region:632800", "region:520502"], "520502"),
    ],
)
def test_the_host_is_chosen_or_plain(chosen: str, scopes: list[str], region: str) -> None:
    assert host_for(chosen, scopes) == region


@pytest.mark.parametrize(
    ("chosen", "scopes", "error"),
    [
        ("", ["region:632800", "region:520502"], Invalid),
        ("", ["school:1"], Invalid),
        ("海西", ["all"], Invalid),
        ("000000", ["region:632800"], Forbidden),
    ],
)
def test_the_host_is_theirs_and_a_region(chosen: str, scopes: list[str], error: type[Exception]) -> None:
    with pytest.raises(error):
        host_for(chosen, scopes)


def test_everybody_sees_what_their_regions_host(either_world: World) -> None:
    ours, county, partners = (
        either_world.drafted(region=region).id for region in (HAIXI, "632801", QIXINGGUAN)
    )

    def seen(*scopes: str) -> set[UUID]:
        with either_world.runtime.database.reading() as db:
            return {row.id for row in sessions_within(db, scopes)}

    assert seen("all") == {ours, county, partners}
    assert seen("region:632800") == {ours, county}
    assert seen("region:632801") == {county}
    assert seen("region:632801", "region:520502") == {county, partners}
    assert seen(f"school:{GOLMUD}") == set()
    assert seen() == set()


def test_schools_come_by_county(world: World) -> None:
    with world.runtime.database.reading() as db:
        known = regions(db)

    assert known == [
        RegionRow(
            "520502",
            "七星关区",
            (School(PARTNER, "3520502001", "七星关区第一中学", "", "520502", "七星关区"),),
        ),
        RegionRow(
            "632801",
            "格尔木市",
            (
                School(
                    GOLMUD,
                    "3632801001",
                    "格尔木市第一中学",
                    "Golmud No. 1 Middle School",
                    "632801",
                    "格尔木市",
                ),
            ),
        ),
        RegionRow(
            "632802",
            "德令哈市",
            (School(DELINGHA, "3632802007", "德令哈市第一小学", "", "632802", "德令哈市"),),
        ),
    ]
    assert [code for code, _ in hosts_offered(["all"], known)] == ["000000", "520500", "632800"]
    assert [code for code, _ in hosts_offered(["region:632800"], known)] == ["632800"]
    assert called("632800", known) == Sentence(zh="格尔木市、德令哈市", en="格尔木市、德令哈市")


def test_a_wide_region_is_called_by_its_first_counties() -> None:
    known = [RegionRow(f"63280{n}", f"县{n}", ()) for n in range(1, 6)]

    assert called("632800", known) == Sentence(
        zh="县1、县2、县3等 5 个县（市、区）", en="县1、县2、县3 and 2 more"
    )
    assert called("632801", known) == Sentence(zh="县1", en="县1")
    assert called("110000", known) == Sentence(zh="110000", en="110000")
    assert own_regions(["school:1", "region:632800", "all"]) == ("000000", "632800")


def test_the_demonstration_has_sessions_by_themselves_and_three_classes(world: World) -> None:
    assert service.demonstrate is not None
    world.runtime.database.run(service.demonstrate, actor=service.actor)

    with world.runtime.database.reading() as db:
        rows = sessions_within(db, OURS, alone=True)
        classes = programmes_within(db, ["all"])
        collide = [
            (session.title, each.label, each.title)
            for session in sessions_of(db, classes[0].id)
            for each in conflicts_of(db, [session.id], ["all"])[session.id]
            if each.firm
        ]
    assert [(row.title, row.state, len(row.invited_schools)) for row in rows] == [
        ("小学数学线上集体备课", "released", 5),
        ("全州教育集团化办学推进会", "released", 9),
        ("集团治理与管理策略", "draft", 9),
        ("集团内联合教研现场（同课异构）", "draft", 5),
        ("州区结对：初中数学同课异构联合教研", "released", 5),
        ("小学语文集体备课：海西与七星关", "released", 1),
    ]
    assert [row.why_not["release"] for row in rows[2:4]] == [None, None]
    assert [type(event) for event in world.sent() if isinstance(event, SessionReleased)] == [
        SessionReleased
    ] * 5
    assert [(row.title, row.sessions, row.drafts, row.trainees) for row in classes] == [
        ("海西州城乡一体化发展暨教育集团化办学培训班", 17, 17, 27),
        ("海西州中小学校长能力提升班（2025 年春季）", 6, 0, 15),
        ("七星关区义务教育高质量发展（长水）第二期校长研修班", 13, 0, 66),
    ]
    with world.runtime.database.reading() as db:
        assert {len(outcomes_of(db, row.id, Asking(scopes=frozenset({"all"})))) for row in classes} == {
            27,
            15,
            66,
        }
        assert [len(certificates_of(db, row.id)) for row in classes] == [0, 15, 65]
    assert len(world.sent(ATTENDANCE)) == 6 * 15  # of those whom the directory has
    assert collide == [
        ("教育集团化办学政策解读", "何晓梅", "全州教育集团化办学推进会"),
        ("教育集团化办学政策解读", "培训中心报告厅", "全州教育集团化办学推进会"),
        ("案例分享：以信息化打破地域限制，开展集团内联合教研", "陈文静", "集团化办学的海西经验"),
    ]
