"""A large register: 3,000 schools and 120,000 people of six counties, written in bulk. People are made up."""

from collections.abc import Iterator
from itertools import islice
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.directory.people.model import Person
from services.directory.regions.model import Region
from services.directory.schools.model import School
from shared.ids import named

SCHOOLS, PEOPLE = 3_000, 120_000

_COUNTIES = {
    "632801": "格尔木市",
    "632802": "德令哈市",
    "632803": "茫崖市",
    "632821": "乌兰县",
    "632822": "都兰县",
    "632823": "天峻县",
}
_SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
_FIRST = "文建晓志海永丽国雪卓才明玉思春秀凤桂红俊"
_SECOND = "静华梅强燕平莲庆玛让远兰源英霞军敏婷杰"
_SUBJECTS = ("语文", "数学", "英语", "科学", "音乐", "美术", "体育", "道德与法治")
_BACKBONE = ("none", "none", "none", "school", "county", "city", "none", "province")


def fill(db: Session, *, schools: int = SCHOOLS, people: int = PEOPLE) -> None:
    """Write the register into an empty database."""
    for code, name in {"632800": "海西蒙古族藏族自治州", **_COUNTIES}.items():
        level = "prefecture" if code.endswith("00") else "county"
        db.add(Region.enter(code=code, name=name, level=level))
    db.flush()
    _write(db, School.__table__, (_school(number) for number in range(schools)))
    _write(db, Person.__table__, (_person(number, number % schools) for number in range(people)))


def name_of(number: int) -> str:
    """Somebody's name; namesakes are as usual as they are in China."""
    parts = (_SURNAMES[number * 7 % len(_SURNAMES)], _FIRST[number // 3 % len(_FIRST)])
    return "".join(parts) + (_SECOND[number // 61 % len(_SECOND)] if number % 5 else "")


def _school(number: int) -> dict[str, Any]:
    code, county = list(_COUNTIES.items())[number % len(_COUNTIES)]
    name = f"{county}第{number}小学"
    return {
        **_columns(
            School.enter(
                id_=_school_id(number),
                code=f"3{code}{number:06d}",
                name=name,
                stage=("primary", "junior", "nine_year")[number % 3],
                region_code=code,
                region_name=county,
                setting=("urban", "town", "rural")[number % 3],
                pupils=100 + number * 37 % 1900,
                contact=name_of(number),
                phone=f"1000{number:07d}",
            )
        )
    }


def _person(number: int, school: int) -> dict[str, Any]:
    return _columns(
        Person.enter(
            id_=named("bench-person", str(number)),
            name=name_of(number),
            school_id=_school_id(school),
            sex="女" if number % 3 else "男",
            birth=f"{1966 + number % 36}-{1 + number % 12:02d}",
            id_last4=f"{number * 137 % 10000:04d}",
            subject=_SUBJECTS[number % len(_SUBJECTS)],
            post="教师",
            title="一级教师",
            backbone=_BACKBONE[number // 3 % len(_BACKBONE)],
            since=f"{2000 + number % 25}-08",
            degree="本科",
            stage="primary",
        )
    )


def _school_id(number: int) -> UUID:
    return named("bench-school", str(number))


def _columns(row: School | Person) -> dict[str, Any]:
    return {column.key: getattr(row, column.key) for column in row.__table__.columns}


def _write(db: Session, table: Any, rows: Iterator[dict[str, Any]]) -> None:  # noqa: ANN401  SQLAlchemy's FromClause
    while chunk := list(islice(rows, 2_000)):
        db.execute(sa.insert(table), chunk)


__all__ = ["PEOPLE", "SCHOOLS", "fill", "name_of"]
