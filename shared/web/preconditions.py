"""If-Match (RFC 9110, 13.1.1): which version of a thing a program had seen when it asked for a change."""

from flask import request

from shared.errors import Invalid
from shared.text import Sentence


def seen() -> int | None:
    """The version that If-Match names; None where it names none. Raises Invalid for what is no version of ours."""
    said = request.headers.get("If-Match", "*").strip().removeprefix("W/").strip('"')
    if said == "*":
        return None
    if not (said.isascii() and said.isdigit()):
        raise Invalid(
            Sentence(
                zh="If-Match 要写读取时得到的 ETag。",
                en="If-Match takes the ETag that came with the reading.",
            ),
            field="If-Match",
        )
    return int(said)


def etag(version: int) -> dict[str, str]:
    """The header that says which version is answered."""
    return {"ETag": f'"{version}"'}
