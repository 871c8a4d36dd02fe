"""Who is counted: the rules asked of a roll in SQL against the same rules read by hand, and what moves a verdict."""

import random
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from services.exchange.compliance.commands import close_year, foretell, reopen_year
from services.exchange.compliance.policies import Figures
from services.exchange.compliance.queries.counting import reopenings
from services.exchange.compliance.queries.people import people
from services.exchange.rules.model import RegionRules
from shared.contracts.directory import PersonChanged, SchoolChanged
from shared.contracts.exchange import ExchangeTask
from shared.errors import Forbidden, Invalid, NotFound, Refusal
from tests.builders import House
from tests.services.exchange.rota import COUNTY, a_school, a_teacher, decided, opened, placed, stand

#: After the snapshot day of 2025/26, and after its end.
NOVEMBER, AFTER = datetime(2025, 11, 3, tzinfo=UTC), datetime(2026, 9, 20, tzinfo=UTC)


def _months(since: str, until: str) -> int:
    return (int(until[:4]) - int(since[:4])) * 12 + int(until[5:7]) - int(since[5:7])


def by_hand(  # noqa: PLR0911  one question after the other, as on paper
    person: PersonChanged, school: SchoolChanged, rules: RegionRules, day: str
) -> str:
    """The rules as an office reads them, person by person; the words of why somebody is not eligible."""
    if school.setting not in rules.senders and school.code not in rules.named:
        return "school"
    taught = {"nine_year": {"primary", "junior"}, "twelve_year": {"primary", "junior", "senior"}}.get(
        school.stage, {school.stage}
    )
    if not taught & set(rules.stages) or (person.stage and person.stage not in rules.stages):
        return "stage"
    if person.post in rules.principal_posts:
        return "principal"
    if any(word in person.post + person.title for word in rules.excluded):
        return "post"
    if person.since and _months(person.since, day) < 0:
        return "later"
    if rules.years and person.since and _months(person.since, day) // 12 < rules.years:
        return "years"
    oldest = {"男": rules.oldest_men, "女": rules.oldest_women}.get(person.sex)
    if oldest is not None and person.birth and _months(person.birth, day) // 12 > oldest:
        return "age"
    return ""


RULES = (
    RegionRules(),
    RegionRules(years=1, oldest_men=None, oldest_women=None, senders=("town",), named=("S3",)),
    RegionRules(years=None, stages=("junior",), excluded=(), senders=("urban", "rural"), snapshot="03-01"),
)


@pytest.mark.parametrize("rules", RULES)
def test_the_database_reads_the_rules_as_an_office_does(either_office: House, rules: RegionRules) -> None:
    office, draw = either_office, random.Random(5)  # noqa: S311  made-up people
    schools = [
        a_school(f"S{number}", stage=stage, setting=setting)
        for number, (stage, setting) in enumerate(
            (stage, setting)
            for stage in ("primary", "nine_year", "senior", "twelve_year", "kindergarten")
            for setting in ("urban", "town", "rural", "")
        )
    ]
    everybody = [
        a_teacher(
            f"人{number}",
            draw.choice(schools).code,
            sex=draw.choice(("男", "女", "")),
            birth=draw.choice(("", f"{draw.randint(1970, 1985)}-{draw.randint(1, 12):02d}")),
            since=draw.choice(("", f"{draw.randint(2017, 2026)}-{draw.randint(1, 12):02d}")),
            post=draw.choice(("教师", "教师", "校长", "特岗教师", "")),
            title=draw.choice(("", "见习", "一级教师")),
            stage=draw.choice(("", "primary", "junior", "senior")),
        )
        for number in range(400)
    ]
    office.clock.now = NOVEMBER
    office.hear(*schools, *everybody)
    opened(office)
    decided(office, rules)
    day = "2026-03" if rules.snapshot == "03-01" else "2025-09"
    where: dict[UUID | None, SchoolChanged] = {school.school_id: school for school in schools}

    with office.database.reading() as db:
        found = {
            row.person_id: row.why for row in people(db, 2025, [COUNTY], what="teachers", limit=None).rows
        }

    assert found == {each.person_id: by_hand(each, where[each.school_id], rules, day) for each in everybody}
    assert {"", "school", "stage"} <= set(found.values())


