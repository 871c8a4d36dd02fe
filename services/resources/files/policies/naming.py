"""Names of files: what may be one, and how a header says it."""

import unicodedata
from urllib.parse import quote

from shared.errors import Invalid
from shared.text import Sentence

#: Characters of a name.
_LONGEST = 160


def name_of(said: str) -> str:
    """The name as it is kept: one line, composed. Raises Invalid for a path, or for no name at all."""
    name = unicodedata.normalize("NFC", said).strip().strip(".").strip()
    if not name or any(part in name for part in "/\\\0"):
        raise Invalid(
            Sentence(
                zh="文件名不能为空，也不能带有路径（/、\\ 或 ..）。请改名后重新上传。",
                en="A file needs a name, without a path in it (/, \\ or ..). Rename it and send it again.",
            ),
            field="filename",
        )
    # Signs that turn the direction of writing make `cod.exe` of `exe.doc`.
    name = "".join(sign for sign in name if unicodedata.category(sign) not in {"Cc", "Cf"})
    if len(name) > _LONGEST:
        stem, dot, extension = name.rpartition(".")
        name = (
            stem[: _LONGEST - len(extension) - 1] + dot + extension
            if dot and len(extension) < 10  # noqa: PLR2004  longer is no extension
            else name[:_LONGEST]
        )
    return name


def extension_of(name: str) -> str:
    """`pdf` of `课件.PDF`; empty where there is none."""
    stem, dot, extension = name.rpartition(".")
    return extension.lower() if dot and stem else ""


def disposition(name: str, *, inline: bool = False) -> str:
    """The header Content-Disposition: headers hold Latin letters alone, so the name stands beside a plain one (RFC 6266)."""
    plain = "".join(sign if sign.isascii() and sign.isalnum() else "_" for sign in extension_of(name))
    fallback = f"file.{plain}" if plain else "file"
    return f"{'inline' if inline else 'attachment'}; filename={fallback}; filename*=UTF-8''{quote(name, safe='')}"


def apart(names: list[str]) -> list[str]:
    """The names with ` (2)` and so on where two are the same, as a folder has them."""
    seen: dict[str, int] = {}
    told: list[str] = []
    for name in names:
        number = seen[name.lower()] = seen.get(name.lower(), 0) + 1
        stem, dot, extension = name.rpartition(".")
        if number == 1:
            told.append(name)
        elif dot and stem:
            told.append(f"{stem} ({number}).{extension}")
        else:
            told.append(f"{name} ({number})")
    return told
