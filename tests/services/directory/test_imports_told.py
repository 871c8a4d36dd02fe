"""What an import leaves behind: the trail of what was entered, and the list of what was wrong."""

import io

import sqlalchemy as sa
from openpyxl import load_workbook

from shared.db.audit import audit_entries
from shared.observe.masking import MASK
from tests.builders import House
from tests.services.directory.rosters import book, confirmed, sent, work

NEW = "格尔木市新建小学"


def test_the_trail_tells_what_was_entered_and_hides_what_is_personal(directory: House) -> None:
    made = sent(
        directory,
        book([("王丽", "女", "1234", "1980.01", NEW)], schools=[("3632801991", NEW, "632801", "小学")]),
    )
    work(directory)
    confirmed(directory, made)
    work(directory)

    with directory.database.reading() as db:
        school, person = (
            db.scalar(
                sa.select(audit_entries.c.changes)
                .where(audit_entries.c.what == what)
                .order_by(audit_entries.c.id.desc())
            )
            for what in ("directory.school.changed.v1", "directory.person.changed.v1")
        )
    assert school is not None
    assert school["name"][0] is None
    assert school["name"][1] == NEW
    assert person is not None
    assert person["sex"] == [None, "女"]
    assert person["name"] == person["birth"] == [None, MASK]


def test_problems_of_a_workbook_are_taken_along(directory: House) -> None:
    made = sent(directory, book([("王丽", "女", "1234", "1980.01", "没有的学校")]))
    work(directory)
    client = directory.client("administrator@all")
    page = client.get(f"/directory/imports/{made}").text

    taken = load_workbook(io.BytesIO(client.get(f"/directory/imports/{made}/problems.xlsx").data)).worksheets[
        0
    ]

    assert f"/directory/imports/{made}/problems.xlsx" in page
    [row] = [row for row in taken.iter_rows(values_only=True) if row[0] == "未写入"]
    assert "没有的学校" in str(row[1])
