"""What a file is by its bytes: what it was called, or what the browser said of it, decides nothing."""

import re
import zipfile
from typing import IO

from services.resources.files.policies.taking import broken
from shared.errors import Invalid
from shared.text import Sentence

#: Bytes from which a type is told.
HEAD = 8192

_OFFICE = "application/vnd.openxmlformats-officedocument."

#: Type → what people call it, and the extensions that say the same. A name may have another only where the type is none of these.
KINDS: dict[str, tuple[Sentence, tuple[str, ...]]] = {
    "application/pdf": (Sentence(zh="PDF", en="PDF"), ("pdf",)),
    f"{_OFFICE}wordprocessingml.document": (
        Sentence(zh="Word 文档", en="Word document"),
        ("docx", "docm", "dotx"),
    ),
    f"{_OFFICE}presentationml.presentation": (
        Sentence(zh="PowerPoint 课件", en="PowerPoint"),
        ("pptx", "pptm", "ppsx", "potx"),
    ),
    f"{_OFFICE}spreadsheetml.sheet": (Sentence(zh="Excel 表格", en="Excel sheet"), ("xlsx", "xlsm", "xltx")),
    "application/x-ole-storage": (
        Sentence(zh="旧版 Office 文档", en="older Office file"),
        ("doc", "ppt", "xls", "pps", "wps", "dps", "et", "dot", "pot", "msg"),
    ),
    "application/rtf": (Sentence(zh="RTF 文档", en="RTF document"), ("rtf",)),
    "application/zip": (Sentence(zh="压缩文件", en="archive"), ()),
    "image/png": (Sentence(zh="图片", en="picture"), ("png",)),
    "image/jpeg": (Sentence(zh="图片", en="picture"), ("jpg", "jpeg", "jfif")),
    "image/gif": (Sentence(zh="图片", en="picture"), ("gif",)),
    "image/webp": (Sentence(zh="图片", en="picture"), ("webp",)),
    "image/svg+xml": (Sentence(zh="矢量图", en="drawing"), ("svg",)),
    "text/html": (Sentence(zh="网页", en="web page"), ("html", "htm", "xhtml", "mht")),
    "text/plain": (Sentence(zh="文本", en="text"), ("txt", "csv", "md", "srt", "vtt", "tex", "json", "log")),
    "video/mp4": (Sentence(zh="视频", en="video"), ("mp4", "m4v", "mov", "m4a", "3gp")),
    "video/webm": (Sentence(zh="视频", en="video"), ("webm", "mkv", "mka")),
    "video/x-msvideo": (Sentence(zh="视频", en="video"), ("avi",)),
    "video/x-ms-asf": (Sentence(zh="视频", en="video"), ("wmv", "wma", "asf")),
    "audio/mpeg": (Sentence(zh="音频", en="audio"), ("mp3",)),
    "audio/wav": (Sentence(zh="音频", en="audio"), ("wav",)),
    "audio/ogg": (Sentence(zh="音频", en="audio"), ("ogg", "oga", "ogv", "opus")),
    "audio/flac": (Sentence(zh="音频", en="audio"), ("flac",)),
}
_OTHER = Sentence(zh="其他文件", en="another kind of file")

#: What a browser may show by itself: nothing in it can run.
_SHOWN = frozenset(
    {
        *("application/pdf", "text/plain", "video/mp4", "video/webm"),
        *("image/png", "image/jpeg", "image/gif", "image/webp"),
        *("audio/mpeg", "audio/wav", "audio/ogg", "audio/flac"),
    }
)
#: What puremagic calls by several names.
_SAME = {
    "audio/x-wav": "audio/wav",
    "audio/vnd.wave": "audio/wav",
    "audio/wave": "audio/wav",
    "video/quicktime": "video/mp4",
    "audio/mp4": "video/mp4",
    "video/3gpp": "video/mp4",
    "video/x-matroska": "video/webm",
    "video/avi": "video/x-msvideo",
    "audio/mp3": "audio/mpeg",
    "audio/x-flac": "audio/flac",
    "video/ogg": "audio/ogg",
    "application/ogg": "audio/ogg",
    "text/rtf": "application/rtf",
    "image/jpg": "image/jpeg",
}
_TEXT_ENCODINGS = ("utf-8", "gb18030")
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


