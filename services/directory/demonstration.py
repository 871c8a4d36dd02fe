"""Demonstration: schools of Haixi and of its partners Qixingguan and Zhenxiong, with an account for each liaison."""

from services.directory.accounts.commands import administrator, liaison
from services.directory.schools.commands import enter_school
from services.directory.schools.model import School
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
)

_REGIONS = {
    "632801": "格尔木市",
    "632802": "德令哈市",
    "632803": "茫崖市",
    "632821": "乌兰县",
    "632822": "都兰县",
    "632823": "天峻县",
    "520502": "七星关区",
    "530627": "镇雄县",
}


def demonstrate(tx: Transaction) -> None:
    """Enter the schools, with an account for each liaison, and the administrator."""
    administrator(tx)
    for code, name, name_en, stage, region_code in _SCHOOLS:
        school = enter_school(
            tx,
            School.enter(
                id_=named("school", code),
                code=code,
                name=name,
                name_en=name_en,
                stage=stage,
                region_code=region_code,
                region_name=_REGIONS[region_code],
            ),
        )
        liaison(tx, school_id=school.id, school_name=name)
