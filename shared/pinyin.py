"""What a Chinese name is found by on a Latin keyboard, and how lists are sorted."""

from functools import lru_cache


@lru_cache(maxsize=16384)
def _syllables(text: str) -> tuple[str, ...]:
    from pypinyin import lazy_pinyin  # noqa: PLC0415  its dictionaries take 20 MB, and most processes never write a name

    return tuple(lazy_pinyin(text))


#: Characters that sound otherwise where they are a surname.
_SURNAMES = {
    "曾": "zeng",
    "单": "shan",
    "解": "xie",
    "仇": "qiu",
    "区": "ou",
    "查": "zha",
    "朴": "piao",
    "翟": "zhai",
    "乐": "yue",
    "缪": "miao",
    "折": "she",
    "员": "yun",
    "盖": "ge",
    "种": "chong",
    "秘": "bi",
    "冼": "xian",
    "尹": "yin",
    "召": "shao",
    "贾": "jia",
    "覃": "qin",
    "宓": "fu",
    "应": "ying",
    "洗": "xian",
    "车": "che",
    "祭": "zhai",
    "黑": "he",
    "繁": "po",
    "逄": "pang",
    "教": "jiao",
}


def spelt(name: str, *, person: bool = False) -> str:
    """Full pinyin and initials, in lower case, a space between: 德令哈 → `delingha dlh`. Sorts by sound, too.

    Letters and digits stay as they are. Where a character has several readings the commonest for its word is taken; at
    the start of a person's name, that of the surname (曾 → `zeng`).
    """
    name = name.strip().lower()
    syllables = _syllables(name)
    if person and name[:1] in _SURNAMES:
        syllables = (_SURNAMES[name[0]], *_syllables(name[1:]))
    full = "".join(syllables).replace(" ", "")
    initials = "".join(syllable[:1] for syllable in syllables).replace(" ", "")
    return f"{full} {initials}"
