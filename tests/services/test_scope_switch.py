"""The scope switch narrows every list, and never widens what somebody may see."""

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

from services.scheduling.app import service as scheduling
from shared.db import Transaction
from shared.service import Service
from tests.builders import DELINGHA, GOLMUD, PARTNER, House, house, released, three_schools

HAIXI, BIJIE, ALL = "region:632800", "region:520500", "all"

#: Two roles: all of them see Golmud by the one, and Qixingguan by the other.
BOTH = (f"coordinator@{HAIXI}", f"coordinator@{BIJIE}")


def chosen(made: House, path: str, scope: str, *grants: str) -> str:
    client = made.client(*(grants or BOTH))
    if scope:
        client.set_cookie("scope", scope)
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.text


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    service: Service = import_module("services.directory.app").service
    with house(service, tmp_path_factory.mktemp("directory")) as made:
        demonstrate = service.demonstrate
        assert demonstrate
        made.database.run(demonstrate, actor="service:test")
        yield made


#: Of each list of directory: what lies in Haixi, what in Bijie.
LISTS = {
    "/directory/schools": ("格尔木市第一中学", "七星关区第一中学"),
    "/directory/people": ("格尔木市第一中学", "七星关区第一中学"),
    "/directory/people?q=chenwenjing": ("格尔木市第一中学", None),
    "/directory/groups": ("格尔木市第二中学教育集团", None),
    "/directory/organisations": ("德令哈市教育局", "七星关区教育局"),
    "/directory/regions": ("632802", "520502"),
    "/directory/accounts?q=第一": ("格尔木市第一中学", "七星关区第一中学"),
    "/directory/accounts?q=第十": (None, "七星关区第十小学"),
}


@pytest.mark.parametrize("path", LISTS)
def test_each_list_of_the_register_keeps_to_the_chosen_scope(directory: House, path: str) -> None:
    ours, theirs = LISTS[path]
    wanted = path if "people" not in path else f"{path}{'&' if '?' in path else '?'}sort=-since"
    pages = {scope: chosen(directory, wanted, scope) for scope in ("", HAIXI, BIJIE)}
    for name, place in ((ours, HAIXI), (theirs, BIJIE)):
        shown = {scope for scope, page in pages.items() if name and name in content(page)}
        assert shown <= {"", place}
        assert not name or place in shown


@pytest.mark.parametrize(
    "scope", [ALL, "region:630000", "region:520000", "region:530000", "school:x", "';--"]
)
def test_choosing_what_is_not_ones_own_changes_nothing(directory: House, scope: str) -> None:
    for path in LISTS:
        assert content(chosen(directory, path, scope)) == content(chosen(directory, path, ""))


def test_a_page_of_ones_own_opens_whatever_is_chosen(directory: House) -> None:
    assert "格尔木市第一中学" in chosen(directory, f"/directory/schools/{GOLMUD}", BIJIE)


def test_a_role_that_sees_less_stays_so_where_another_is_chosen(directory: House) -> None:
    """Who is a liaison of a school and a coordinator elsewhere sees no accounts of the school."""
    two = (f"liaison@school:{DELINGHA}", f"coordinator@{BIJIE}")
    page = chosen(directory, "/directory/accounts", f"school:{DELINGHA}", *two)
    assert "德令哈市第一小学" not in content(page)
    assert "七星关" not in content(page)


def test_the_switch_names_places_as_the_register_does(directory: House) -> None:
    page = chosen(directory, "/", HAIXI)
    assert "海西蒙古族藏族自治州" in page.split("</header>")[0]


def test_the_trail_of_directory_keeps_to_the_chosen_scope(directory: House) -> None:
    def work(tx: Transaction) -> None:
        for school in (GOLMUD, PARTNER):
            tx.record(what="list.exported", subject_kind="list", subject=school, school_id=school)

    directory.database.run(work, actor="account:x")
    both = ("administrator@all", f"administrator@{HAIXI}")
    for scope, ours, theirs in ((ALL, True, True), (HAIXI, True, False), (BIJIE, True, True)):
        page = content(chosen(directory, "/directory/audit?what=list.exported", scope, *both))
        assert (str(GOLMUD) in page, str(PARTNER) in page) == (ours, theirs)


def test_sessions_keep_to_the_chosen_scope(tmp_path: Path) -> None:
    with house(scheduling, tmp_path) as made:
        assert scheduling.demonstrate
        made.database.run(scheduling.demonstrate, actor="service:test")
        assert "集团治理与管理策略" in chosen(made, "/scheduling/", "")
        assert "集团治理与管理策略" in chosen(made, "/scheduling/", HAIXI)
        assert "集团治理与管理策略" not in chosen(made, "/scheduling/", BIJIE)
        assert "集团治理与管理策略" in chosen(made, "/scheduling/", ALL)


def test_notices_keep_to_the_chosen_scope(tmp_path: Path) -> None:
    with house(import_module("services.notifications.app").service, tmp_path) as made:
        made.hear(*three_schools())
        made.hear(released())
        for scope, ours, theirs in (("", True, True), (HAIXI, True, False), (BIJIE, False, True)):
            page = content(chosen(made, "/notifications/", scope))
            assert ("格尔木市第一中学" in page, "七星关区第一中学" in page) == (ours, theirs)


def content(page: str) -> str:
    """What stands below the frame; the frame names the chosen scope."""
    return page.split("<main", 1)[1]
