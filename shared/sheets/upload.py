"""An upload before anything in it is read: whether it is a workbook, and one that can be read within bounds."""

import io
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import PurePath
from xml.parsers.expat import ExpatError

from shared.errors import Invalid
from shared.text import Sentence

#: Bytes of an upload, and of everything in it once unpacked. 120,000 people take some 5 MB and 90 MB.
UPLOADED = 20 * 1024 * 1024
UNPACKED = 500 * 1024 * 1024
PARTS = 2_000
_COMPOUND = bytes.fromhex("D0CF11E0A1B11AE1")
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


def opened(data: bytes, *, filename: str) -> zipfile.ZipFile:
    """The package of an .xlsx workbook, its sizes checked before anything is unpacked.

    Raises Invalid, with a sentence about `filename`, for anything else: no spreadsheet, an encrypted or old one, one too
    large packed or unpacked.
    """
    name = named(filename)
    if len(data) > UPLOADED:
        raise _refused(
            f"“{name}”超过 20 MB，请拆分后再上传。", f"“{name}” is over 20 MB. Split it and upload the parts."
        )
    if not data:
        raise _refused(f"“{name}”是空文件。", f"“{name}” is empty.")
    if data.startswith(_COMPOUND):
        if _ENCRYPTED in data:
            raise _refused(
                f"“{name}”加了打开密码。请取消密码后再上传。",
                f"“{name}” is protected by a password. Remove the password and upload it again.",
            )
        raise _refused(
            f"“{name}”是旧格式（.xls）。请在表格软件中另存为 .xlsx 后再上传。",
            f"“{name}” is in an old format (.xls). Save it as .xlsx and upload that.",
        )
    try:
        package = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise _refused(
            f"“{name}”不是电子表格（.xlsx）。", f"“{name}” is not a spreadsheet (.xlsx)."
        ) from error
    _check(package, name)
    return package


def named(filename: str) -> str:
    """A file's name as a sentence may repeat it: without folders, and short."""
    return PurePath(filename.replace("\\", "/")).name[:80] or "?"


@contextmanager
def damage_told(filename: str) -> Iterator[None]:
    """What breaks while a package is read is the file's fault: raises Invalid in its place."""
    try:
        yield
    except (
        zipfile.BadZipFile,
        zlib.error,
        ExpatError,
        EOFError,
        LookupError,
        ValueError,
        RuntimeError,
    ) as error:
        name = named(filename)
        raise _refused(
            f"“{name}”已损坏，读不出来。请在表格软件中打开并重新保存后再上传。",
            f"“{name}” is damaged and cannot be read. Open it in a spreadsheet program, save it again and upload that.",
        ) from error


def too_large(filename: str) -> Invalid:
    """What to raise where a workbook holds more than we read."""
    name = named(filename)
    return _refused(
        f"“{name}”的内容太多，无法读取。请删去多余的行列或拆分后再上传。",
        f"“{name}” holds too much to be read. Delete rows and columns that are not needed, or split it.",
    )


def _check(package: zipfile.ZipFile, name: str) -> None:
    parts = package.infolist()
    names = {part.filename.lower().lstrip("/") for part in parts}
    if not any(n.endswith("workbook.xml") for n in names):
        if any(n.endswith("workbook.bin") for n in names) or "mimetype" in names:
            raise _refused(
                f"“{name}”是另一种电子表格格式。请另存为 .xlsx 后再上传。",
                f"“{name}” is a spreadsheet of another format. Save it as .xlsx and upload that.",
            )
        raise _refused(f"“{name}”不是电子表格（.xlsx）。", f"“{name}” is not a spreadsheet (.xlsx).")
    if any(part.flag_bits & 0x1 for part in parts):
        raise _refused(
            f"“{name}”加了打开密码。请取消密码后再上传。",
            f"“{name}” is protected by a password. Remove the password and upload it again.",
        )
    # zipfile never gives more of a part than its directory declares, so the declared sizes bound what will be read.
    if len(parts) > PARTS or sum(part.file_size for part in parts) > UNPACKED:
        raise too_large(name)


def _refused(zh: str, en: str) -> Invalid:
    return Invalid(Sentence(zh=zh, en=en), field="file")
