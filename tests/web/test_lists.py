"""Lists: what an address asks for, links that keep the rest, and the macros that show them."""

import pytest
from flask import render_template_string

from shared.errors import Invalid
from shared.web.lists import Listing, listing
from tests.builders import House


def asked(toy: House, query: str) -> Listing:
    with toy.app().test_request_context(f"/exchange/things?{query}"):
        return listing(sorts=("name", "pupils"), filters=("q", "stage"), default="name")


def test_an_address_without_anything_is_the_first_page_in_the_usual_order(toy: House) -> None:
    wanted = asked(toy, "")

    assert (wanted.sort, wanted.descending, wanted.page, wanted.offset, wanted.filters) == (
        "name",
        False,
        1,
        0,
        (),
    )
    assert wanted.address == "/exchange/things"


def test_every_link_keeps_the_rest_and_begins_at_the_first_page(toy: House) -> None:
    wanted = asked(toy, "q=德令哈&stage=junior&sort=-pupils&page=3")

    assert (wanted.offset, wanted.get("q"), wanted.pages(51)) == (50, "德令哈", 3)
    assert wanted.at(2).endswith("&stage=junior&sort=-pupils&page=2")
    assert wanted.without("q") == "/exchange/things?stage=junior&sort=-pupils"
    assert wanted.sorted_by("pupils").endswith("&sort=pupils")
    assert wanted.sorted_by("name").endswith("&stage=junior")
    assert wanted.only("stage", "primary").endswith("&stage=primary&sort=-pupils")
    assert wanted.exported("/exchange/export").startswith("/exchange/export?q=")


@pytest.mark.parametrize(
    "query", ["sort=password", "sort=-", "page=0", "page=-1", "page=x", "page=99999999999", "page=²", "id=1"]
)
def test_what_the_list_does_not_have_is_refused(toy: House, query: str) -> None:
    with pytest.raises(Invalid):
        asked(toy, query)


def test_what_nobody_can_type_is_left_out(toy: House) -> None:
    assert asked(toy, "q=%00a%0Ab%20").get("q") == "ab"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_macros_escape_names_and_say_where_the_reader_is(toy: House, language: str) -> None:
    with toy.app().test_request_context(
        "/exchange/things?q=<b>&sort=-name&page=2", headers={"Cookie": f"language={language}"}
    ):
        wanted = listing(sorts=("name",), filters=("q",), default="name")
        shown = render_template_string(
            '{% import "lists.html" as lists %}{{ lists.head(wanted, "name", "N") }}{{ lists.chips(wanted, {"q": "Q"}) }}'
            '{{ lists.pager(wanted, 60) }}{{ lists.bulk(wanted, "/do", [("a", "A")], 25, 60) }}{{ lists.pick(1, "<i>") }}'
            '{{ lists.export(wanted, "/x") }}{% call lists.table("C") %}<tbody></tbody>{% endcall %}',
            wanted=wanted,
        )

    assert 'aria-sort="descending"' in shown
    assert "&lt;b&gt;" in shown
    assert "<b>" not in shown
    assert "<i>" not in shown
    assert "26" in shown
    assert 'value="all"' in shown


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_form_keeps_what_was_typed_and_says_what_is_wrong_where_it_is(toy: House, language: str) -> None:
    with toy.app().test_request_context(headers={"Cookie": f"language={language}"}):
        shown = render_template_string(
            '{% import "forms.html" as forms %}{{ forms.summary(errors) }}'
            '{{ forms.field("name", "Name", value="<x>", help="H", errors=errors) }}'
            '{{ forms.field("word", "Word", value="secret", type="password") }}'
            '{{ forms.field("kind", "Kind", value="b", options=[("a", "A"), ("b", "B")], required=false) }}'
            '{{ forms.opener("d", "Open") }}{% call forms.confirm("d", "T", "/p", "Do", danger=true) %}40{% endcall %}',
            errors={"name": "Too short."},
        )

    assert 'value="&lt;x&gt;"' in shown
    assert 'aria-describedby="name-help name-error" aria-invalid="true"' in shown
    assert 'href="#name"' in shown
    assert "secret" not in shown
    assert '<option value="b" selected>' in shown
    assert '<dialog id="d"' in shown
    assert "&lt;dialog" not in shown


def test_blocks(toy: House) -> None:
    with toy.app().test_request_context(headers={"Cookie": "language=en"}):
        shown = render_template_string(
            '{% import "blocks.html" as blocks %}{{ blocks.chip("done", "D") }}{{ blocks.empty("E", "/n", "N") }}'
            '{{ blocks.progress(3, 4, "P") }}{{ blocks.tabs([("/a", "A", 3), ("/b", "B", none)], "/b", "L") }}'
            '{{ blocks.crumbs([("/a", "A"), ("/b", "B")]) }}{{ blocks.fragment("/c", "C", "M") }}'
            '{{ blocks.toast("Told.", "/undo") }}',
        )

    assert "3 / 4" in shown
    assert '<a href="/b" aria-current="page">' in shown
    assert 'hx-get="/c"' in shown
    assert 'action="/undo"' in shown
