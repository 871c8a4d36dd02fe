"""Demonstration: Haixi and its partners Qixingguan and Zhenxiong: regions, bureaus, schools, groups, people, accounts.

Its years are those from 2023 on; two school years are closed.
"""

from services.directory.accounts.commands import administrator, liaison
from services.directory.groups.model import Group
from services.directory.organisations.model import Organisation
from services.directory.people.model import Person
from services.directory.regions.commands import enter_region
from services.directory.schools.commands import enter_school
from services.directory.schools.model import School
from services.directory.years.model import SchoolYear
from shared.db import Transaction
from shared.ids import named

_SCHOOLS = (
    ("3632801001", "格尔木市第一中学", "Golmud No. 1 Middle School", "junior", "632801"),
    ("3632801002", "格尔木市第二中学", "Golmud No. 2 School", "nine_year", "632801"),
    ("3632801005", "格尔木市第五中学", "Golmud No. 5 High School", "senior", "632801"),
    ("3632802007", "德令哈市第一小学", "Delingha No. 1 Primary School", "primary", "632802"),
    ("3632802008", "德令哈市第二小学", "Delingha No. 2 Primary School", "primary", "632802"),
    ("3632802009", "德令哈市第三中学", "Delingha No. 3 Middle School", "junior", "632802"),
    ("3632802011", "德令哈市第五幼儿园", "Delingha No. 5 Kindergarten", "kindergarten", "632802"),
    ("3632803013", "茫崖市第一中学", "Mangya No. 1 School", "nine_year", "632803"),
    ("3632803016", "茫崖市第四中学", "Mangya No. 4 Middle School", "junior", "632803"),
    ("3632821022", "乌兰县第四中学", "Ulan No. 4 Middle School", "junior", "632821"),
    ("3632821023", "乌兰县第五小学", "Ulan No. 5 Primary School", "primary", "632821"),
    ("3632822028", "都兰县第四小学", "Dulan No. 4 Primary School", "primary", "632822"),
    ("3632822030", "都兰县第六中学", "Dulan No. 6 Middle School", "junior", "632822"),
    ("3632823032", "天峻县第二小学", "Tianjun No. 2 Primary School", "primary", "632823"),
    ("3632823033", "天峻县第三中学", "Tianjun No. 3 Middle School", "junior", "632823"),
    ("3520502001", "七星关区第一中学", "Qixingguan No. 1 Middle School", "junior", "520502"),
    ("3520502010", "七星关区第十小学", "Qixingguan No. 10 Primary School", "primary", "520502"),
    ("3530627015", "镇雄县第一中学", "Zhenxiong No. 1 Middle School", "junior", "530627"),
    ("3530627017", "镇雄县第三中学", "Zhenxiong No. 3 School", "nine_year", "530627"),
    ("3632822029", "都兰县第五小学", "Dulan No. 5 Primary School", "primary", "632822"),
    ("3632823031", "天峻县第一中学", "Tianjun No. 1 School", "nine_year", "632823"),
    ("3632823035", "天峻县第五中学", "Tianjun No. 5 Middle School", "junior", "632823"),
)

_COUNTIES = {
    "632801": ("格尔木市", "Golmud"),
    "632802": ("德令哈市", "Delingha"),
    "632803": ("茫崖市", "Mangya"),
    "632821": ("乌兰县", "Ulan"),
    "632822": ("都兰县", "Dulan"),
    "632823": ("天峻县", "Tianjun"),
    "520502": ("七星关区", "Qixingguan"),
    "530627": ("镇雄县", "Zhenxiong"),
}

_ORGANISATIONS = (
    ("海西蒙古族藏族自治州教育局", "bureau", "632800", "雷亮"),
    ("海西蒙古族藏族自治州教师发展中心", "training_centre", "632800", "傅秀荣"),
    ("德令哈市教育局", "bureau", "632802", "詹艳"),
    ("格尔木市教育局", "bureau", "632801", "张建军"),
    ("七星关区教育局", "bureau", "520502", "谭玉珍"),
    ("镇雄县教育局", "bureau", "530627", "徐刚"),
)

#: Lead school, members, chief principal.
_GROUPS = (
    ("3632801002", ("3632801001", "3632803013", "3632803016"), "刘斌"),
    ("3632821022", ("3632822030", "3632823033"), "郭波"),
    ("3530627017", ("3530627015",), "刘琴"),
)

