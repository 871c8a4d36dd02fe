"""What is not taken, whoever sends it: programs, pages and pictures that run scripts, and archives that burst."""

import re
import zipfile
from collections.abc import Sequence

from shared.text import Sentence

#: Extensions of what a double click runs on the computers of a school.
_RUN = frozenset(
    re.findall(
        r"\w+",
        "apk app bat cmd com cpl dll dmg exe gadget hta inf ins iso jar js jse lnk msc msi msp ocx pif pkg ps1 psm1 reg run scr "
        "sct sh sys vb vbe vbs ws wsc wsf wsh xll",
    )
)

#: How programs begin.
_PROGRAMS = (
    b"MZ",
    b"\x7fELF",
    b"\xca\xfe\xba\xbe",
    b"\xcf\xfa\xed\xfe",
    b"\xce\xfa\xed\xfe",
    b"\xfe\xed\xfa",
    b"#!",
    b"L\0\0\0\x01\x14\x02\0",
)

#: The test file of the makers of virus scanners, in two halves so that this file is not taken for one.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + rb"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"

#: What runs when a page or a picture is opened.
_SCRIPT = re.compile(
    rb"<\s*(?:\w+:)?(?:script|iframe|object|embed|foreignobject|meta[^>]+http-equiv)|\bon[a-z]{3,20}\s*=|javascript\s*:|data\s*:\s*text/html",
    re.IGNORECASE,
)

#: Entries of an archive, bytes that it unpacks to, and how many times its own size that may be above the third.
_ENTRIES, _UNPACKED, _TIMES, _FROM = 20_000, 20 * 2**30, 100, 64 * 2**20

VIRUS = Sentence(
    zh="这个文件含有病毒（或病毒测试码），没有接收。请先用杀毒软件检查你的电脑。",
    en="The file holds a virus, or the code that tests scanners, and was not taken. Scan your computer first.",
)
_PROGRAM = Sentence(
    zh="这是程序或脚本，不能作为资源上传。",
    en="This is a program or a script; it cannot be shared as a resource.",
)
_RUNS = Sentence(
    zh="这个网页或图形里带有脚本，没有接收。请另存为 PDF 或图片后上传。",
    en="There is a script in this page or drawing, so it was not taken. Save it as PDF or as a picture and send that.",
)
_BURSTS = Sentence(
    zh="这个压缩文件展开后过大，没有接收。请直接上传里面的文件。",
    en="The archive unpacks to far too much, so it was not taken. Send the files in it instead.",
)
_ESCAPES = Sentence(
    zh="这个压缩文件里有指向别处的路径（如 ../），没有接收。",
    en="Names in the archive lead out of it (such as ../), so it was not taken.",
)
_BROKEN = Sentence(
    zh="这个文件已损坏，打不开。请在你的电脑上检查后重新上传。",
    en="The file is broken and cannot be opened. Check it on your computer and send it again.",
)


def refused_by_name(extension: str) -> Sentence | None:
    """Why a file of this extension is not even begun, or None."""
    return _PROGRAM if extension in _RUN else None


def refused_by_head(head: bytes) -> Sentence | None:
    """Why a file that begins so is not taken, or None."""
    return _PROGRAM if head.startswith(_PROGRAMS) else None


def refused_markup(content: bytes) -> Sentence | None:
    """Why a page or a drawing is not taken, or None. In UTF-16 every other byte is 0, and hides nothing from us."""
    return _RUNS if _SCRIPT.search(content.replace(b"\0", b"")) else None


def refused_archive(entries: Sequence[zipfile.ZipInfo], *, size: int) -> Sentence | None:
    """Why an archive of so many bytes with these entries is not taken, or None."""
    unpacked = sum(entry.file_size for entry in entries)
    if len(entries) > _ENTRIES or unpacked > _UNPACKED or (unpacked > _FROM and unpacked > _TIMES * size):
        return _BURSTS
    for entry in entries:
        name = entry.filename.replace("\\", "/")
        if name.startswith("/") or ".." in name.split("/") or re.match(r"[A-Za-z]:", name):
            return _ESCAPES
    return None


def broken() -> Sentence:
    """What is said of a file that cannot be opened."""
    return _BROKEN


class Watch:
    """Looks for a run of bytes in a stream, also where a piece ends within it."""

    def __init__(self, wanted: bytes) -> None:
        self._wanted, self._tail, self.found = wanted, b"", False

    def see(self, piece: bytes) -> None:
        """Look at the next piece."""
        if not self.found:
            self.found = self._wanted in self._tail + piece
            self._tail = (self._tail + piece)[-len(self._wanted) :]
