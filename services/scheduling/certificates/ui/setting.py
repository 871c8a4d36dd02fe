"""Setting certificates as PDF, with typst; the Chinese font is the machine's own (Debian: fonts-noto-cjk)."""

import io
import json
from collections.abc import Sequence
from functools import cache
from importlib import resources

import segno
import typst

from services.scheduling.certificates.model import Certificate
from shared.errors import Unavailable
from shared.text import Sentence

#: Families that certificates may be set in, the best first: of Debian, then of other systems.
FAMILIES = ("Noto Serif CJK SC", "Source Han Serif SC", "Noto Sans CJK SC", "SimSun", "Songti SC")


def as_pdf(certificates: Sequence[Certificate], *, verified_at: str) -> bytes:
    """One page of A4 for each. verified_at: where a code is looked up, without it. Raises Unavailable without a font."""
    rows = [
        {
            "name": one.name,
            "unit": one.unit,
            "title": one.title,
            "hours": one.hours,
            "number": one.number,
            "issuer": one.issuer,
            "begins": f"{one.begins_on:%Y 年 %-m 月 %-d 日}",
            "ends": f"{one.ends_on:%Y 年 %-m 月 %-d 日}",
            "issued": f"{one.issued_at:%Y 年 %-m 月 %-d 日}",
            "address": f"{verified_at}{one.code}",
            "qr": _qr(f"{verified_at}{one.code}"),
        }
        for one in certificates
    ]
    template = resources.files("services.scheduling").joinpath("templates/scheduling/certificate.typ")
    inputs = {"certificates": json.dumps(rows), "font": _family()}
    found: bytes = typst.compile(template.read_bytes(), format="pdf", sys_inputs=inputs)
    return found


@cache
def _family() -> str:
    there = set(typst.Fonts().families())
    for family in FAMILIES:
        if family in there:
            return family
    raise Unavailable(
        Sentence(
            zh="这台服务器没有中文字体，证书无法排版。请管理员安装字体（Debian：apt install fonts-noto-cjk）后再试。",
            en="This server has no Chinese font, so certificates cannot be set. Ask its administrator to install one (Debian: apt install fonts-noto-cjk).",
        )
    )


def _qr(link: str) -> str:
    drawn = io.BytesIO()
    segno.make(link, error="m", micro=False).save(drawn, kind="svg", border=0)
    return drawn.getvalue().decode()