_SURNAMES = "陈林杨赵吴周徐孙马朱胡郭何高罗郑梁谢宋唐许韩冯邓曹彭曾"
_GIVEN = (
    "文静",
    "建国",
    "晓梅",
    "志强",
    "海燕",
    "永平",
    "丽华",
    "国庆",
    "雪莲",
    "卓玛",
    "才让",
    "明远",
    "玉兰",
    "思源",
)
_SUBJECTS = ("语文", "数学", "英语", "科学", "音乐", "美术", "体育", "道德与法治", "信息科技")
_TITLES = ("高级教师", "一级教师", "一级教师", "二级教师")
_BACKBONE = ("none", "county", "none", "city", "none", "none", "school", "province")
_POSTS = ("校长", "副校长", "教研组长", "教师", "教师", "教师", "教师", "教师")
_SETTINGS = ("urban", "town", "rural")
_NINE_YEARS = ("primary", "junior")

#: School years that are over: by when they began, pupils in hundredths of now, and how many fewer worked there.
_YEARS = {2023: (108, 1), 2024: (104, 0)}


def demonstrate(tx: Transaction) -> None:
    """Enter all of it, with the administrator's account and one for each liaison."""
    administrator(tx)
    for code, (name, name_en) in _COUNTIES.items():
        enter_region(tx, code=code, name=name, name_en=name_en)
    for name, kind, region, contact in _ORGANISATIONS:
        organisation = Organisation.enter(
            id_=named("organisation", name), name=name, kind=kind, region_code=region, contact=contact
        )
        tx.db.add(organisation)
        tx.emit(organisation.state())
    for place, school in enumerate(_SCHOOLS):
        _school(tx, place, school)
    names = {code: name for code, name, *_ in _SCHOOLS}
    for lead, members, chief in _GROUPS:
        group = Group.enter(
            id_=named("group", lead),
            name=f"{names[lead]}教育集团",
            lead_school_id=named("school", lead),
            member_ids=tuple(named("school", member) for member in members),
            chief_principal=chief,
        )
        tx.db.add(group)
        tx.emit(group.state())


def _school(tx: Transaction, place: int, described: tuple[str, str, str, str, str]) -> None:
    code, name, name_en, stage, region = described
    pupils = 280 + place * 67 % 900
    primary, junior = _parts(stage, pupils)
    school = enter_school(
        tx,
        School.enter(
            id_=named("school", code),
            code=code,
            name=name,
            name_en=name_en,
            stage=stage,
            region_code=region,
            region_name=_COUNTIES[region][0],
            setting=_SETTINGS[place % len(_SETTINGS)],
            pupils=pupils,
            pupils_primary=primary,
            pupils_junior=junior,
            contact=_name(place * 8 + 1),
            phone=f"1000{place * 97 + 1200:04d}{place + 100}",
        ),
    )
    tx.db.flush()  # its people refer to it
    for at, post in enumerate(_POSTS):
        seed = place * len(_POSTS) + at
        person = Person.enter(
            id_=named("person", f"{code}/{at}"),
            name=_name(seed),
            school_id=school.id,
            sex="女" if seed % 3 else "男",
            birth=f"{1966 + seed * 7 % 34}-{1 + seed % 12:02d}",
            id_last4=f"{seed * 137 % 10000:04d}",
            subject=_SUBJECTS[seed % len(_SUBJECTS)],
            post=post,
            title=_TITLES[seed % len(_TITLES)],
            backbone=_BACKBONE[seed % len(_BACKBONE)],
            since=f"{2003 + seed * 5 % 22}-08",
            degree="本科" if seed % 4 else "硕士研究生",
            stage=_NINE_YEARS[at % 2] if stage == "nine_year" else stage,
        )
        tx.db.add(person)
        tx.emit(person.state())
    for year, (hundredths, fewer) in _YEARS.items():
        then = pupils * hundredths // 100
        of_primary, of_junior = _parts(stage, then)
        tx.db.add(
            SchoolYear(
                school_id=school.id,
                year=year,
                stage=stage,
                setting=school.setting,
                pupils=then,
                pupils_primary=of_primary,
                pupils_junior=of_junior,
                people=len(_POSTS) - fewer,
            )
        )
    liaison(tx, school_id=school.id, school_name=name)


def _parts(stage: str, pupils: int) -> tuple[int | None, int | None]:
    """How many of the pupils are in primary and in junior classes, where these are counted."""
    primary = {"primary": pupils, "nine_year": pupils * 2 // 3}.get(stage)
    junior = {"junior": pupils, "nine_year": pupils - pupils * 2 // 3}.get(stage)
    return primary, junior


def _name(seed: int) -> str:
    return _SURNAMES[seed * 5 % len(_SURNAMES)] + _GIVEN[seed * 3 % len(_GIVEN)]
