"""Setting certificates as PDF, with typst, in a Chinese font that is installed with us: the same on every machine.

Characters that it lacks, of rare names, come from a font of the machine's own (Debian: fonts-noto-cjk) where there is one.
"""

import io
import json
from collections.abc import Sequence
from functools import cache
from importlib import resources

import segno
import typst
from pylopdf_fonts_zh_cn import serif_path

from services.scheduling.certificates.model import Certificate
from services.scheduling.plans.model import ZONE

#: Families that certificates are set in, the best first: ours, then of Debian and of other systems.
FAMILIES = (
    "Noto Serif SC",
    "Noto Serif CJK SC",
    "Source Han Serif SC",
    "Noto Sans CJK SC",
    "SimSun",
    "Songti SC",
)


def as_pdf(certificates: Sequence[Certificate], *, verified_at: str) -> bytes:
    """One page of A4 for each. verified_at: where a code is looked up, without it."""
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
            "issued": f"{one.issued_at.astimezone(ZONE):%Y 年 %-m 月 %-d 日}",
            "address": f"{verified_at}{one.code}",
            "qr": _qr(f"{verified_at}{one.code}"),
        }
        for one in certificates
    ]
    template = resources.files("services.scheduling").joinpath("templates/scheduling/certificate.typ")
    inputs = {"certificates": json.dumps(rows), "fonts": json.dumps(FAMILIES)}
    found: bytes = typst.compile(template.read_bytes(), format="pdf", sys_inputs=inputs, font_paths=_fonts())
    return found


@cache
def _fonts() -> typst.Fonts:
    """Looked for once: reading them takes longer than setting a page."""
    return typst.Fonts(font_paths=[serif_path().parent])


def _qr(link: str) -> str:
    drawn = io.BytesIO()
    segno.make(link, error="m", micro=False).save(drawn, kind="svg", border=0)
    return drawn.getvalue().decode()
