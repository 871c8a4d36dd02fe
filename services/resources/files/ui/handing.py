"""Handing a file out: in ranges, under its own name, and so that nothing in it can run in this site's name."""

from collections.abc import Sequence
from datetime import timedelta
from typing import cast

from flask import Response, request
from werkzeug.wsgi import wrap_file
from zipstream import ZipStream

from services.resources.files.commands.depot import PIECE, Depot
from services.resources.files.model.stored import Stored
from services.resources.files.policies.kinds import shown
from services.resources.files.policies.naming import apart, disposition
from shared.errors import Unavailable
from shared.text import Sentence

#: What a file that is shown may do: nothing. The viewer of PDF is the browser's own and does not work within a sandbox.
_NOTHING = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; media-src 'self'; frame-ancestors 'none'"
)


def hand_out(depot: Depot, stored: Stored, *, name: str, inline: bool = False) -> Response:
    """The file as the answer of this request, the whole or the range that is asked for.

    inline: shown rather than saved, where a browser can do that safely; pages and drawings never are, and are no longer of
    a type that one would open. Raises Unavailable where its bytes are not there.
    """
    inline = inline and shown(stored.media_type)
    kind = stored.media_type if inline else "application/octet-stream"
    response = _ranged(depot, stored.key, size=stored.size, etag=stored.sha256, media_type=kind)
    response.headers["Content-Disposition"] = disposition(name, inline=inline)
    sandbox = "" if inline and stored.media_type == "application/pdf" else "sandbox; "
    response.headers["Content-Security-Policy"] = sandbox + _NOTHING
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    response.headers["Cache-Control"] = (
        "private, no-cache"  # asked for again each time: who may see it can change
    )
    return response


def hand_out_preview(depot: Depot, stored: Stored) -> Response:
    """The picture of its first page; it never changes."""
    response = Response(b"".join(depot.pieces(stored.preview)), mimetype="image/webp")
    response.headers["Cache-Control"] = f"private, max-age={int(timedelta(days=1).total_seconds())}"
    return response


def hand_out_all(depot: Depot, files: Sequence[tuple[str, Stored]], *, name: str) -> Response:
    """All of them as one zip, made while it is sent: nothing is put together anywhere, however large they are."""
    archive = ZipStream(sized=True)
    for told, (_, stored) in zip(apart([each for each, _ in files]), files, strict=True):
        archive.add(depot.pieces(stored.key), told, size=stored.size)
    response = Response(iter(archive), mimetype="application/zip", direct_passthrough=True)
    response.content_length = len(archive)
    response.headers["Content-Disposition"] = disposition(f"{name}.zip")
    return response


def _ranged(depot: Depot, key: str, *, size: int, etag: str, media_type: str) -> Response:
    try:
        file = depot.open(key)
    except FileNotFoundError as error:
        raise Unavailable(
            Sentence(
                zh="这个文件暂时取不到，请告诉管理员。",
                en="The file cannot be had just now. Tell the administrator.",
            )
        ) from error
    response = Response(wrap_file(request.environ, file, PIECE), mimetype=media_type, direct_passthrough=True)
    if media_type == "text/plain":
        response.headers["Content-Type"] = "text/plain"  # no charset is claimed for what may be in any
    response.content_length = size
    response.set_etag(etag)
    known = request.headers.get("Range", "bytes=").startswith("bytes=")  # another unit is no reason to refuse
    return cast("Response", response.make_conditional(request, accept_ranges=known, complete_length=size))
