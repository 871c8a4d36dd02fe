"""The list of people, a person's own page, and what happens to them between two rosters."""

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request
from marshmallow import ValidationError
from werkzeug.wrappers import Response

from services.directory.people.commands import come_back, leave, merge, move
from services.directory.people.model import may_see_personal
from services.directory.people.queries import DEEPEST, PersonRow, people_listed, person_within
from services.directory.people.schemas import Merge, Move, PeopleAsked
from services.directory.regions.queries import regions_within
from services.directory.schools.model import School
from services.directory.schools.queries import schools_within
from services.directory.vocabulary.queries import word
from shared.auth import SIGNED_IN, Principal, Role, holders
from shared.db import Transaction
from shared.errors import Invalid
from shared.text import Sentence
from shared.web.downloads import workbook
from shared.web.edge import command, reading, signed_in
from shared.web.rendering import say

blueprint = Blueprint("people", __name__, url_prefix="/directory/people", template_folder="../templates")

#: Rows on a page, and in a workbook.
PAGE, LARGEST = 25, 20_000

#: The columns of the workbook, headed as offices head them, so that it can be imported again.
COLUMNS = (
    Sentence(zh="姓名", en="Name"),
    Sentence(zh="性别", en="Sex"),
    Sentence(zh="身份证后四位", en="Last four of the id number"),
    Sentence(zh="出生年月", en="Born"),
    Sentence(zh="任教学校", en="School"),
    Sentence(zh="学科", en="Subject"),
    Sentence(zh="职务", en="Post"),
    Sentence(zh="职称", en="Title"),
    Sentence(zh="骨干级别", en="Backbone"),
    Sentence(zh="现校任职起始", en="Here since"),
    Sentence(zh="学历", en="Degree"),
    Sentence(zh="任教学段", en="Stage taught"),
)

#: Who keeps the register between two rosters.
KEEPERS: tuple[Role, ...] = ("administrator", "coordinator")


