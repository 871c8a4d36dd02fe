"""One search box: by characters, full pinyin and initials, within the reader's rights, bounded and escaped."""

import pytest

from tests.builders import DELINGHA, House, counted

ADMINISTRATOR = "administrator@all"


@pytest.mark.parametrize(
    "words", ["德令哈市第一小学", "delingha", "dlhsdyxx", "DELINGHA", "3632802007", " 德令哈  第一小学 "]
)
def test_a_school_is_found_by_characters_pinyin_initials_and_code(directory: House, words: str) -> None:
    assert (
        "德令哈市第一小学" in directory.client(ADMINISTRATOR).get("/search", query_string={"q": words}).text
    )


def test_people_are_found_and_lead_to_their_pages(directory: House) -> None:
    page = directory.client(ADMINISTRATOR).get("/directory/search?q=wenjing").text

    assert "文静" in page
    assert "/directory/people/" in page


@pytest.mark.parametrize("words", ["golmud no. 1", "GOLMUD", "Golmud Middle"])
def test_a_school_is_found_by_its_english_name(directory: House, words: str) -> None:
    asks = directory.client(ADMINISTRATOR, language="en")

    assert "Golmud No. 1 Middle School" in asks.get("/search", query_string={"q": words}).text
    assert "Golmud No. 1 Middle School" in asks.get("/directory/schools", query_string={"q": words}).text


@pytest.mark.parametrize(
    ("words", "name", "href"),
    [
        ("教育集团", "格尔木市第二中学教育集团", "/directory/groups?q="),
        ("geermu", "格尔木市第二中学教育集团", "/directory/groups?q="),
        ("刘斌", "格尔木市第二中学教育集团", "/directory/groups?q="),
        ("教师发展中心", "海西蒙古族藏族自治州教师发展中心", "/directory/organisations?q="),
        ("jiaoyuju", "德令哈市教育局", "/directory/organisations?q="),
    ],
)
def test_groups_and_organisations_are_found_too(directory: House, words: str, name: str, href: str) -> None:
    page = directory.client(ADMINISTRATOR).get("/directory/search", query_string={"q": words}).text

    assert name in page
    assert href in page
    liaison = directory.client(f"liaison@school:{DELINGHA}")
    assert name not in liaison.get("/directory/search", query_string={"q": words}).text


def test_nobody_finds_what_is_outside_their_scope(directory: House) -> None:
    liaison = directory.client(f"liaison@school:{DELINGHA}")

    assert "德令哈市第一小学" in liaison.get("/directory/search?q=delingha").text
    assert "第二小学" not in liaison.get("/directory/search?q=delingha").text
    assert "七星关" not in liaison.get("/directory/search?q=qixingguan").text


def test_hits_are_few_and_the_rest_is_a_list(directory: House) -> None:
    page = directory.client(ADMINISTRATOR).get("/directory/search?q=中学").text

    assert page.count('href="/directory/schools/') == 8
    assert "/directory/schools?q=" in page


@pytest.mark.parametrize("words", ["", "   "])
def test_no_words_ask_nothing(directory: House, words: str) -> None:
    client = directory.client(ADMINISTRATOR)
    client.get("/search")
    with counted(directory.database) as queries:
        page = client.get("/search", query_string={"q": words}).text

    assert "首字母" in page
    assert not [query for query in queries if "people" in query]


def test_what_is_typed_stays_text_and_is_bounded(directory: House) -> None:
    page = directory.client(ADMINISTRATOR).get("/search", query_string={"q": "<script>" + "x" * 10_000}).text

    assert "<script>x" not in page
    assert "&lt;script&gt;" in page
    assert "x" * 65 not in page


@pytest.mark.parametrize("words", ["%", "_", "\\", "' OR 1=1 --", "\x00"])
def test_signs_of_the_query_language_mean_themselves(directory: House, words: str) -> None:
    answer = directory.client(ADMINISTRATOR).get("/search", query_string={"q": words})

    assert answer.status_code == 200
    assert "/directory/schools/" not in answer.text


def test_the_box_gets_hits_alone_and_the_others_bring_their_own(directory: House) -> None:
    client = directory.client(ADMINISTRATOR)

    typed = client.get("/search?q=delingha", headers={"HX-Request": "true"}).text

    assert "<html" not in typed
    for service in ("scheduling", "notifications"):
        assert f'hx-get="/{service}/search?q=delingha"' in typed


def test_both_languages_have_it(directory: House) -> None:
    assert (
        "Golmud No. 1 Middle School"
        in directory.client(ADMINISTRATOR, language="en").get("/search?q=geermu").text
    )
