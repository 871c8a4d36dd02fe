"""What a Chinese name is found by on a Latin keyboard, and how lists are sorted."""

from functools import lru_cache


@lru_cache(maxsize=16384)
def _syllables(text: str) -> tuple[str, ...]:
    from pypinyin import lazy_pinyin  # noqa: PLC0415  its dictionaries take 20 MB, and most processes never write a name

    return tuple(lazy_pinyin(text))


def spelt(name: str) -> str:
    """Full pinyin and initials, in lower case, a space between: 德令哈 → `delingha dlh`. Sorts by sound, too.

    Letters and digits stay as they are. Where a character has several readings the commonest for its word is taken.
    """
    syllables = _syllables(name.strip().lower())
    full = "".join(syllables).replace(" ", "")
    initials = "".join(syllable[:1] for syllable in syllables).replace(" ", "")
    return f"{full} {initials}"
