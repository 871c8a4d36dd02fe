"""Demonstration: Haixi's filing form of autumn 2025 and what has become of it. Who goes where is made up, like the names."""

from datetime import date, datetime, timedelta

import sqlalchemy as sa

from services.exchange.compliance.commands import open_years
from services.exchange.demonstration_agreements import agree
from services.exchange.demonstration_appraisals import appraise
from services.exchange.demonstration_duties import write_logs
from services.exchange.demonstration_mentoring import lead
from services.exchange.demonstration_rules import decide
from services.exchange.placements.model import Note, Party, Placement, Plan, Step, Verb
from services.exchange.placements.queries.waiting import tasks_of
from shared.db import Transaction
from shared.ids import named
from shared.roster import roster_people, roster_schools
from shared.roster.tables import roster_regions

_SOURCE = "2025年秋季教师交流轮岗备案表.xlsx"
_YOUNG = Note(
    rule="rotation.years",
    zh="到校任教不满 6 年。",
    en="Less than six years at the school.",
    source="教师〔2014〕4号及所在区域的实施办法",
)

#: The usual way, and who takes each step.
_WAY: tuple[tuple[Verb, Party], ...] = (
    ("nominate", "home"),
    ("accept", "host"),
    ("agree", "origin_region"),
    ("agree", "host_region"),
    ("start", "host"),
    ("review", "host"),
    ("return", "home"),
    ("appraise", "host"),
    ("close", "origin_region"),
)
_ARRIVED = 5

#: Who (name, school and number there), where to, the kind, from and to, how many steps were taken; 备 where they are on file.
_MOVES = """
郑卓玛 3632801001/3 3632821022 support_teaching 2025-08 2026-07 9 备
马国庆 3632801001/7 3632822030 support_teaching 2025-08 2026-07 8 备
许玉兰 3632801001/4 3632803016 job_shadowing 2025-09 2025-12 9 备
邓晓梅 3632801002/2 3632803013 rotation 2025-08 2028-07 6 备
林永平 3632801002/3 3632822028 support_teaching 2025-08 2026-07 7 备
郭明远 3632801002/5 3632801001 rotation 2025-08 2028-07 5 备 young
胡志强 3632802007/5 3632823032 rotation 2025-08 2028-07 6 备
陈明远 3632802007/3 3632821023 support_teaching 2025-08 2026-07 9 备
邓思源 3632802008/5 3632822028 rotation 2025-08 2028-07 5 备
冯永平 3632802011/5 3632802007 job_shadowing 2025-09 2025-12 9 备
韩明远 3632803016/5 3632801001 job_shadowing 2025-09 2025-12 9 备
杨海燕 3632821022/4 3632802009 rotation 2025-08 2028-07 6 备
彭丽华 3632821023/6 3632802008 rotation 2025-08 2028-07 5 备
林才让 3632822028/4 3632802007 job_shadowing 2026-09 2026-12 6
曾志强 3632802009/3 3520502001 support_teaching 2026-09 2027-07 5 under
高海燕 3632803013/6 3632802007 rotation 2026-09 2029-07 5
吴明远 3520502001/5 3632801001 job_shadowing 2026-09 2026-12 5 under
周文静 3632802007/4 3520502010 support_teaching 2027-02 2028-01 4 under
唐建国 3632802009/7 3520502001 support_teaching 2027-02 2028-01 2 under
谢国庆 3520502010/5 3632802007 job_shadowing 2027-03 2027-06 3 under
罗丽华 3632822030/4 3632802009 job_shadowing 2027-03 2027-06 1
宋建国 3632823033/5 3632801001 job_shadowing 2027-03 2027-06 0
"""

#: What the schools of these people are called and where they lie.
_SCHOOLS = """
3632801001 格尔木市第一中学 632801 格尔木市
3632801002 格尔木市第二中学 632801 格尔木市
3632802007 德令哈市第一小学 632802 德令哈市
3632802008 德令哈市第二小学 632802 德令哈市
3632802009 德令哈市第三中学 632802 德令哈市
3632802011 德令哈市第五幼儿园 632802 德令哈市
3632803013 茫崖市第一中学 632803 茫崖市
3632803016 茫崖市第四中学 632803 茫崖市
3632821022 乌兰县第四中学 632821 乌兰县
3632821023 乌兰县第五小学 632821 乌兰县
3632822028 都兰县第四小学 632822 都兰县
3632822030 都兰县第六中学 632822 都兰县
3632823032 天峻县第二小学 632823 天峻县
3632823033 天峻县第三中学 632823 天峻县
3520502001 七星关区第一中学 520502 七星关区
3520502010 七星关区第十小学 520502 七星关区
"""

#: What a task says before directory has told of them.
_REGIONS = (
    ("632800", "海西蒙古族藏族自治州", "Haixi", "prefecture", "630000"),
    ("520502", "七星关区", "Qixingguan", "county", "520500"),
)