def kind_of(file: IO[bytes], *, size: int) -> tuple[str, list[zipfile.ZipInfo]]:
    """The type of a file by its bytes, and the entries of an archive. Raises Invalid where it is broken."""
    head = file.read(HEAD)
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _archive(file)
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return "application/x-ole-storage", []
    if markup := _markup(head):
        return markup, []
    return _by_magic(head, whole=size <= HEAD), []


def name_lies(extension: str, media_type: str) -> Sentence | None:
    """Why a name that ends so cannot be had for this type, or None: what opens as another thing deceives."""
    told = next((kind for kind, (_, known) in KINDS.items() if extension in known), None)
    if told is None or told == media_type or _family(told) == _family(media_type):
        return None
    is_, says = word_for(media_type), KINDS[told][0]
    return Sentence(
        zh=f"文件名说是{says.zh}（.{extension}），内容却是{is_.zh}。请检查文件，改正扩展名后重新上传。",
        en=f"The name says {says.en} (.{extension}), but the content is {is_.en}. Check it, correct the extension and send it again.",
    )


def word_for(media_type: str) -> Sentence:
    """What people call the type."""
    return KINDS[media_type][0] if media_type in KINDS else _OTHER


def _family(media_type: str) -> str:
    """What may be called by each other's extensions: it is opened by the same programs, and shown in the same way."""
    if media_type in {"image/svg+xml", "text/html", "text/plain"}:
        return media_type
    if media_type.startswith(_OFFICE) or media_type in {"application/x-ole-storage", "application/rtf"}:
        return "office"
    top = media_type.partition("/")[0]
    return {"audio": "moving", "video": "moving", "image": "image"}.get(top, media_type)


def shown(media_type: str) -> bool:
    """Whether a browser may show it, rather than save it."""
    return media_type in _SHOWN


def _archive(file: IO[bytes]) -> tuple[str, list[zipfile.ZipInfo]]:
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise Invalid(broken()) from error
    names = {entry.filename for entry in entries}
    for part, kind in (("word/", "wordprocessingml.document"), ("ppt/", "presentationml.presentation"), ("xl/", "spreadsheetml.sheet")):  # fmt: skip
        if "[Content_Types].xml" in names and any(name.startswith(part) for name in names):
            return f"{_OFFICE}{kind}", entries
    return "application/zip", entries


def _markup(head: bytes) -> str | None:
    text = head.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").lower()
    if not text.startswith(b"<"):
        return None
    if b"<svg" in text:
        return "image/svg+xml"
    # What begins with a tag is shown as a page by whoever guesses; so it is one.
    return "text/html"


def _by_magic(head: bytes, *, whole: bool) -> str:
    import puremagic  # noqa: PLC0415  its tables are needed where files are examined

    if _is_text(head, whole=whole):
        return "text/plain"
    try:
        found = puremagic.magic_string(head)
    except (puremagic.PureError, ValueError):
        return "application/octet-stream"
    for match in found:
        said = str(match.mime_type)
        told = _SAME.get(said, said)
        if told in KINDS:
            return told
    return "application/octet-stream"


def _is_text(head: bytes, *, whole: bool) -> bool:
    if head.startswith((b"%PDF", b"{\\rtf")) or _CONTROL.search(head):
        return False
    for encoding in _TEXT_ENCODINGS:
        for end in (len(head),) if whole else range(len(head), len(head) - 4, -1):  # a character may be cut
            try:
                head[:end].decode(encoding)
            except UnicodeDecodeError:
                continue
            return True
    return False
