"""Bringing a roster in: send it, see what it would change, confirm, and take it back while that is possible."""

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request
from marshmallow import ValidationError
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from services.directory.imports.commands import (
    answer,
    choose,
    confirm,
    discard,
    stage,
    try_again,
    undo,
    why_not_bring,
)
from services.directory.imports.model import SEVERITIES, Import
from services.directory.imports.queries import (
    count_skipped,
    import_within,
    imports_within,
    overtaking,
    problems_of,
    rows_of,
    skipped_in,
)
from services.directory.imports.schemas import ACTIONS, KINDS, Shown
from shared.auth import Role, holders
from shared.db import Transaction
from shared.errors import Forbidden, Invalid, NotFound
from shared.jobs import Job, job
from shared.text import Sentence
from shared.web.downloads import workbook
from shared.web.edge import command, reading, signed_in
from shared.web.lists import Listing
from shared.web.rendering import say
from shared.web.scopes import narrowed

blueprint = Blueprint("imports", __name__, url_prefix="/directory/imports", template_folder="../templates")

#: Who may bring a roster in, each within the own scopes.
BRINGERS: tuple[Role, ...] = ("administrator", "coordinator")

#: States in which a job is at it.
WORKING = frozenset({"reading", "applying", "undoing"})

#: The largest workbook, in bytes, with what a form adds to it; rows and problems on a page.
LARGEST, PAGE, PROBLEMS = 21 * 1024 * 1024, 50, 100


@blueprint.get("")
@holders(*BRINGERS)
def index() -> str:
    """What was imported, and the form for the next one."""
    return _index()


@blueprint.post("")
@holders(*BRINGERS)
def send() -> Response | tuple[str, int]:
    """Take a workbook in and have it read; nothing of the register changes yet."""
    request.max_content_length = LARGEST
    file = request.files.get("workbook")
    if file is None or not file.filename:
        error = Sentence(zh="请先选择一个 Excel 文件（.xlsx）。", en="Choose an Excel file (.xlsx) first.")
        return _index(error=error), Invalid.status
    data, filename = file.read(), file.filename
    try:
        made = command(lambda tx: stage(tx, data=data, filename=filename, scopes=_held()).id)
    except (Invalid, Forbidden) as refused:
        return _index(error=refused.sentence), refused.status
    return redirect(f"/directory/imports/{made}", 303)


