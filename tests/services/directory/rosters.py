"""Small workbooks as offices keep them, and what happens to them."""

import io
from collections.abc import Mapping, Sequence
from datetime import timedelta
from uuid import UUID

from openpyxl import Workbook

from services.directory.app import service
from services.directory.imports import commands
from services.directory.imports.model import Import
from shared.db import Transaction
from shared.jobs import JobHandler, JobRunner
from tests.builders import House

SCHOOLS = ("学校标识码", "学校名称", "所属区划", "学段")
PEOPLE = ("姓名", "性别", "身份证后四位", "出生年月", "任教学校", "学科", "职称", "手机号")
GOLMUD, DELINGHA = "格尔木市第一中学", "德令哈市第一小学"
TWO = (("3632801001", GOLMUD, "632801", "初中"), ("3632802007", DELINGHA, "632802", "小学"))
HAIXI = "region:632800"

Rows = Sequence[Sequence[str]]


def book(people: Rows = (), *, schools: Rows = TWO, columns: Sequence[str] = PEOPLE) -> bytes:
    """Two schools of two counties, and the people; cells may be left out at the end of a row."""
    made = Workbook()
    made.remove(made.worksheets[0])
    for title, head, rows in (("学校", SCHOOLS, schools), ("教师", columns, people)):
        if rows:
            sheet = made.create_sheet(title)
            for row in (head, *rows):
                sheet.append(list(row))
    stream = io.BytesIO()
    made.save(stream)
    return stream.getvalue()


def work(house: House, *, steps: int | None = None, jobs: Mapping[str, JobHandler] = service.jobs) -> None:
    """Let a worker do what there is to do."""
    runner = JobRunner(house.database, jobs, service="directory", owner="test")
    done = 0
    while (steps is None or done < steps) and runner.step():
        done += 1
    runner.close()


def sent(house: House, data: bytes, *, scopes: Sequence[str] = ("all",), by: str = "account:x") -> UUID:
    def keep(tx: Transaction) -> UUID:
        return commands.stage(tx, data=data, filename="花名册.xlsx", scopes=scopes).id

    return house.database.run(keep, actor=by)


def now(house: House, id_: UUID) -> Import:
    with house.database.reading() as db:
        return db.get_one(Import, id_)


def staged(house: House, data: bytes, *, scopes: Sequence[str] = ("all",)) -> Import:
    id_ = sent(house, data, scopes=scopes)
    work(house)
    house.clock.move(timedelta(minutes=1))
    return now(house, id_)


def confirmed(house: House, id_: UUID, *, scopes: Sequence[str] = ("all",)) -> None:
    def sure(tx: Transaction) -> None:
        commands.confirm(tx, import_id=id_, scopes=scopes)

    house.database.run(sure, actor="account:x")


def applied(house: House, data: bytes) -> Import:
    id_ = staged(house, data).id
    confirmed(house, id_)
    work(house)
    house.clock.move(timedelta(minutes=1))
    return now(house, id_)


def changes(made: Import) -> dict[str, int]:
    """How many of each kind it adds, changes and misses; what stays the same is left out."""
    return {
        name: number
        for name, number in made.counts.items()
        if name.endswith((".added", ".changed", ".gone")) and number
    }
