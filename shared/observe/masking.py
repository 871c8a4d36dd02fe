"""Secrets do not enter the log: values under telling names and secrets inside texts become `***`."""

import re
from collections.abc import Mapping, MutableMapping
from typing import Any

MASK = "***"

_TELLING = re.compile(
    r"passw|passphrase|secret|token|authorization|cookie|credential|private_?key|api_?key|one_?time",
    re.IGNORECASE,
)

#: Each pattern keeps its first group and hides what follows.
_IN_TEXT = (
    # scheme://user:PASSWORD@host; greedy, because a password may hold an "@" that nobody quoted
    re.compile(r"([a-z][a-z0-9+.-]*://[^\s/:@]*:)[^\s/]+(?=@)", re.IGNORECASE),
    re.compile(r"(\b(?:bearer|basic)\s+)[\w.~+/=-]{8,}", re.IGNORECASE),
    # password=…, &access_token=…, sasl_plain_password=…
    re.compile(r"(\b[\w-]*(?:passw(?:or)?d|secret|token|api_?key)=)[^\s&;,\"']+", re.IGNORECASE),
    # "password": "…" in JSON or in the repr of a dict
    re.compile(r"([\w-]*(?:passw(?:or)?d|secret|token|api_?key)[\"']\s*:\s*[\"'])[^\"']*", re.IGNORECASE),
    # a signed token, wherever it stands
    re.compile(r"()\beyJ[\w-]{8,}\.[\w-]+\.[\w-]*"),
    # what SQLAlchemy adds to its errors: the values of a row, people's names and password hashes among them
    re.compile(r"(\[parameters: ).*"),
)


def telling(name: str) -> bool:
    """Whether what stands under this name is a secret."""
    return _TELLING.search(name) is not None


def masked_text(text: str) -> str:
    """The text without the secrets that its shape gives away."""
    for pattern in _IN_TEXT:
        text = pattern.sub(rf"\g<1>{MASK}", text)
    return text


def mask(_logger: object, _method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """The structlog processor: masks the whole line, nested values too."""
    return {name: _masked(name, value) for name, value in line.items()}


def _masked(name: object, value: object) -> object:
    if isinstance(name, str) and _TELLING.search(name) and value is not None and not isinstance(value, bool):
        return MASK
    if isinstance(value, str):
        return masked_text(value)
    if isinstance(value, Mapping):
        return {inner: _masked(inner, content) for inner, content in value.items()}
    if isinstance(value, tuple | list | set | frozenset):
        return [_masked(None, content) for content in value]
    if value is None or isinstance(value, bool | int | float):
        return value
    return masked_text(str(value))  # a UUID, a Sentence, an exception: written as text anyway
