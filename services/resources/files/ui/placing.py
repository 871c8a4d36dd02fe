"""The files of an item: its makers put them in, its readers take them away, one by one or all at once."""

from uuid import UUID

from flask import Response, redirect, render_template, request, url_for
from marshmallow import ValidationError
from werkzeug.wrappers import Response as BaseResponse

from services.resources.files.commands import placing
from services.resources.files.commands.depot import depot_of
from services.resources.files.model.stored import Stored
from services.resources.files.model.upload import STATES
from services.resources.files.queries.attached import File, coming_for, file_of, files_of
from services.resources.files.schemas import LinkSchema
from services.resources.files.ui.handing import hand_out, hand_out_all, hand_out_preview
from services.resources.files.ui.sending import UPLOADERS, blueprint
from services.resources.items.model.item import Item, Version
from services.resources.items.queries.listing import makers_of, version_of
from services.resources.items.queries.seeing import Reader, item_for, may_edit, no_such_item, reader_of
from services.resources.use.model import Kind
from shared.auth import SIGNED_IN, covers
from shared.errors import Invalid, Refusal
from shared.text import Sentence
from shared.web.edge import command, edge, language, reading, signed_in
from shared.web.spoken import sentences


@blueprint.get("/items/<uuid:item_id>/files")
@UPLOADERS
def of_item(item_id: UUID) -> str:
    """Where the files of a draft are put in."""
    return _page(item_id)


@blueprint.get("/items/<uuid:item_id>/files/list")
@UPLOADERS
def list_of_item(item_id: UUID) -> str:
    """Those that are there, for the page that is open."""
    return render_template("resources/item_files_list.html", **_draft(item_id))


@blueprint.post("/items/<uuid:item_id>/files/links")
@UPLOADERS
def add_link(item_id: UUID) -> str | tuple[str, int] | BaseResponse:
    """Put in the address of what can be watched elsewhere."""
    item, version, own = _theirs(item_id)
    try:
        said = LinkSchema().load(request.form.to_dict())
        command(
            lambda tx: placing.add_link(
                tx, version_id=version.id, name=said["name"], link=said["link"], reader=own
            )
        )
    except ValidationError as error:
        return _page(item.id, errors=sentences(error), typed=request.form.to_dict()), 422
    except Invalid as error:
        return _page(
            item.id, errors={error.field or "link": error.sentence}, typed=request.form.to_dict()
        ), 422
    return redirect(url_for("files.of_item", item_id=item_id), 303)


@blueprint.post("/items/<uuid:item_id>/files/<uuid:attachment_id>/removal")
@UPLOADERS
def take_out(item_id: UUID, attachment_id: UUID) -> BaseResponse:
    """Take a file out of the draft."""
    _item, version, own = _theirs(item_id)
    command(lambda tx: placing.take_out(tx, version_id=version.id, attachment_id=attachment_id, reader=own))
    return redirect(url_for("files.of_item", item_id=item_id), 303)


@blueprint.post("/items/<uuid:item_id>/files/<uuid:attachment_id>/up")
@UPLOADERS
def up(item_id: UUID, attachment_id: UUID) -> BaseResponse:
    """Let it come earlier."""
    _item, version, own = _theirs(item_id)
    command(lambda tx: placing.move_up(tx, version_id=version.id, attachment_id=attachment_id, reader=own))
    return redirect(url_for("files.of_item", item_id=item_id), 303)


@blueprint.get("/files/<uuid:attachment_id>")
@SIGNED_IN
def taken(attachment_id: UUID) -> Response:
    """A file, to keep."""
    file, own = _readable(attachment_id)
    _count(file, own, "download")
    return hand_out(depot_of(edge().runtime.settings), _stored(file), name=file.name)


@blueprint.get("/files/<uuid:attachment_id>/shown")
@SIGNED_IN
def shown(attachment_id: UUID) -> Response:
    """A file, to look at, or to play."""
    file, own = _readable(attachment_id)
    _count(file, own, "play" if file.player else "download")
    return hand_out(depot_of(edge().runtime.settings), _stored(file), name=file.name, inline=True)


@blueprint.get("/files/<uuid:attachment_id>/link")
@SIGNED_IN
def followed(attachment_id: UUID) -> BaseResponse:
    """Where a recording lies that is elsewhere: the reader is led there, and that is a play."""
    file, own = _readable(attachment_id)
    if not file.link:
        raise no_such_item()
    _count(file, own, "play")
    return redirect(file.link, 303)


