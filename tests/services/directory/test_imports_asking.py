"""Through the pages and on the command line: a column that nobody understood is asked about once; who is gone is said to be."""

import io
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit
from uuid import UUID

import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result
from flask.testing import FlaskClient

from services.directory.app import service
from services.directory.people.model import Person
from tests.builders import House, house
from tests.services.directory.rosters import DELINGHA, GOLMUD, HAIXI, PEOPLE, book, changes, now, work

#: A head that no office has used before, where the title stands; what stands there could be anything.
HEAD = "最近一次评聘结果"
COLUMNS = tuple(HEAD if name == "职称" else name for name in PEOPLE)
TWO = [
    ("王芳", "女", "1234", "1980.01", GOLMUD, "语文", "正高级"),
    ("李雷", "男", "5678", "1985.05", DELINGHA, "数学", "一级教师"),
]


@pytest.fixture
def office(tmp_path: Path) -> Iterator[House]:
    with house(service, tmp_path) as made:
        yield made


def upload(client: FlaskClient, office: House, data: bytes) -> tuple[UUID, str]:
    """Send it as a browser does, let the worker read it, and open its page."""
    form = {"workbook": (io.BytesIO(data), "花名册.xlsx")}
    answer = client.post("/directory/imports", data=form, content_type="multipart/form-data")
    assert answer.status_code == 303
    path = urlsplit(answer.location).path
    work(office)
    return UUID(path.rpartition("/")[2]), client.get(path).text


def titles(office: House) -> list[str]:
    with office.database.reading() as db:
        return list(db.scalars(sa.select(Person.title).order_by(Person.name)))


def test_a_column_is_asked_about_once_and_remembered_for_the_office(office: House) -> None:
    client = office.client(f"coordinator@{HAIXI}", language="en")
    id_, text = upload(client, office, book(TWO, columns=COLUMNS))
    assert "What do these columns mean?" in text
    assert HEAD in text
    assert "正高级" in text  # what stands in it
    [column] = now(office, id_).counts["columns"]
    choices = [name for name, *_ in column["choices"]]
    assert "title" in choices
    assert "name" not in choices  # has a column already

    answer = client.post(f"/directory/imports/{id_}/answers", data={column["key"]: "title"})
    assert answer.status_code == 303
    work(office)
    text = client.get(f"/directory/imports/{id_}").text
    assert "What do these columns mean?" not in text
    assert "An empty cell of the sheet keeps what the register knows." in text
    client.post(f"/directory/imports/{id_}/confirmation")
    work(office)
    assert titles(office) == ["一级教师", "正高级"]

    other = [(*TWO[0][:6], "高级教师"), TWO[1]]
    id_, text = upload(client, office, book(other, columns=COLUMNS))
    assert "What do these columns mean?" not in text
    assert changes(now(office, id_)) == {"people.changed": 1}


def test_a_column_that_is_not_needed_is_not_asked_about_again(office: House) -> None:
    client = office.client("administrator@all", language="en")
    id_, _ = upload(client, office, book(TWO, columns=COLUMNS))
    [column] = now(office, id_).counts["columns"]
    client.post(f"/directory/imports/{id_}/answers", data={column["key"]: ""})
    work(office)
    assert now(office, id_).counts["columns"] == []
    _, text = upload(client, office, book(TWO, columns=COLUMNS))
    assert "What do these columns mean?" not in text


def test_an_answer_that_is_no_choice_counts_as_not_needed(office: House) -> None:
    client = office.client("administrator@all")
    id_, _ = upload(client, office, book(TWO, columns=COLUMNS))
    [column] = now(office, id_).counts["columns"]
    client.post(f"/directory/imports/{id_}/answers", data={column["key"]: "name", "elsewhere": "title"})
    work(office)
    client.post(f"/directory/imports/{id_}/confirmation")
    work(office)
    assert titles(office) == ["", ""]


def on_the_command_line(office: House, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> Result:
    monkeypatch.setenv("TONGXING_DATA", str(office.runtime.settings.data))
    monkeypatch.setenv("TONGXING_DATABASE", "")
    commands = {command.name: command for command in service.commands()} if service.commands else {}
    return CliRunner().invoke(commands["import"], list(arguments), catch_exceptions=False)


def test_on_the_command_line(office: House, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "roster.xlsx"
    file.write_bytes(book([*TWO, ("韩梅", "女", "12", "1990.01", GOLMUD)], columns=COLUMNS))
    said = on_the_command_line(office, monkeypatch, str(file))
    assert said.exit_code == 0
    assert f"unknown column: 教师 G “{HEAD}”" in said.output
    assert "row 4" in said.output  # digits of which two are missing
    assert "Nothing was applied. Say --confirm to apply it." in said.output
    assert titles(office) == []

    assert "Applied." in on_the_command_line(office, monkeypatch, str(file), "--confirm").output
    assert len(titles(office)) == 3


def test_who_is_gone_has_left_only_where_that_is_said(
    office: House, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def left() -> list[str]:
        with office.database.reading() as db:
            return list(db.scalars(sa.select(Person.name).where(Person.left_at.is_not(None))))

    file = tmp_path / "roster.xlsx"
    file.write_bytes(book(TWO))
    on_the_command_line(office, monkeypatch, str(file), "--confirm")
    file.write_bytes(book(TWO[:1]))
    said = on_the_command_line(office, monkeypatch, str(file), "--confirm")
    assert "people.gone                    1" in said.output
    assert left() == []
    on_the_command_line(office, monkeypatch, str(file), "--confirm", "--gone")
    assert left() == ["李雷"]


def test_a_file_that_cannot_be_read_is_refused_with_a_sentence(
    office: House, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "roster.xlsx"
    file.write_bytes(b"name,code\n")
    with pytest.raises(Exception, match="is not a spreadsheet"):
        on_the_command_line(office, monkeypatch, str(file))