def a_county(office: House, *, eligible: int = 20, backbone: int = 4) -> None:
    """Schools in which so many are eligible, of whom the first few are backbone teachers."""
    office.clock.now = NOVEMBER
    office.hear(a_school("S1"), a_school("host", region="632802", setting="rural"))
    office.hear(
        *(a_teacher(f"甲{n}", "S1", backbone="county" if n < backbone else "school") for n in range(eligible))
    )
    opened(office)


def test_each_step_of_a_placement_moves_the_verdict_by_exactly_that_person(either_office: House) -> None:
    office = either_office
    a_county(office)
    assert stand(office)[COUNTY].figures == Figures(teachers=20, eligible=20, eligible_backbone=4)
    assert (stand(office)[COUNTY].verdict.answer, stand(office)[COUNTY].verdict.exchanged.lacks) == (
        "missed",
        2,
    )

    placed(office, "甲9", from_="S1")
    one = stand(office)[COUNTY]
    assert (one.figures.exchanged, one.figures.backbone, one.verdict.exchanged.lacks) == (1, 0, 1)
    placed(office, "甲0", from_="S1", state="agreed")
    agreed = stand(office)[COUNTY]
    assert (agreed.figures.exchanged, agreed.figures.planned, agreed.figures.planned_backbone) == (1, 1, 1)
    assert (agreed.verdict.answer, agreed.verdict.foretold) == ("missed", "met")
    placed(office, "甲1", from_="S1", kind="support_teaching")
    met = stand(office)[COUNTY]
    assert (met.verdict.answer, met.verdict.exchanged.part, met.verdict.backbone.part) == ("met", 2, 1)

    with office.database.reading() as db:
        names = [row.name for row in people(db, 2025, [COUNTY], what="exchanged").rows]
    assert names == ["甲1", "甲9"]


@pytest.mark.parametrize(
    ("said", "counts"),
    [
        ({"kind": "job_shadowing"}, False),
        ({"state": "refused"}, False),
        ({"state": "accepted"}, False),
        ({"state": "closed"}, True),
        ({"ends": date(2026, 3, 15)}, False),  # seven months
        ({"left": date(2026, 2, 20)}, False),  # it did not last to the middle of the year
        ({"starts": date(2024, 8, 20), "ends": date(2027, 7, 31)}, True),  # the second year of three
        ({"starts": date(2026, 8, 20), "ends": date(2027, 7, 31)}, False),  # next year's
        ({"starts": date(2025, 2, 10), "ends": date(2026, 1, 20)}, False),  # last year's
    ],
)
def test_what_counts_is_of_the_kind_the_length_and_the_year(
    office: House, said: dict[str, Any], *, counts: bool
) -> None:
    a_county(office, eligible=3)

    placed(office, "甲0", from_="S1", **said)

    assert stand(office)[COUNTY].figures.exchanged == int(counts)


def test_where_nobody_is_eligible_the_rule_is_not_applicable_and_never_met(office: House) -> None:
    office.clock.now = NOVEMBER
    office.hear(a_school("S1", setting="rural"), a_teacher("乙", "S1"))
    opened(office)
    placed(office, "乙", from_="S1")

    found = stand(office)[COUNTY]

    assert (found.verdict.answer, found.verdict.exchanged.answer) == ("not_applicable", "not_applicable")
    assert (found.figures.exchanged, found.figures.beside) == (0, 1)


def test_who_leaves_or_moves_after_the_snapshot_day_was_there_and_corrections_are_followed(
    office: House,
) -> None:
    a_county(office, eligible=4, backbone=0)
    office.hear(
        a_teacher("甲0", "S1", version=2, left=True),
        a_teacher("甲1", "host", version=2, since="2026-02"),  # moved in winter
        a_teacher("甲2", "S1", version=2, backbone="city"),  # corrected
        a_teacher("甲3", "host", version=2, since="2012-08"),  # was there all along
        a_teacher("甲2", "S1", version=1, backbone="none"),  # comes again, and is older
    )
    found = stand(office)[COUNTY].figures
    assert (found.eligible, found.eligible_backbone) == (3, 1)

    office.clock.now = datetime(2025, 8, 20, tzinfo=UTC)
    office.hear(a_teacher("甲2", "S1", version=3, left=True))
    assert stand(office)[COUNTY].figures.eligible == 2


def test_whose_personnel_relation_went_along_counts_for_the_school_that_sent_them(office: House) -> None:
    a_county(office, eligible=2)
    office.hear(a_teacher("甲0", "host", version=2, since="2025-08"))

    placed(office, "甲0", from_="S1")

    assert (stand(office)[COUNTY].figures.eligible, stand(office)[COUNTY].figures.exchanged) == (2, 1)