@blueprint.get("/files/<uuid:attachment_id>/preview")
@SIGNED_IN
def picture(attachment_id: UUID) -> Response:
    """The picture of its first page."""
    file, _own = _readable(attachment_id)
    stored = _stored(file)
    if not stored.preview:
        raise no_such_item()
    return hand_out_preview(depot_of(edge().runtime.settings), stored)


@blueprint.get("/items/<uuid:item_id>/files.zip")
@SIGNED_IN
def zipped(item_id: UUID) -> Response:
    """All files of a version at once; without saying which, of the one that readers get."""
    said = request.args.get("version", type=UUID)
    with reading() as db:
        own = reader_of(db, signed_in())
        item = item_for(db, item_id, own)
        version = version_of(db, item, said)
        _insist_readable(own, item, version, [school for school, _ in makers_of(db, [item_id])[item_id]])
        files = files_of(db, version.id)
    kept = [(file.name, file.stored) for file in files if file.stored is not None]
    if not kept:
        raise Refusal(Sentence(zh="这件资源没有可下载的文件。", en="There are no files in it to download."))
    who, agent = str(signed_in().account), request.user_agent.string
    command(
        lambda tx: placing.used(
            tx, version_id=version.id, kind="download", who=who, agent=agent, school=own.school
        )
    )
    return hand_out_all(depot_of(edge().runtime.settings), kept, name=version.title)


def _readable(attachment_id: UUID) -> tuple[File, Reader]:
    """A file that the reader may see: of a published version of an item that is there for them, or of their own draft."""
    with reading() as db:
        file = file_of(db, attachment_id)
        own = reader_of(db, signed_in())
        version = db.get(Version, file.version_id)
        if version is None:
            raise no_such_item()
        item = item_for(db, version.item_id, own)
        _insist_readable(own, item, version, [school for school, _ in makers_of(db, [item.id])[item.id]])
    return file, own


def _insist_readable(own: Reader, item: Item, version: Version, makers: list[UUID]) -> None:
    looks_after = any(covers(scope, region=item.region_code) for scope in own.kept)
    if version.published_at is None and not may_edit(own, item, makers) and not looks_after:
        raise no_such_item()


def _stored(file: File) -> Stored:
    if file.stored is None:
        raise no_such_item()
    return file.stored


def _count(file: File, own: Reader, kind: Kind) -> None:
    """Count it where it begins: a player asks for a film piece by piece, and a download may be continued."""
    start = request.range.ranges[0][0] if request.range and request.range.ranges else 0
    if start or request.method == "HEAD":
        return
    who, agent = str(signed_in().account), request.user_agent.string
    command(
        lambda tx: placing.used(
            tx,
            version_id=file.version_id,
            kind=kind,
            who=who,
            agent=agent,
            school=own.school,
            thing_id=file.id,
        )
    )


def _theirs(item_id: UUID) -> tuple[Item, Version, Reader]:
    """The draft of an item that the reader works on. Raises NotFound, Refusal."""
    with reading() as db:
        own = reader_of(db, signed_in())
        item = item_for(db, item_id, own)
        if not may_edit(own, item, [school for school, _ in makers_of(db, [item_id])[item_id]]):
            raise no_such_item()
        if item.draft_id is None or item.state == "retired":
            raise Refusal(
                Sentence(
                    zh="没有草稿：已发布的版本不能改，请先做新版本。",
                    en="There is no draft: what was published stays. Begin a new version first.",
                )
            )
        return item, version_of(db, item, item.draft_id), own


def _draft(item_id: UUID) -> dict[str, object]:
    item, version, _own = _theirs(item_id)
    with reading() as db:
        rows, coming = files_of(db, version.id), coming_for(db, version.id)
    busy = any(each.state == "received" for each in coming) or any(
        each.stored is not None and each.stored.read_at is None for each in rows
    )
    return {
        "item": item,
        "version": version,
        "rows": rows,
        "coming": coming,
        "busy": busy,
        "STATES": STATES,
        "own": signed_in().actor,
    }


def _page(
    item_id: UUID, *, errors: dict[str, Sentence] | None = None, typed: dict[str, str] | None = None
) -> str:
    said = {name: sentence.in_language(language()) for name, sentence in (errors or {}).items()}
    return render_template(
        "resources/item_files.html",
        **_draft(item_id),
        largest=edge().runtime.settings.largest_file,
        errors=said,
        typed=typed or {},
    )
