"""People and schools entered and corrected by hand, between two rosters."""

import sqlalchemy as sa

from services.directory.people.model import Person
from services.directory.schools.model import School
from shared.contracts.directory import PersonChanged, SchoolChanged
from tests.builders import House

HAIXI, QIXINGGUAN = "coordinator@region:632800", "coordinator@region:520502"


def school(house: House, *, region: str = "6328") -> School:
    with house.database.reading() as db:
        return db.scalars(sa.select(School).where(School.region_code.startswith(region))).first()  # type: ignore[return-value]


def person(house: House, name: str) -> Person | None:
    with house.database.reading() as db:
        return db.scalars(sa.select(Person).where(Person.name == name)).first()


def entered(house: House, **values: str) -> Person:
    typed = {"name": "康卓玛", "school": str(school(house).id), "backbone": "none", **values}
    answer = house.client(HAIXI).post("/directory/people", data=typed)
    assert answer.status_code == 303, answer.text
    return person(house, typed["name"])  # type: ignore[return-value]


def test_a_teacher_who_comes_in_spring_is_entered_and_all_are_told(directory: House) -> None:
    made = entered(directory, subject="物理", since="2025-03", sex="女")

    told = [event for event in directory.said() if isinstance(event, PersonChanged)][-1]
    assert (told.person_id, told.name, told.subject, told.since) == (made.id, "康卓玛", "物理", "2025-03")
    assert "kangzhuoma" in made.pinyin


def test_somebody_of_the_same_name_is_asked_about_and_what_was_typed_is_kept(directory: House) -> None:
    entered(directory)
    client = directory.client(HAIXI)
    typed = {"name": "康卓玛", "school": str(school(directory).id), "subject": "音乐", "backbone": "none"}

    refused = client.post("/directory/people", data=typed)
    accepted = client.post("/directory/people", data={**typed, "another": "true"})

    assert refused.status_code == 409
    assert "已经有一位康卓玛" in refused.text
    assert 'value="音乐"' in refused.text
    assert accepted.status_code == 303


def test_a_school_of_another_region_is_not_there_to_enter_somebody(directory: House) -> None:
    elsewhere = school(directory, region="5205")

    answer = directory.client(HAIXI).post(
        "/directory/people", data={"name": "康卓玛", "school": str(elsewhere.id), "backbone": "none"}
    )

    assert answer.status_code == 404
    assert person(directory, "康卓玛") is None


def test_each_field_that_is_wrong_says_so(directory: House) -> None:
    wrong = {
        "name": "",
        "school": str(school(directory).id),
        "birth": "1980年",
        "id_last4": "12345",
        "phone": "无",
    }

    answer = directory.client(HAIXI).post("/directory/people", data=wrong)

    assert answer.status_code == 422
    for sentence in ("请填写，最多 60 个字。", "请写成年和月", "只填身份证号的后四位", "电话只含数字"):
        assert sentence in answer.text
    assert 'value="1980年"' in answer.text


def test_a_correction_is_told_and_one_that_was_overtaken_is_not_made(directory: House) -> None:
    made, client = entered(directory, subject="物理"), directory.client(HAIXI)
    path = f"/directory/people/{made.id}/correction"
    page = client.get(path).text
    first = client.post(path, data={"name": "康卓玛", "subject": "化学", "backbone": "county", "seen": "1"})
    late = client.post(path, data={"name": "康卓玛", "subject": "生物", "backbone": "none", "seen": "1"})

    assert 'value="物理"' in page
    assert first.status_code == 303
    assert late.status_code == 412
    assert 'value="生物"' in late.text
    told = [event for event in directory.said() if isinstance(event, PersonChanged)][-1]
    assert (told.version, told.subject, told.backbone) == (2, "化学", "county")
    again = client.post(path, data={"name": "康卓玛", "subject": "生物", "backbone": "none", "seen": "2"})
    assert again.status_code == 303


def test_a_school_is_entered_once_and_corrected(directory: House) -> None:
    client = directory.client(HAIXI)
    typed = {"name": "格尔木市新建小学", "code": "3632801991", "region": "632801", "stage": "primary"}

    made = client.post("/directory/schools", data={**typed, "pupils": ""})
    twice = client.post("/directory/schools", data=typed)
    abroad = client.post("/directory/schools", data={**typed, "code": "3632801992", "region": "520502"})

    assert (made.status_code, twice.status_code, abroad.status_code) == (303, 409, 422)
    assert "已经用了这个标识码" in twice.text
    path = made.headers["Location"] + "/correction"
    form = {
        "name": "格尔木市新建小学",
        "stage": "primary",
        "pupils": "312",
        "phone": "10007580000",
        "seen": "1",
    }
    assert client.post(path, data=form).status_code == 303
    assert client.post(path, data=form).status_code == 412
    told = [event for event in directory.said() if isinstance(event, SchoolChanged)][-1]
    assert (told.version, told.pupils, told.name) == (2, 312, "格尔木市新建小学")


def test_another_region_corrects_nothing_here(directory: House) -> None:
    made = school(directory)
    client = directory.client(QIXINGGUAN)

    assert client.get(f"/directory/schools/{made.id}/correction").status_code == 404
    assert (
        client.post(
            f"/directory/schools/{made.id}/correction", data={"name": "x", "stage": "primary", "seen": "1"}
        ).status_code
        == 404
    )
