"""directory's pages and API: who may open what, and what they show."""

from io import BytesIO

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook

from services.directory.schools.model import School
from shared.ids import named
from tests.builders import DELINGHA, GOLMUD, House, counted

ROLES = {
    "nobody": (),
    "administrator": ("administrator@all",),
    "coordinator": ("coordinator@region:632800",),
    "liaison": (f"liaison@school:{DELINGHA}",),
    "auditor": ("auditor@all",),
}
SIGN_IN, SHOWN, REFUSED = 303, 200, 403

#: What each role gets; that every route has a rule is tested in `test_permissions.py`.
TABLE = {
    ("GET", "/"): {"nobody": SIGN_IN},
    ("GET", "/directory/schools"): {"nobody": SIGN_IN},
    ("GET", "/directory/api/v1/schools"): {"nobody": 401},
    ("POST", f"/directory/schools/{DELINGHA}/links"): {
        "nobody": 401,
        "coordinator": REFUSED,
        "liaison": REFUSED,
        "auditor": REFUSED,
    },
    ("GET", "/sign-in"): {},
    ("GET", "/sign-in/some-secret"): {},
    ("GET", "/directory/.well-known/jwks.json"): {},
    ("GET", "/directory/api/v1/openapi.json"): {},
}


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(("method", "path"), TABLE)
def test_each_role_gets_what_the_table_says(directory: House, role: str, method: str, path: str) -> None:
    answer = directory.client(*ROLES[role]).open(path, method=method)

    assert answer.status_code == TABLE[method, path].get(role, SHOWN)


def test_a_liaison_sees_the_own_school_alone(directory: House) -> None:
    page = directory.client(*ROLES["liaison"]).get("/directory/schools").text

    assert "德令哈市第一小学" in page
    assert "格尔木市第一中学" not in page
    assert "/links" not in page


def test_the_administrator_makes_a_link_that_signs_the_school_in(directory: House) -> None:
    page = directory.client(*ROLES["administrator"]).post(f"/directory/schools/{GOLMUD}/links").text
    path = page.split('value="http://127.0.0.1:8000')[1].split('"')[0]

    liaison: FlaskClient = directory.client()
    assert "只能使用一次" in liaison.get(path).text
    assert liaison.post(path, data={"next": "/directory/schools"}).location == "/directory/schools"
    shown = liaison.get("/directory/schools").text
    assert "格尔木市第一中学" in shown
    assert "德令哈市第一小学" not in shown


def test_opening_a_link_does_not_spend_it(directory: House) -> None:
    page = directory.client(*ROLES["administrator"]).post(f"/directory/schools/{GOLMUD}/links").text
    path = page.split('value="http://127.0.0.1:8000')[1].split('"')[0]
    scanner = directory.client()
    for _ in range(3):
        assert scanner.get(path).status_code == SHOWN

    assert directory.client().post(path).status_code == SIGN_IN


@pytest.mark.parametrize(
    "target", ["https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere.example"]
)
def test_nobody_is_sent_elsewhere_after_signing_in(directory: House, target: str) -> None:
    page = directory.client(*ROLES["administrator"]).post(f"/directory/schools/{GOLMUD}/links").text
    path = page.split('value="http://127.0.0.1:8000')[1].split('"')[0]

    assert directory.client().post(path, data={"next": target}).location == "/"


def test_signing_out_forgets_the_token(directory: House) -> None:
    client = directory.client(*ROLES["administrator"])
    assert client.get("/").status_code == SHOWN

    client.post("/sign-out")

    assert client.get("/").status_code == SIGN_IN


def test_the_language_of_the_device_is_kept(directory: House) -> None:
    client = directory.client(*ROLES["administrator"])
    client.post("/language", data={"language": "en", "next": "/directory/schools"})

    assert "Golmud No. 1 Middle School" in client.get("/directory/schools").text


def test_html_in_a_name_stays_text(directory: House) -> None:
    def rename(tx: object) -> None:
        tx.load(School, GOLMUD).name = "<script>alert(1)</script>"  # type: ignore[attr-defined]

    directory.database.run(rename, actor="service:directory")

    page = directory.client(*ROLES["administrator"]).get("/directory/schools").text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


def test_both_languages_have_every_page(directory: House) -> None:
    for language, word in (("zh", "学校名录"), ("en", "Schools")):
        assert (
            word
            in directory.client(*ROLES["administrator"], language=language).get("/directory/schools").text
        )


def test_a_token_is_out_of_reach_of_scripts_and_other_sites(directory: House) -> None:
    page = directory.client(*ROLES["administrator"]).post(f"/directory/schools/{GOLMUD}/links").text
    path = page.split('value="http://127.0.0.1:8000')[1].split('"')[0]

    cookie = directory.client().post(path).headers["Set-Cookie"]

    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_a_spent_link_says_so_on_a_page(directory: House) -> None:
    page = directory.client(*ROLES["administrator"]).post(f"/directory/schools/{GOLMUD}/links").text
    path = page.split('value="http://127.0.0.1:8000')[1].split('"')[0]
    directory.client().post(path)

    again = directory.client().post(path, headers={"Accept": "text/html"})

    assert again.status_code == 409
    assert "已经用过" in again.text


