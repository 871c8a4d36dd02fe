"""What items are called, and the values that their fields may have."""

import re
from collections.abc import Mapping

from shared.text import Sentence

KINDS: Mapping[str, Sentence] = {
    "course": Sentence(zh="课程", en="Course"),
    "lesson_plan": Sentence(zh="教案", en="Lesson plan"),
    "recording": Sentence(zh="录像", en="Recording"),
    "questions": Sentence(zh="题库", en="Question set"),
    "reading": Sentence(zh="读物", en="Reading"),
    "research": Sentence(zh="教研成果", en="Research output"),
}
LICENCES: Mapping[str, Sentence] = {
    "CC-BY-4.0": Sentence(zh="署名（CC BY）", en="CC BY"),
    "CC-BY-SA-4.0": Sentence(zh="署名-相同方式共享（CC BY-SA）", en="CC BY-SA"),
    "CC-BY-NC-4.0": Sentence(zh="署名-非商业（CC BY-NC）", en="CC BY-NC"),
    "CC-BY-NC-SA-4.0": Sentence(zh="署名-非商业-相同方式共享（CC BY-NC-SA）", en="CC BY-NC-SA"),
    "CC0-1.0": Sentence(zh="放弃权利（CC0）", en="CC0"),
    "in-school": Sentence(zh="仅限校内使用", en="Within the school only"),
    "reserved": Sentence(zh="保留所有权利", en="All rights reserved"),
}
_BETWEEN_NAMES = re.compile(r"[、，,；;\n]")


def names_in(text: str) -> tuple[str, ...]:
    """The names of people that a text lists, each once; a blank may be part of one."""
    found = (" ".join(each.split()) for each in _BETWEEN_NAMES.split(text))
    return tuple(dict.fromkeys(each for each in found if each))


#: Licences of what is for signed-in readers only, whoever has a link.
STAYS_INSIDE = frozenset({"in-school", "reserved"})
STAGES: Mapping[str, Sentence] = {
    "kindergarten": Sentence(zh="幼儿园", en="Kindergarten"),
    "primary": Sentence(zh="小学", en="Primary"),
    "junior": Sentence(zh="初中", en="Junior"),
    "senior": Sentence(zh="高中", en="Senior"),
    "all": Sentence(zh="不分学段", en="Any stage"),
}
#: What it is for, as LRMI's learningResourceType and educationalUse have it.
PURPOSES: Mapping[str, Sentence] = {
    "teaching": Sentence(zh="上课", en="Teaching"),
    "preparation": Sentence(zh="备课", en="Preparation"),
    "self_study": Sentence(zh="自学", en="Self-study"),
    "assessment": Sentence(zh="练习与测评", en="Assessment"),
    "training": Sentence(zh="教师研修", en="Teacher training"),
}
#: In what it is written or spoken, by BCP 47: what is taught in where these regions lie, and the foreign languages.
LANGUAGES: Mapping[str, Sentence] = {
    "zh": Sentence(zh="汉语", en="Chinese"),
    "bo": Sentence(zh="藏语", en="Tibetan"),
    "mn": Sentence(zh="蒙古语", en="Mongolian"),
    "ug": Sentence(zh="维吾尔语", en="Uyghur"),
    "kk": Sentence(zh="哈萨克语", en="Kazakh"),
    "ii": Sentence(zh="彝语", en="Yi"),
    "en": Sentence(zh="英语", en="English"),
    "ru": Sentence(zh="俄语", en="Russian"),
    "ja": Sentence(zh="日语", en="Japanese"),
}
#: State of an item → its chip, and the word.
STATES: Mapping[str, tuple[str, Sentence]] = {
    "draft": ("open", Sentence(zh="草稿", en="Draft")),
    "review": ("waiting", Sentence(zh="待审核", en="In review")),
    "published": ("done", Sentence(zh="已发布", en="Published")),
    "retired": ("plain", Sentence(zh="已下架", en="Retired")),
}