@blueprint.get("/<uuid:import_id>")
@holders(*BRINGERS)
def page(import_id: UUID) -> str:
    """What the workbook would change, row by row, and what is wrong with it."""
    asked = _asked()
    with reading() as db:
        made = import_within(db, import_id, _held())
        kinds = [kind for kind in KINDS if any(made.counts.get(f"{kind}.{action}") for action in ACTIONS)]
        kind = asked["kind"] or (kinds[-1] if kinds else "people")
        there = [action for action in ACTIONS if made.counts.get(f"{kind}.{action}")]
        action = asked["action"] if asked["action"] in there else (there[0] if there else "added")
        told = (asked["problems"] - 1) * PROBLEMS
        over, read = made.state in {"applied", "undone"}, made.state != "reading"
        return render_template(
            "directory/import.html",
            made=made,
            kinds=kinds,
            kind=kind,
            there=there,
            action=action,
            rows=rows_of(
                db, import_id, kind=kind, action=action, offset=(asked["page"] - 1) * PAGE, limit=PAGE
            )
            if read
            else [],
            wanted=Listing(
                path=request.path,
                sort="",
                filters=(("kind", kind), ("action", action)),
                page=asked["page"],
                size=PAGE,
            ),
            listed=made.counts.get(f"{kind}.{action}", 0),
            problems=problems_of(db, import_id, offset=told, limit=PROBLEMS) if read else [],
            severities=SEVERITIES,
            problems_page=asked["problems"],
            problems_pages=-(-made.counts.get("problems", 0) // PROBLEMS),
            work=_work(db, made),
            halted=_halted(db, made),
            stale=overtaking(db, made) if made.state == "staged" else None,
            total=sum(made.counts.get(f"{each}.{what}", 0) for each in KINDS for what in ACTIONS),
            skipped=count_skipped(db, import_id) if over else 0,
            left_alone=skipped_in(db, import_id, limit=PAGE) if over else [],
        )


@blueprint.get("/<uuid:import_id>/problems.xlsx")
@holders(*BRINGERS)
def problems(import_id: UUID) -> Response:
    """All that is wrong with the workbook, to send back to whoever wrote it."""
    with reading() as db:
        made = import_within(db, import_id, _held())
        found = [
            (say(SEVERITIES[one.severity]), say(Sentence(zh=one.zh, en=one.en)))
            for one in problems_of(db, made.id)
        ]
    title = Sentence(zh="花名册中的问题", en="Problems in the roster")
    columns = Sentence(zh="处理", en="Outcome"), Sentence(zh="问题", en="Problem")
    return workbook(say(title), [say(column) for column in columns], found)


@blueprint.post("/<uuid:import_id>/confirmation")
@holders(*BRINGERS)
def confirmed(import_id: UUID) -> Response:
    """Apply what the preview says."""
    with_gone = request.form.get("gone") == "yes"
    command(lambda tx: confirm(tx, import_id=import_id, scopes=_held(), with_gone=with_gone))
    return _back(import_id)


@blueprint.post("/<uuid:import_id>/undoing")
@holders(*BRINGERS)
def undone(import_id: UUID) -> Response:
    """Take the whole import back."""
    command(lambda tx: undo(tx, import_id=import_id, scopes=_held()))
    return _back(import_id)


@blueprint.post("/<uuid:import_id>/discarding")
@holders(*BRINGERS)
def discarded(import_id: UUID) -> Response:
    """Leave the register as it is."""
    command(lambda tx: discard(tx, import_id=import_id, scopes=_held()))
    return redirect("/directory/imports", 303)


@blueprint.post("/<uuid:import_id>/trials")
@holders(*BRINGERS)
def tried_again(import_id: UUID) -> Response:
    """Go on with what failed, or read a preview anew that others have overtaken."""
    command(lambda tx: try_again(tx, import_id=import_id, scopes=_held()))
    return _back(import_id)


@blueprint.post("/<uuid:import_id>/answers")
@holders(*BRINGERS)
def answered(import_id: UUID) -> Response:
    """Say what columns mean; the office is not asked again."""
    with reading() as db:
        columns = import_within(db, import_id, _held()).counts.get("columns", [])
    allowed = {column["key"]: {name for name, *_ in column["choices"]} for column in columns}
    said = {key: request.form.get(key, "") for key in allowed if key in request.form}
    answers = {key: field if field in allowed[key] else None for key, field in said.items()}

    def work(tx: Transaction) -> None:
        answer(tx, import_id=import_id, answers=answers, scopes=_held())

    command(work)
    return _back(import_id)


@blueprint.post("/<uuid:import_id>/choices")
@holders(*BRINGERS)
def chosen(import_id: UUID) -> Response:
    """Say whom rows mean that may mean several."""
    said = {name.removeprefix("row-"): value for name, value in request.form.items() if value}
    command(lambda tx: choose(tx, import_id=import_id, chosen=said, scopes=_held()))
    return _back(import_id)


def _index(*, error: Sentence | None = None) -> str:
    held = _held()
    shown = narrowed(held)
    with reading() as db:
        imports = imports_within(db, held)
    # One that was sent while several scopes were looked at is about each of them.
    imports = [made for made in imports if made.is_within(shown) or not shown.isdisjoint(made.scopes)]
    return render_template(
        "directory/imports.html", imports=imports, error=error, why_not=why_not_bring(held)
    )


def _work(db: Session, made: Import) -> Job | None:
    """The job that is at it, as far as it is still known."""
    if made.job_id is None or made.state not in WORKING:
        return None
    try:
        return job(db, made.job_id)
    except NotFound:
        return None


def _halted(db: Session, made: Import) -> bool:
    """Whether its work has ended without being done."""
    work = _work(db, made)
    return made.state in WORKING and (work is None or work.finished)


def _held() -> frozenset[str]:
    return signed_in().scopes(*BRINGERS)


def _back(import_id: UUID) -> Response:
    return redirect(f"/directory/imports/{import_id}", 303)


def _asked() -> dict[str, Any]:
    try:
        return dict(Shown().load(request.args))
    except ValidationError:
        return dict(Shown().load({}))