def test_principals_are_due_by_their_own_years_and_no_more_once_they_move(office: House) -> None:
    a_county(office, eligible=1)
    office.hear(
        a_teacher("校长甲", "S1", post="校长", since="2019-09"),
        a_teacher("校长乙", "S1", post="校长", since="2019-10"),
        a_teacher("校长丙", "S1", post="校长", since="2010-09", sex="男", birth="1969-08"),
    )
    assert (stand(office)[COUNTY].figures.principals, stand(office)[COUNTY].figures.due) == (3, 1)

    placed(office, "校长甲", from_="S1")

    assert stand(office)[COUNTY].figures.due == 0


def test_a_closed_year_stays_as_it_was_found(either_office: House) -> None:
    office = either_office
    a_county(office)
    placed(office, "甲0", from_="S1")
    placed(office, "甲9", from_="S1")
    before = stand(office)[COUNTY]

    def close() -> None:
        office.database.run(
            lambda tx: close_year(tx, year=2025, region=COUNTY, scopes=["region:632800"]), actor="account:a"
        )

    with pytest.raises(Refusal, match="ends on 2026-08-31"):
        close()
    office.clock.now = AFTER
    close()
    placed(office, "甲3", from_="S1")
    decided(office, exchanged_share=50, years=30)
    office.hear(
        a_teacher("甲0", "S1", version=9, backbone="none"), a_school("S1", version=2, setting="rural")
    )
    after = stand(office)[COUNTY]

    assert after.closed == AFTER
    assert (after.figures, after.verdict, after.held) == (before.figures, before.verdict, before.held)
    with office.database.reading() as db:
        assert [row.name for row in people(db, 2025, [COUNTY], what="backbone").rows] == ["甲0"]
    with pytest.raises(Refusal, match="was closed"):
        close()

    def reopen(*scopes: str, reason: str = "省里核查后更正") -> int:
        return office.database.run(
            lambda tx: reopen_year(tx, year=2025, region=COUNTY, reason=reason, scopes=scopes).number,
            actor="account:b",
        )

    with pytest.raises(Forbidden, match="the region above"):
        reopen(f"region:{COUNTY}")
    with pytest.raises(NotFound):
        reopen("region:520500")
    with pytest.raises(Invalid, match="Say why"):
        reopen("region:632800", reason="")
    assert reopen("region:632800") == 1
    again = stand(office)[COUNTY]
    # What came meanwhile counts now: the school is rural, 甲0 is no backbone teacher, the rules ask for half.
    assert (again.closed, again.verdict.exchanged.wanted, again.figures.eligible) == (None, 50, 0)
    with office.database.reading() as db:
        [kept] = reopenings(db, 2025, COUNTY)
        [row] = [each for each in people(db, 2025, [COUNTY], what="teachers").rows if each.name == "甲0"]
    assert (kept.reason, kept.closed_at, kept.figures["exchanged"]) == (
        "省里核查后更正",
        AFTER,
        before.figures.exchanged,
    )
    assert row.backbone == "none"
    with pytest.raises(Refusal, match="not closed"):
        reopen("all")
    close()
    assert stand(office)[COUNTY].closed == AFTER


def test_a_year_that_will_fall_short_is_said_once_and_taken_back_when_enough_are_agreed_to(
    office: House,
) -> None:
    a_county(office)

    def tasks() -> list[tuple[str, tuple[str, ...], int]]:
        office.database.run(foretell, actor="service:exchange")
        said = [each for each in office.said() if isinstance(each, ExchangeTask)]
        return [(each.sentence_zh, each.audiences, each.version) for each in said]

    [told] = tasks()
    assert told == (
        "县632803 2025–2026 学年交流预计不达标：交流还差 2 人",
        (f"coordinator@region:{COUNTY}",),
        1,
    )
    assert len(tasks()) == 1
    placed(office, "甲0", from_="S1", state="agreed")
    placed(office, "甲1", from_="S1", state="agreed")
    assert tasks()[-1][1:] == ((), 2)
    office.clock.move(timedelta(days=400))  # the year is over: whatever becomes of it, nobody can see to it
    office.hear(a_teacher("甲0", "S1", version=2, left=True))
    assert sum("2025–2026" in sentence for sentence, *_ in tasks()) == 2