def test_the_register_shows_each_what_is_theirs(directory: House) -> None:
    coordinator = directory.client(*ROLES["coordinator"])
    pages = {
        path: coordinator.get(f"/directory/{path}").text
        for path in ("schools", "people", "groups", "organisations", "regions")
    }

    assert "18 所学校" in pages["schools"]
    assert "144 人" in pages["people"]
    assert "格尔木市第二中学教育集团" in pages["groups"]
    assert "海西蒙古族藏族自治州教育局" in pages["organisations"]
    assert "天峻县" in pages["regions"]
    for page in pages.values():
        assert "七星关" not in page
        assert "镇雄县第三中学" not in page


def test_phones_and_id_digits_are_shown_to_who_looks_after_the_place(directory: House) -> None:
    person = f"/directory/people/{named('person', '3632801001/3')}"
    school = f"/directory/schools/{GOLMUD}"
    coordinator, auditor = (directory.client(*ROLES[role]) for role in ("coordinator", "auditor"))

    assert "0411" in coordinator.get(person).text
    assert "0411" not in auditor.get(person).text
    assert "10001200100" in coordinator.get(school).text
    assert "100••••0100" in auditor.get(school).text
    assert directory.client(*ROLES["liaison"]).get(school).status_code == 404


def test_a_list_is_filtered_sorted_and_paged_by_its_address(directory: House) -> None:
    asks = directory.client(*ROLES["administrator"])

    page = asks.get("/directory/people?q=cwj&sort=-since").text
    assert "陈文静" in page
    assert "罗永平" not in page
    assert "第 26–50 行，共 176 行" in asks.get("/directory/people?page=2").text
    assert "第 176–176 行" in asks.get("/directory/people?page=8").text
    # What a list does not have is refused, what names nothing finds nothing, and nothing in it is taken for HTML.
    for wrong in ("page=x", "page=401", "sort=;", "sort=phone", "bogus=1"):
        assert asks.get(f"/directory/people?{wrong}").status_code == 422
    for nothing in ("school=1", "region=x", "backbone=x", "subject=%25"):
        assert "没有符合条件的人" in asks.get(f"/directory/people?{nothing}").text
    assert "<b>" not in asks.get("/directory/schools?q=<b>").text


@pytest.mark.parametrize(
    ("path", "few"),
    [
        ("schools", "region=632823"),
        ("people", "region=632803"),
        ("groups", "q=刘斌"),
        ("organisations", "kind=training_centre"),
        ("regions", "q=632801"),
        ("accounts", "q=天峻"),
    ],
)
def test_a_list_asks_as_often_for_one_row_as_for_many(directory: House, path: str, few: str) -> None:
    asks = directory.client(*ROLES["administrator"])

    def queries(address: str) -> tuple[int, int]:
        asks.get(address)
        with counted(directory.database) as sent:
            page = asks.get(address).text
        return page.count("<tr"), len(sent)

    many, for_many = queries(f"/directory/{path}")
    one, for_one = queries(f"/directory/{path}?{few}")
    assert many > one > 1
    assert for_many == for_one <= 8


def test_a_move_keeps_what_was_typed_and_says_what_is_missing(directory: House) -> None:
    person = f"/directory/people/{named('person', '3632801001/3')}"
    asks = directory.client(*ROLES["coordinator"])

    answer = asks.post(f"{person}/move", data={"school": str(DELINGHA), "since": "2026"})
    assert answer.status_code == 422
    assert "2026-08" in answer.text
    assert f'value="{DELINGHA}" selected' in answer.text

    assert asks.post(f"{person}/move", data={"school": str(DELINGHA), "since": "2026-08"}).status_code == 303
    assert "德令哈市第一小学" in asks.get(person).text


def test_a_list_leaves_as_a_workbook_that_shows_no_more_than_the_page(directory: House) -> None:
    def cells(role: str, path: str) -> list[tuple[object, ...]]:
        answer = directory.client(*ROLES[role]).get(path)
        assert answer.status_code == 200
        assert "attachment" in answer.headers["Content-Disposition"]
        return list(load_workbook(BytesIO(answer.data)).worksheets[0].iter_rows(values_only=True))

    people = cells("coordinator", "/directory/people/export.xlsx?region=632801")
    assert people[1][:3] == ("姓名", "性别", "身份证后四位")
    assert len(people) == 2 + 3 * 8
    assert "0411" in {row[2] for row in people}
    assert {row[2] for row in cells("auditor", "/directory/people/export.xlsx")[2:]} == {"••••"}

    schools = cells("coordinator", "/directory/schools/export.xlsx")
    assert len(schools) == 2 + 18
    assert "10001200100" in {row[8] for row in schools}
    assert "100••••0100" in {row[8] for row in cells("auditor", "/directory/schools/export.xlsx")}

    assert cells("coordinator", "/directory/groups/export.xlsx?q=刘斌")[2:] == [
        (
            "格尔木市第二中学教育集团",
            "格尔木市第二中学",
            "格尔木市第一中学、茫崖市第一中学、茫崖市第四中学",
            "刘斌",
        )
    ]
    units = cells("coordinator", "/directory/organisations/export.xlsx?kind=training_centre")
    assert [row[:3] for row in units[2:]] == [("海西蒙古族藏族自治州教师发展中心", "培训机构", "632800")]
    assert cells("coordinator", "/directory/regions/export.xlsx?q=格尔木")[2:] == [("632801", "格尔木市", 3)]
    assert "导出列表" in directory.client(*ROLES["auditor"]).get("/directory/audit").text
