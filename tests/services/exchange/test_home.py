"""exchange as a service: it starts, verifies sign-ins, and shows on others' pages what waits."""

from pathlib import Path

from services.exchange.app import service
from shared.db.migrations import pending
from tests.builders import House, house, new_key, published
from tests.services.exchange.office import HOME, HOST, OURS, proposed

TEACHER = "teacher@school:0197a000-0000-7000-8000-000000000009"


def test_it_is_migrated(office: House) -> None:
    assert pending(office.database.engine, service.package) == []


def test_who_has_nothing_to_do_with_it_sees_an_empty_board(office: House) -> None:
    proposed(office)

    answer = office.client(TEACHER).get("/exchange/")

    assert answer.status_code == 200
    assert "还没有教师交流" in answer.text
    assert "王亮" not in answer.text


def test_it_trusts_a_key_that_it_has_heard_of(tmp_path: Path) -> None:
    with house(service, tmp_path) as exchange:
        exchange.key = new_key()
        assert exchange.client(TEACHER).get("/exchange/").status_code == 303

        exchange.hear(published(exchange.key))

        assert exchange.client(TEACHER).get("/exchange/").status_code == 200


def test_its_card_says_what_waits_for_whom(office: House) -> None:
    proposed(office)
    app = office.app()

    assert "同意接收" in office.client(HOST, app=app).get("/exchange/card").text
    assert "没有等你办理的" in office.client(OURS, app=app).get("/exchange/card").text
    assert "还没有教师交流" in office.client(TEACHER, app=app).get("/exchange/card").text


def test_a_search_finds_people_by_name_where_they_concern_the_reader(office: House) -> None:
    id_ = proposed(office)
    app = office.app()

    assert str(id_) in office.client(HOME, app=app).get("/exchange/search?q=王").text
    assert str(id_) not in office.client(HOME, app=app).get("/exchange/search?q=李").text
    assert str(id_) not in office.client(TEACHER, app=app).get("/exchange/search?q=王").text


def test_the_demonstration_is_alive_and_says_nothing_twice(tmp_path: Path) -> None:
    with house(service, tmp_path) as exchange:
        assert service.demonstrate is not None
        exchange.database.run(service.demonstrate, actor="service:exchange")

        board = exchange.client(OURS).get("/exchange/").text

    assert "邓晓梅" in board
    assert "宋建国" in board