@blueprint.get("")
@SIGNED_IN
def index() -> str:
    """Who works in the places that the reader looks after, or belongs to."""
    scopes = {grant.scope for grant in signed_in().grants}
    asked = _asked()
    page, words, down = asked.pop("page"), asked.pop("q"), asked.pop("down")
    with reading() as db:
        found = people_listed(
            db, scopes, words=words, descending=down, offset=(page - 1) * PAGE, limit=PAGE, **asked
        )
        regions = regions_within(db, scopes)
        school = db.get(School, asked["school"]) if asked["school"] and found.rows else None
        named = school.name if school else ""
    return render_template(
        "directory/people.html",
        people=found.rows,
        total=found.total,
        page=page,
        pages=-(-min(found.total, DEEPEST) // PAGE),
        asked={**asked, "q": words, "down": "1" if down else "", "school": asked["school"] or ""},
        regions=regions,
        school_name=named,
    )


@blueprint.get("/export.xlsx")
@SIGNED_IN
def exported() -> Response:
    """The same list as a workbook, all pages of it; birth months and id digits where the reader may see them."""
    asks, scopes = signed_in(), {grant.scope for grant in signed_in().grants}
    asked = _asked()
    asked.pop("page")
    words, down = asked.pop("q"), asked.pop("down")
    with reading() as db:
        found = people_listed(db, scopes, words=words, descending=down, limit=LARGEST, **asked)
    if found.total > LARGEST:
        raise Invalid(
            Sentence(
                zh=f"一共 {found.total} 人，一次最多导出 {LARGEST} 人。请先按区域或学校筛选。",
                en=f"These are {found.total} people, and one file takes {LARGEST}. Filter by region or school first.",
            )
        )
    columns = [say(column) for column in COLUMNS]
    return workbook(
        say(Sentence(zh="人员名录", en="People")), columns, (_written(asks, row) for row in found.rows)
    )


@blueprint.get("/<uuid:person_id>")
@SIGNED_IN
def page(person_id: UUID) -> str:
    """What is known of one person."""
    return _page(person_id)


@blueprint.post("/<uuid:person_id>/leave")
@holders(*KEEPERS)
def left(person_id: UUID) -> Response:
    """Register that somebody works there no more."""
    command(lambda tx: leave(tx, person_id=person_id, scopes=_kept()))
    return redirect(f"/directory/people/{person_id}", 303)


@blueprint.post("/<uuid:person_id>/return")
@holders(*KEEPERS)
def returned(person_id: UUID) -> Response:
    """Take back that somebody left."""
    command(lambda tx: come_back(tx, person_id=person_id, scopes=_kept()))
    return redirect(f"/directory/people/{person_id}", 303)


@blueprint.post("/<uuid:person_id>/move")
@holders(*KEEPERS)
def moved(person_id: UUID) -> Response | tuple[str, int]:
    """Register that somebody works at another school now."""
    try:
        typed = Move().load(request.form, unknown="exclude")
    except ValidationError:
        error = Sentence(
            zh="请选择学校，并写明起始年月（如 2026-08）。",
            en="Choose the school and say since which month (such as 2026-08).",
        )
        return _page(person_id, error=error, typed=request.form.to_dict()), Invalid.status

    def work(tx: Transaction) -> None:
        move(tx, person_id=person_id, school_id=typed["school"], since=typed["since"], scopes=_kept())

    command(work)
    return redirect(f"/directory/people/{person_id}", 303)


@blueprint.post("/<uuid:person_id>/merge")
@holders(*KEEPERS)
def merged(person_id: UUID) -> Response:
    """Make this a second record of another person's."""
    try:
        into = Merge().load(request.form, unknown="exclude")["into"]
    except ValidationError as error:
        raise Invalid(
            Sentence(zh="请选择要并入的那条记录。", en="Choose the record to merge this one into."),
            field="into",
        ) from error
    command(lambda tx: merge(tx, person_id=person_id, into=into, scopes=_kept()))
    return redirect(f"/directory/people/{into}", 303)


def _page(person_id: UUID, *, error: Sentence | None = None, typed: dict[str, str] | None = None) -> str:
    asks = signed_in()
    scopes = {grant.scope for grant in asks.grants}
    may_change = asks.holds(KEEPERS)
    with reading() as db:
        person = person_within(db, person_id, scopes)
        school = db.get(School, person.school_id) if person.school_id else None
        twins = [
            row
            for row in people_listed(db, scopes, words=person.name, limit=10).rows
            if row.name == person.name and row.id != person.id
        ]
        schools = schools_within(db, _kept()) if may_change and not person.left_at else []
        return render_template(
            "directory/person.html",
            person=person,
            school=school,
            twins=twins,
            schools=schools,
            may_change=may_change,
            shows_personal=may_see_personal(
                asks, region=school.region_code if school else "", school=person.school_id
            ),
            error=error,
            typed=typed or {},
        )


def _written(asks: Principal, row: PersonRow) -> tuple[str, ...]:
    seen = may_see_personal(asks, region=row.region_code, school=row.school_id)
    return (
        row.name,
        row.sex,
        row.id_last4 if seen else "••••",
        row.birth if seen else "••••",
        row.unit,
        row.subject,
        row.post,
        row.title,
        say(word("backbone", row.backbone)),
        row.since,
        row.degree,
        say(word("stage", row.stage)),
    )


def _kept() -> frozenset[str]:
    return signed_in().scopes(*KEEPERS)


def _asked() -> dict[str, Any]:
    """What the address asks for; what makes no sense there falls back to the whole list."""
    schema = PeopleAsked()
    given = {name: value for name, value in request.args.items() if value}
    try:
        return dict(schema.load(given))
    except ValidationError as error:
        return dict(schema.load({k: v for k, v in given.items() if k not in error.messages_dict}))