def demonstrate(tx: Transaction) -> None:
    """Enter all of it by the models' own methods: the roster's copy is still on its way from directory."""
    regions = _roster(tx)
    decide(tx)
    open_years(tx)
    agreement = agree(tx)
    today = tx.now.date()
    for number, line in enumerate(_MOVES.split("\n")[1:-1], start=3):
        name, key, host, kind, starts, ends, steps, *marks = line.split()
        home = key.partition("/")[0]
        first = date.fromisoformat(f"{starts}-01")
        last = (date.fromisoformat(f"{ends}-28") + timedelta(days=4)).replace(day=1) - timedelta(days=1)
        plan = Plan(
            person_id=named("person", key),
            origin_school_id=named("school", home),
            host_school_id=named("school", host),
            kind=kind,
            starts_on=first,
            ends_on=last,
            relation_moves=kind == "rotation",
            agreement_id=agreement.id if "under" in marks else None,
            agreement_version=1 if "under" in marks else None,
        )
        on_file = "备" in marks
        start = datetime.combine(first, tx.now.timetz())
        begun = start if on_file else min(start - timedelta(days=40), tx.now - timedelta(days=30))
        placement = Placement.propose(
            id_=named("placement", f"{name}/{starts}"),
            plan=plan,
            regions=(regions[home], regions[host]),
            state="active" if on_file else "applied",
            by=tx.actor,
            at=begun,
            notes=[_YOUNG] if "young" in marks else [],
            source=_SOURCE if on_file else "typed",
            import_id=named("filing", _SOURCE) if on_file else None,
            import_row=number if on_file else None,
        )
        tx.db.add(placement)
        tx.db.flush()  # its steps refer to it
        _tell(tx, placement, "file" if on_file else "apply", "", begun)
        way = _WAY[_ARRIVED if on_file else 0 : int(steps)]
        for done, (verb, party) in enumerate(way, start=_ARRIVED + 1 if on_file else 1):
            at = (
                begun + timedelta(days=3 * done)
                if done < _ARRIVED
                else start + timedelta(days=90 * (done - _ARRIVED))
            )
            at = min(at, tx.now)
            on = min(last, max(first, today)) if verb == "return" else None
            placement.go(verb, parties={party}, at=at, on=on, facts={"result"})
            _tell(tx, placement, verb, party, at)
            tx.db.flush()  # the next step updates the row
        for task in tasks_of(tx.db, [placement]):
            tx.emit(task)
    write_logs(tx)
    appraise(tx)
    lead(tx)


def _tell(tx: Transaction, placement: Placement, verb: str, party: str, at: datetime) -> None:
    tx.db.add(
        Step(
            placement_id=placement.id,
            number=placement.version,
            verb=verb,
            state=placement.state,
            party=party,
            by=tx.actor,
            at=at,
            on=placement.left_on if verb == "return" else None,
            reason="",
        )
    )
    tx.emit(placement.told(verb))


def _roster(tx: Transaction) -> dict[str, str]:
    """Enter names of regions, schools and people, as of before anything that directory says of them; answers the schools' regions."""
    for code, name, name_en, level, parent in _REGIONS:
        known = sa.select(roster_regions.c.code).where(roster_regions.c.code == code)
        if tx.db.execute(known).first() is None:
            tx.db.execute(
                sa.insert(roster_regions).values(
                    code=code,
                    version=0,
                    name=name,
                    name_en=name_en,
                    level=level,
                    parent_code=parent,
                    zone="Asia/Shanghai",
                    abolished=False,
                )
            )
    regions: dict[str, str] = {}
    for line in _SCHOOLS.split("\n")[1:-1]:
        code, name, region, region_name = line.split()
        regions[code] = region
        known = sa.select(roster_schools.c.school_id).where(
            roster_schools.c.school_id == named("school", code)
        )
        if tx.db.execute(known).first() is None:
            tx.db.execute(
                sa.insert(roster_schools).values(
                    school_id=named("school", code),
                    version=0,
                    code=code,
                    name=name,
                    name_en="",
                    stage="",
                    region_code=region,
                    region_name=region_name,
                    setting="",
                    retired=False,
                )
            )
    blank = dict.fromkeys(
        ("sex", "birth", "id_last4", "subject", "post", "title", "since", "degree", "stage"), ""
    )
    for line in _MOVES.split("\n")[1:-1]:
        name, key, *_ = line.split()
        known = sa.select(roster_people.c.person_id).where(roster_people.c.person_id == named("person", key))
        if tx.db.execute(known).first() is None:
            tx.db.execute(
                sa.insert(roster_people).values(
                    person_id=named("person", key),
                    version=0,
                    name=name,
                    school_id=named("school", key.partition("/")[0]),
                    backbone="none",
                    left=False,
                    **blank,
                )
            )
    return regions
