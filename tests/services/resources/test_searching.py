"""Search finds what is there, in both languages, at once, and nothing that the reader may not see — on both databases."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.resources.items.commands.making import draft_item, open_to
from services.resources.items.commands.publishing import publish, retire
from services.resources.items.model.item import Content
from services.resources.items.queries.listing import lines
from services.resources.items.queries.seeing import Reader, reader_of
from services.resources.searching.commands import describe_all
from services.resources.searching.policies import asked_of, snippet, words_of
from services.resources.searching.queries import Found, search
from shared.db import Transaction
from shared.ids import named
from tests.builders import DELINGHA, GOLMUD, PARTNER, House, who

READERS = {
    "teacher": (f"teacher@school:{GOLMUD}",),
    "other": (f"teacher@school:{DELINGHA}",),
    "abroad": (f"liaison@school:{PARTNER}",),
    "prefecture": ("coordinator@region:632800",),
    "county": ("coordinator@region:632801",),
    "auditor": ("auditor@region:630000",),
    "all": ("administrator@all",),
}
ITEMS = (
    ("分数乘法整单元设计", "数学", GOLMUD, "632801", ("region:632800",), True),
    ("AI课程：人工智能启蒙", "信息科技", DELINGHA, "632802", ("all",), True),
    ("草原 The Grassland", "语文", GOLMUD, "632801", (f"school:{PARTNER}",), True),
    ("分数的意义", "数学", PARTNER, "520502", ("region:520502",), True),
    ("未发布的分数教案", "数学", GOLMUD, "632801", ("all",), False),
)


@pytest.fixture
def shelf(either: House) -> House:
    decides = reader(either, "administrator@all")

    def enter(tx: Transaction) -> None:
        for title, subject, school, region, audiences, out in ITEMS:
            item, _version = draft_item(
                tx,
                id_=named("item", title),
                kind="course",
                content=Content(
                    title=title,
                    subject=subject,
                    stage="primary",
                    summary=f"{title}。适合乘法教学的小学课堂。",
                ),
                school_id=school,
                region_code=region,
                audiences=list(audiences),
            )
            if out:
                publish(tx, item_id=item.id, reader=decides)

    either.database.run(enter, actor="account:chen")
    return either


def reader(house: House, *grants: str) -> Reader:
    with house.database.reading() as db:
        return reader_of(db, who(*grants))


def found(house: House, said: str, *grants: str, **filters: str) -> Found:
    own = reader(house, *(grants or READERS["all"]))
    with house.database.reading() as db:
        return search(db, own, said, filters=filters)


def titles(house: House, said: str, *grants: str, **filters: str) -> list[str]:
    return [hit.version.title for hit in found(house, said, *grants, **filters).hits]


def test_words_of_two_characters_one_character_and_latin_ones_are_found_by_title_first(shelf: House) -> None:
    assert titles(shelf, "分数") == ["未发布的分数教案", "分数的意义", "分数乘法整单元设计"]
    assert titles(shelf, "乘法")[0] == "分数乘法整单元设计"
    assert len(titles(shelf, "乘法")) == 5
    assert titles(shelf, "grass") == titles(shelf, "GRASSLAND 草原") == ["草原 The Grassland"]
    assert titles(shelf, "ai 启蒙") == ["AI课程：人工智能启蒙"]
    assert titles(shelf, "义") == ["分数的意义"]
    assert titles(shelf, "格尔木市第一中学 草原") == ["草原 The Grassland"]
    assert titles(shelf, "乘法", subject="语文") == ["草原 The Grassland"]
    assert titles(shelf, "微积分") == titles(shelf, "") == titles(shelf, "《》！") == []
    for odd in ('"', "'", "\\", "分数 AND", "NEAR(", "a*b", "k:*", "x' | 'y", "head:", "-分数", "\x00分"):
        found(shelf, odd)


def test_a_reader_finds_exactly_what_the_list_shows_them(shelf: House) -> None:
    for grants in READERS.values():
        own = reader(shelf, *grants)
        with shelf.database.reading() as db:
            listed, _total = lines(db, own)
            hits = search(db, own, "乘法", filters={}).hits
        assert sorted(hit.item.title for hit in hits) == sorted(line.item.title for line in listed), grants


def test_an_item_is_found_at_once_by_whom_it_is_opened_to_and_no_more_once_it_is_retired(
    shelf: House,
) -> None:
    decides, item = reader(shelf, "administrator@all"), named("item", "草原 The Grassland")
    assert titles(shelf, "草原", *READERS["other"]) == []
    shelf.database.run(
        lambda tx: open_to(tx, item_id=item, audiences=["region:632800"], reader=decides), actor="account:he"
    )
    assert titles(shelf, "草原", *READERS["other"]) == ["草原 The Grassland"]
    assert titles(shelf, "草原", *READERS["abroad"]) == []
    shelf.database.run(lambda tx: retire(tx, item_id=item, reason="改版", reader=decides), actor="account:he")
    assert titles(shelf, "草原", *READERS["other"]) == []
    assert titles(shelf, "草原", *READERS["teacher"]) == ["草原 The Grassland"]
    before = titles(shelf, "乘法")
    assert describe_all(shelf.database, actor="operator:test") == len(ITEMS)
    assert sorted(titles(shelf, "乘法")) == sorted(before)


def test_facets_count_and_the_place_is_shown(shelf: House) -> None:
    told = found(shelf, "乘法")
    assert (told.total, told.more) == (5, False)
    assert told.facets["subject"] == {"数学": 3, "信息科技": 1, "语文": 1}
    hit = found(shelf, "小学 教学").hits[0]
    assert [piece for piece, marked in hit.where if marked] == ["教学", "小学"]


def test_text_is_cut_into_pairs_and_shown_around_what_was_asked_for() -> None:
    assert words_of("分数乘法A1") == ["分数", "数乘", "乘法", "法", "a1"]
    assert asked_of("分数 法 ai") == ["分数", "法*", "ai*"]
    assert snippet("一二三四五" * 30 + "分数" + "六" * 100, ["分数"], around=3) == [
        ("…", False),
        ("三四五", False),
        ("分数", True),
        ("六" * 6, False),
        ("…", False),
    ]
    assert "".join(piece for piece, _ in snippet("分数乘法", ["数乘"])) == "分数乘法"


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60), st.integers(0, 58), st.integers(2, 8))
def test_any_part_of_a_text_finds_the_text(text: str, start: int, length: int) -> None:
    part = "".join(each for each in text[start : start + length] if "\u4e00" <= each <= "\u9fff")
    if part and part in text:
        words = words_of(text)
        assert all(
            any(word.startswith(asked[:-1]) for word in words) if asked.endswith("*") else asked in words
            for asked in asked_of(part)
        )
