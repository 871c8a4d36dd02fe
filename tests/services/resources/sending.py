"""What tests of files build: a server that tus clients can reach, files small and bad, and a worker that examines them."""

import io
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from uuid import UUID

import docx
import pypdfium2
import requests
from PIL import Image
from pptx import Presentation
from tusclient.client import TusClient
from werkzeug.serving import make_server

from services.resources.files.commands.depot import Depot, depot_of
from services.resources.files.commands.examining import READ, examine, sweep
from services.resources.files.commands.reading import read_stored
from services.resources.files.commands.uploading import EXAMINE, SWEEP
from services.resources.files.policies.taking import EICAR
from shared.jobs import JobRunner
from tests.builders import GOLMUD, House

TEACHER = f"teacher@school:{GOLMUD}"


class Sender:
    """Somebody with a tus client, signed in to a server of the house."""

    def __init__(self, house: House, base: str, *grants: str) -> None:
        self.house, self.base = house, base
        self.headers = {"Cookie": f"tongxing={house.token(*grants)}; language=zh"}
        self.door = f"{base}/resources/api/v1/uploads"
        self.depot: Depot = depot_of(house.runtime.settings)

    def send(
        self,
        name: str,
        content: bytes,
        *,
        chunk: int = 2**20,
        checksum: bool = True,
        version: UUID | None = None,
    ) -> str:
        """Send a file by the tus client, for a version of an item or for none; answers the address of its upload."""
        target = {"version": str(version)} if version else {}
        client = TusClient(self.door, headers=self.headers)
        uploader = client.uploader(
            file_stream=io.BytesIO(content),
            chunk_size=chunk,
            metadata={"filename": name, "filetype": "application/pdf", **target},
            upload_checksum=checksum,
        )
        uploader.upload()
        return str(uploader.url)

    def state(self, url: str) -> dict[str, object]:
        """What became of an upload."""
        answer = requests.get(url, headers={**self.headers, "Tus-Resumable": "1.0.0"}, timeout=10)
        return dict(answer.json())

    def outcome(self, name: str, content: bytes, *, scanner: str = "") -> tuple[str, str]:
        """Send a file and have it examined: the state, and the sentence of a refusal."""
        url = self.send(name, content)
        work(self.house, scanner=scanner)
        found = self.state(url)
        return str(found["state"]), str(found["why"])


@contextmanager
def served(house: House) -> Iterator[str]:
    """The house's pages at an address, as the tus client needs one."""
    server = make_server("127.0.0.1", 0, house.app(), threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def work(house: House, *, scanner: str = "", depot: Depot | None = None) -> None:
    """Do all jobs that are due."""
    depot = depot or depot_of(house.runtime.settings)
    jobs = {
        EXAMINE: partial(examine, depot=depot, scanner=scanner),
        READ: partial(read_stored, depot=depot),
        SWEEP: partial(sweep, depot=depot),
    }
    runner = JobRunner(house.database, jobs, service="resources", owner="test")
    while runner.step():
        pass


def a_pdf(pages: int = 1) -> bytes:
    """Empty pages."""
    document = pypdfium2.PdfDocument.new()
    for _ in range(pages):
        document.new_page(595, 842)
    out = io.BytesIO()
    document.save(out)
    document.close()
    return out.getvalue()


def a_text_pdf(words: str) -> bytes:
    """A page with Latin words, written by hand: what every PDF has at least."""
    stream = f"BT /F1 24 Tf 72 700 Td ({words}) Tj ET".encode()
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length " + str(len(stream)).encode() + b" >>\nstream\n" + stream + b"\nendstream",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    out, offsets = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        offsets.append(len(out))
        out += str(number).encode() + b" 0 obj\n" + content + b"\nendobj\n"
    table = b"".join(f"{at:010d} 00000 n \n".encode() for at in offsets)
    return (
        out
        + b"xref\n0 6\n0000000000 65535 f \n"
        + table
        + (f"trailer << /Size 6 /Root 1 0 R >>\nstartxref\n{len(out)}\n%%EOF\n".encode())
    )


def a_word(text: str) -> bytes:
    """A Word document with a paragraph and a table."""
    document = docx.Document()
    document.add_paragraph(text)
    document.add_table(1, 1).cell(0, 0).text = "表格里的字"
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def some_slides(title: str, notes: str) -> bytes:
    """A PowerPoint with one slide and its notes."""
    deck = Presentation()
    slide = deck.slides.add_slide(deck.slide_layouts[0])
    slide.shapes.title.text = title
    slide.notes_slide.notes_text_frame.text = notes
    out = io.BytesIO()
    deck.save(out)
    return out.getvalue()


def a_picture() -> bytes:
    """A small PNG."""
    out = io.BytesIO()
    Image.new("RGB", (1200, 800), "#1f4e79").save(out, "PNG")
    return out.getvalue()


def an_archive(**entries: bytes) -> bytes:
    """A zip of these."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return out.getvalue()


def a_bomb() -> bytes:
    """A zip of a few kilobytes that says it holds gigabytes; the sizes of its entries are of zeros that compress well."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(5):
            archive.writestr(f"{number}.bin", b"\0" * (16 * 2**20))
    return out.getvalue()


def a_virus() -> bytes:
    """What every scanner has to find."""
    return EICAR


def files_under(depot: Depot, prefix: str) -> list[str]:
    """The names of what lies there."""
    path = depot.path_of(prefix)
    return sorted(each.name for each in Path(str(path)).rglob("*") if each.is_file())
