"""Reads the text of a file and makes a picture of its first page: `python -m …reading FILE TYPE PICTURE`, answers JSON.

Files come from strangers and their readers are large; so this runs as a process of its own, with bounds on memory, time
and output that the kernel keeps, and whatever a file does to it costs the service nothing.
"""

import io
import json
import resource
import sys
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from html.parser import HTMLParser
from itertools import islice
from pathlib import Path
from typing import Any

from services.resources.files.policies import films

#: Characters that are read, pages that are looked at, width and height of the picture.
LONGEST, PAGES, WIDE = 200_000, 500, 640
#: Bytes of memory, seconds of computing, bytes of output.
MEMORY, SECONDS, OUTPUT = 1024 * 2**20, 40, 8 * 2**20
#: Pixels of a picture beyond which it is not unpacked.
_PIXELS = 60_000_000

#: Of these the length is read, however large they are.
FILMS = ("video/mp4", "video/webm")
_OFFICE = "application/vnd.openxmlformats-officedocument."


@dataclass(frozen=True, slots=True)
class Found:
    """What a file says. broken: it could not be opened as what it is."""

    text: str = ""
    pages: int = 0
    broken: bool = False


def read(path: Path, media_type: str, picture: Path) -> Found:
    """Read the file, and write the picture where there is one to make."""
    readers: dict[str, Callable[[Path, Path], Found]] = {
        "application/pdf": _pdf,
        f"{_OFFICE}wordprocessingml.document": _word,
        f"{_OFFICE}presentationml.presentation": _slides,
        "text/plain": _plain,
        "text/html": _page,
        **dict.fromkeys(FILMS, _film),
    }
    if media_type.startswith("image/") and media_type != "image/svg+xml":
        return _image(path, picture)
    reader = readers.get(media_type)
    if reader is None:
        return Found()
    try:
        return reader(path, picture)
    except Exception:  # noqa: BLE001  a broken file makes its reader raise whatever it likes
        return Found(broken=True)


def _pdf(path: Path, picture: Path) -> Found:
    import pypdfium2  # noqa: PLC0415  each file needs one reader

    with pypdfium2.PdfDocument(path) as document:
        pages = len(document)
        if pages:
            width, _height = document[0].get_size()
            shot = document[0].render(scale=min(4.0, WIDE / max(width, 1.0)))
            _save(shot.to_pil(), picture)

        def texts() -> Iterator[str]:
            for number in range(min(pages, PAGES)):
                sheet = document[number]
                content = sheet.get_textpage()
                yield content.get_text_bounded()
                content.close()
                sheet.close()

        return Found(text=_until_enough(texts()), pages=pages)


def _word(path: Path, picture: Path) -> Found:
    import docx  # noqa: PLC0415
    from docx.oxml.ns import qn  # noqa: PLC0415

    document = docx.Document(str(path))
    paragraphs = (
        "".join(run.text or "" for run in paragraph.iter(qn("w:t")))
        for paragraph in document.element.body.iter(qn("w:p"))
    )
    _thumbnail(path, picture)
    return Found(text=_until_enough(paragraphs))


def _slides(path: Path, picture: Path) -> Found:
    from pptx import Presentation  # noqa: PLC0415

    deck = Presentation(str(path))

    def texts() -> Iterator[str]:
        for slide in deck.slides:
            for shape in _shapes(slide.shapes):
                if shape.has_text_frame:
                    yield shape.text_frame.text
                if getattr(shape, "has_table", False):
                    yield from (cell.text for row in shape.table.rows for cell in row.cells)
            if slide.has_notes_slide and slide.notes_slide.notes_text_frame is not None:
                yield slide.notes_slide.notes_text_frame.text

    _thumbnail(path, picture)
    return Found(text=_until_enough(texts()), pages=len(deck.slides))


def _shapes(shapes: Any) -> Iterator[Any]:  # noqa: ANN401  python-pptx ships no types
    for shape in shapes:
        if hasattr(shape, "shapes"):
            yield from _shapes(shape.shapes)
        else:
            yield shape


def _plain(path: Path, _picture: Path) -> Found:
    with path.open("rb") as file:
        raw = file.read(LONGEST * 4)
    for encoding in ("utf-8", "gb18030"):
        for end in range(len(raw), max(len(raw) - 4, -1), -1):  # a character may be cut
            try:
                return Found(text=raw[:end].decode(encoding)[:LONGEST])
            except UnicodeDecodeError:
                continue
    return Found()


class _Words(HTMLParser):
    """Collects what people read of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []

    def handle_data(self, data: str) -> None:
        """Take the text between two tags."""
        self.words.append(data)


def _page(path: Path, picture: Path) -> Found:
    words = _Words()
    words.feed(_plain(path, picture).text)
    return Found(text=_until_enough(iter(words.words)))


def _image(path: Path, picture: Path) -> Found:
    from PIL import Image, ImageOps  # noqa: PLC0415

    Image.MAX_IMAGE_PIXELS = _PIXELS
    try:
        with Image.open(path) as image:
            image.draft("RGB", (WIDE * 2, WIDE * 2))
            _save(ImageOps.exif_transpose(image), picture)
    except Exception:  # noqa: BLE001  a broken picture makes Pillow raise whatever it likes
        return Found(broken=True)
    return Found()


def _film(path: Path, picture: Path) -> Found:
    with path.open("rb") as file:
        length = films.length_of(file, size=path.stat().st_size)
    _save(films.placeholder(length), picture)
    return Found()


def _thumbnail(path: Path, picture: Path) -> None:
    """The small picture that office programs put into their files, where they did."""
    from PIL import Image  # noqa: PLC0415

    with zipfile.ZipFile(path) as archive:
        named = next((n for n in archive.namelist() if n.lower().startswith("docprops/thumbnail.")), None)
        if named is None or archive.getinfo(named).file_size > 5 * 2**20:
            return
        content = archive.read(named)
    try:
        with Image.open(io.BytesIO(content)) as image:
            _save(image, picture)
    except Exception:  # noqa: BLE001, S110  a picture that nobody needs; the text is what counts
        pass


def _save(image: Any, picture: Path) -> None:  # noqa: ANN401  Pillow is imported where it is needed
    image.thumbnail((WIDE, WIDE))
    image.convert("RGB").save(picture, "WEBP", quality=70)


def _until_enough(texts: Iterator[str]) -> str:
    """Joined, with white space made one, until it is long enough."""
    words: list[str] = []
    length = 0
    for text in islice(texts, 200_000):
        line = " ".join(text.split())
        if line:
            words.append(line)
            length += len(line) + 1
        if length >= LONGEST:
            break
    return "\n".join(words)[:LONGEST]


def main() -> None:
    """Set the bounds, read, answer."""
    path, media_type, picture = sys.argv[1:]
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (OUTPUT, OUTPUT))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    found = read(Path(path), media_type, Path(picture))
    # Half a pair of surrogates, or a zero, is text to a file and to no database.
    text = found.text.encode("utf-8", "ignore").decode().replace("\0", "")
    sys.stdout.write(json.dumps({**asdict(found), "text": text}))


if __name__ == "__main__":
    main()
