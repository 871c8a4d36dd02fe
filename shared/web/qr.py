"""QR codes (ISO/IEC 18004) as part of a page."""

import segno
from markupsafe import Markup


def drawn(link: str, *, scale: int = 3) -> Markup:
    """The link as a QR code. It holds nothing but squares, so that it may stand in the page as it is."""
    code = segno.make(link, error="m", micro=False).svg_inline(scale=scale, border=2)
    return Markup(code)  # noqa: S704  drawn by us
