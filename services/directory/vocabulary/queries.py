"""What the codes of the register are called."""

from collections.abc import Mapping

from shared.text import Sentence

_NOTHING = Sentence(zh="—", en="—")

#: By kind of code, then by code; the codes are those of the contracts.
WORDS: Mapping[str, Mapping[str, Sentence]] = {
    "stage": {
        "primary": Sentence(zh="小学", en="primary"),
        "junior": Sentence(zh="初中", en="junior"),
        "senior": Sentence(zh="高中", en="senior"),
        "kindergarten": Sentence(zh="幼儿园", en="kindergarten"),
        "nine_year": Sentence(zh="九年一贯制", en="nine-year"),
        "complete_secondary": Sentence(zh="完全中学", en="complete secondary"),
        "twelve_year": Sentence(zh="十二年一贯制", en="twelve-year"),
    },
    "setting": {
        "urban": Sentence(zh="城区", en="urban"),
        "town": Sentence(zh="镇区", en="town"),
        "rural": Sentence(zh="乡村", en="rural"),
    },
    "backbone": {
        "none": _NOTHING,
        "school": Sentence(zh="校级", en="school"),
        "county": Sentence(zh="县级", en="county"),
        "city": Sentence(zh="市州级", en="prefecture"),
        "province": Sentence(zh="省级", en="province"),
        "national": Sentence(zh="国家级", en="national"),
    },
    "kind": {
        "bureau": Sentence(zh="教育行政部门", en="education bureau"),
        "training_centre": Sentence(zh="培训机构", en="training centre"),
        "other": Sentence(zh="其他单位", en="other unit"),
    },
}


def word(kind: str, code: str) -> Sentence:
    """What a code is called; a dash where nothing is known, the code itself where it is newer than these words."""
    if not code:
        return _NOTHING
    return WORDS[kind].get(code, Sentence(zh=code, en=code))


def options(kind: str, *, but: str = "") -> list[tuple[str, Sentence]]:
    """The codes of a kind and what they are called, in their order, to choose from."""
    return [(code, called) for code, called in WORDS[kind].items() if code != but]
