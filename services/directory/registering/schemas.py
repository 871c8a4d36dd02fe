"""The shape of what is entered by hand; empty is what is not known."""

import re
from collections.abc import Mapping
from typing import Any

from marshmallow import EXCLUDE, fields, pre_load

from services.directory.vocabulary.queries import options
from shared.text import Sentence
from shared.web.spoken import Id, Line, Strict, Whole, must

_MONTH = r"((19|20)[0-9]{2}-(0[1-9]|1[0-2]))?"


def _line() -> Line:
    return _like(r".{0,120}", zh="请不要超过 120 个字。", en="At most 120 characters.")


def _name() -> Line:
    fits = must(
        re.compile(r".{1,60}").fullmatch,
        Sentence(zh="请填写，最多 60 个字。", en="Say it, in at most 60 characters."),
    )
    return Line(required=True, validate=fits)


def _like(pattern: str, *, zh: str, en: str) -> Line:
    return Line(load_default="", validate=must(re.compile(pattern).fullmatch, Sentence(zh=zh, en=en)))


def _month() -> Line:
    return _like(_MONTH, zh="请写成年和月，例如 2025-09。", en="Write year and month, such as 2025-09.")


def _phone() -> Line:
    return _like(
        r"(\+?[0-9][0-9 ()-]{4,19})?",
        zh="电话只含数字、空格和短横，例如 1000 758 0488。",
        en="A phone number has digits, spaces and dashes, such as 1000 758 0488.",
    )


def _choice(*allowed: str) -> Line:
    fits = must(
        frozenset(allowed).__contains__, Sentence(zh="请从列表中选择。", en="Choose one of the list.")
    )
    return Line(load_default="", validate=fits)


def _codes(kind: str) -> list[str]:
    return [code for code, _ in options(kind)]


class Form(Strict):
    """A form may carry fields of its own beside."""

    class Meta:
        """marshmallow's place for options."""

        unknown = EXCLUDE

    @pre_load
    def nothing_is_none(self, data: Mapping[str, Any], **_options: object) -> dict[str, Any]:
        """Numbers that nobody filled in are not known."""
        numbers = {name for name, field in self.fields.items() if isinstance(field, fields.Integer)}
        return {name: None if name in numbers and value == "" else value for name, value in data.items()}


class PersonForm(Form):
    """What a roster says of somebody; the id number's last four digits and no more."""

    name = _name()
    sex = _choice("", "男", "女")
    birth = _month()
    id_last4 = _like(
        r"([0-9]{3}[0-9X])?",
        zh="只填身份证号的后四位，例如 012X。",
        en="The last four of the id number only, such as 012X.",
    )
    subject = _line()
    post = _line()
    title = _line()
    backbone = _choice("", *_codes("backbone"))
    since = _month()
    degree = _line()
    stage = _choice("", *_codes("stage"))
    phone = _phone()


class Entering(Form):
    """Where somebody is entered, and that they are not the one of that name who is there."""

    school = Id(required=True)
    another = fields.Boolean(load_default=False)


class SchoolForm(Form):
    """What a roster says of a school, but for its code and where it lies."""

    name = _name()
    name_en = _line()
    stage = _choice(*_codes("stage"))
    setting = _choice("", *_codes("setting"))
    pupils = Whole(
        load_default=None,
        allow_none=True,
        validate=must(
            range(50_001).__contains__,
            Sentence(zh="请填 0 到 50,000 之间的人数。", en="A number from 0 to 50,000."),
        ),
    )
    contact = _line()
    phone = _phone()


class Placing(Form):
    """Its code and the region that it lies in, which stay."""

    code = _like(
        r"[0-9A-Z]{4,20}",
        zh="学校标识码由数字或大写字母组成，例如 3632801001。",
        en="A school's code is digits or capital letters, such as 3632801001.",
    )
    region = _like(r"[0-9]{6}", zh="请选择学校所在的区域。", en="Choose the region that the school lies in.")


class Seen(Form):
    """The version that who corrects had before their eyes."""

    seen = Whole(required=True)
