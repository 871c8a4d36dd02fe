"""What Chinese names are found by."""

import pytest

from shared.pinyin import spelt


@pytest.mark.parametrize(
    ("name", "keys"),
    [
        ("德令哈", "delingha dlh"),
        ("格尔木市第一中学", "geermushidiyizhongxue gemsdyzx"),
        (" 七星关 No.1 ", "qixingguanno.1 qxg"),
        ("", " "),
    ],
)
def test_a_name_is_found_by_sound_and_initials(name: str, keys: str) -> None:
    assert spelt(name) == keys


def test_a_surname_sounds_as_a_surname() -> None:
    assert spelt("曾文静", person=True) == "zengwenjing zwj"
    assert spelt("曾文静") == "cengwenjing cwj"
