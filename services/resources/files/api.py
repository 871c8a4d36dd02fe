"""Uploads by tus 1.0.0: begin, ask how far it is, go on, give up. Any client of the protocol can use it."""

import base64
from collections.abc import Iterator
from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, Response, make_response, request, url_for
from werkzeug.exceptions import ClientDisconnected
from werkzeug.http import http_date

from services.resources.files.commands import uploading
from services.resources.files.commands.depot import PIECE, depot_of
from services.resources.files.commands.placing import draft_for
from services.resources.files.model.upload import Upload
from services.resources.files.policies import tus
from services.resources.items.queries.seeing import reader_of
from shared.auth import SIGNED_IN, holders
from shared.db import Transaction
from shared.errors import Invalid, NotFound
from shared.text import Sentence
from shared.web.edge import command, edge, language, reading, signed_in

#: Whoever may contribute. Auditors read.
UPLOADERS = holders("administrator", "coordinator", "liaison", "teacher")

blueprint = Blueprint("uploads", __name__, url_prefix="/resources/api/v1/uploads")

_MB = 2**20
#: The status of tus for a checksum that does not hold; HTTP has no name for it.
_CHECKSUM_MISMATCH = 460


@blueprint.before_request
def _speak_tus() -> Response | None:
    # A request of more than the usual 2 MB is what this door is for; what is too much is said from the headers.
    request.max_content_length = edge().runtime.settings.largest_file * _MB
    if request.method == "OPTIONS" or request.headers.get("Tus-Resumable") == tus.VERSION:
        return None
    response = make_response("Tus-Resumable: 1.0.0\n", HTTPStatus.PRECONDITION_FAILED)
    response.headers["Tus-Version"] = tus.VERSION
    return response


@blueprint.after_request
def _say_version(response: Response) -> Response:
    if request.method != "OPTIONS":
        response.headers["Tus-Resumable"] = tus.VERSION
    return response


@blueprint.route("", methods=["OPTIONS"], provide_automatic_options=False)
@SIGNED_IN
def able() -> Response:
    """What this server can do of the protocol."""
    response = make_response("", HTTPStatus.NO_CONTENT)
    response.headers["Tus-Version"] = tus.VERSION
    response.headers["Tus-Extension"] = tus.EXTENSIONS
    response.headers["Tus-Max-Size"] = str(edge().runtime.settings.largest_file * _MB)
    response.headers["Tus-Checksum-Algorithm"] = ",".join(tus.ALGORITHMS)
    response.headers["Tus-Resumable"] = tus.VERSION
    return response


@blueprint.post("")
@UPLOADERS
def begin() -> Response:
    """Begin a file: Upload-Length, and in Upload-Metadata its filename."""
    settings = edge().runtime.settings
    length = tus.whole(request.headers.get("Upload-Length", ""), "Upload-Length")
    said = tus.metadata(request.headers.get("Upload-Metadata", ""))
    target = _version(said.get("version", ""))

    def work(tx: Transaction) -> Upload:
        if target is not None:
            draft_for(tx, version_id=target, reader=reader_of(tx.db, signed_in()))
        upload = uploading.begin(
            tx,
            name=said.get("filename", ""),
            length=length,
            largest=settings.largest_file * _MB,
            keep=settings.keep_uploads,
            target_id=target,
        )
        tx.db.flush()  # what is answered must be what the database holds
        tx.db.expunge(upload)
        return upload

    upload = command(work)
    response = make_response("", HTTPStatus.CREATED)
    response.headers["Location"] = url_for("uploads.state", upload_id=upload.id)
    response.headers["Upload-Expires"] = http_date(upload.expires_at)
    return response


@blueprint.get("/<uuid:upload_id>")
@UPLOADERS
def state(upload_id: UUID) -> Response:
    """How far it is (HEAD, by the protocol), and as JSON what became of it (GET)."""
    with reading() as db:
        upload = uploading.own_upload(db, upload_id, by=signed_in().actor)
    if upload.expires_at <= edge().runtime.clock() and upload.state == "receiving":
        raise uploading.Gone(
            Sentence(zh="这个上传已过期，请重新上传。", en="This upload has run out of time.")
        )
    why = upload.why
    response = make_response(
        {
            "id": str(upload.id),
            "name": upload.name,
            "length": upload.length,
            "arrived": upload.arrived,
            "state": upload.state,
            "why": why.in_language(language()) if why else "",
            "file": str(upload.stored_id) if upload.stored_id else None,
        }
    )
    _say_offset(response, upload)
    response.headers["Upload-Length"] = str(upload.length)
    response.headers["Upload-Metadata"] = f"filename {base64.b64encode(upload.name.encode()).decode()}"
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.patch("/<uuid:upload_id>")
@UPLOADERS
def go_on(upload_id: UUID) -> Response:
    """Bring the next part, from Upload-Offset on."""
    if request.mimetype != "application/offset+octet-stream":
        raise _wrong_type()
    runtime = edge().runtime
    sending = uploading.Sending(
        upload_id=upload_id,
        by=signed_in().actor,
        at=tus.whole(request.headers.get("Upload-Offset", ""), "Upload-Offset"),
        size=request.content_length,
        checksum=tus.checksum(request.headers.get("Upload-Checksum", "")),
        keep=runtime.settings.keep_uploads,
    )
    try:
        upload = uploading.take(runtime.database, depot_of(runtime.settings), sending, _arriving())
    except uploading.Damaged:
        response = make_response("Checksum Mismatch\n")
        response.status = f"{_CHECKSUM_MISMATCH} Checksum Mismatch"
        return response
    response = make_response("", HTTPStatus.NO_CONTENT)
    _say_offset(response, upload)
    return response


@blueprint.delete("/<uuid:upload_id>")
@UPLOADERS
def give_up(upload_id: UUID) -> Response:
    """Forget it."""
    command(lambda tx: uploading.give_up(tx, upload_id=upload_id))
    return make_response("", HTTPStatus.NO_CONTENT)


@blueprint.post("/<uuid:upload_id>")
@UPLOADERS
def instead(upload_id: UUID) -> Response:
    """For clients behind something that lets only POST through: X-HTTP-Method-Override says what is meant."""
    match request.headers.get("X-HTTP-Method-Override", "").upper():
        case "PATCH":
            return go_on(upload_id)
        case "DELETE":
            return give_up(upload_id)
        case "HEAD":
            return state(upload_id)
    raise Invalid(
        Sentence(zh="缺少 X-HTTP-Method-Override。", en="X-HTTP-Method-Override is missing."),
        field="X-HTTP-Method-Override",
    )


def _arriving() -> Iterator[bytes]:
    """What comes, as far as it comes: a line that is cut ends it."""
    try:
        while piece := request.stream.read(PIECE):
            yield piece
    except (ClientDisconnected, OSError):
        return


def _say_offset(response: Response, upload: Upload) -> None:
    response.headers["Upload-Offset"] = str(upload.arrived)
    if upload.state == "receiving":
        response.headers["Upload-Expires"] = http_date(upload.expires_at)


def _version(said: str) -> UUID | None:
    """The version of an item that the file is for."""
    try:
        return UUID(said) if said else None
    except ValueError as error:
        raise NotFound(
            Sentence(zh="没有这个资源版本。", en="There is no such version of an item.")
        ) from error


class _WrongType(Invalid):
    status = HTTPStatus.UNSUPPORTED_MEDIA_TYPE


def _wrong_type() -> Invalid:
    return _WrongType(
        Sentence(
            zh="内容类型应为 application/offset+octet-stream。",
            en="The content type has to be application/offset+octet-stream.",
        ),
        field="Content-Type",
    )
