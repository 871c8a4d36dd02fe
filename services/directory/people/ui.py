"""The list of people, a person's own page, and what happens to them between two rosters."""

from typing import cast
from uuid import UUID

from flask import Blueprint, redirect, render_template, request
from marshmallow import ValidationError
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from services.directory.people.commands import come_back, leave, merge, move
from services.directory.people.model import may_see_personal
from services.directory.people.queries import DEEPEST, Found, PersonRow, Sort, people_listed, person_within
from services.directory.people.schemas import Merge, Move
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
from shared.web.lists import SIZE, Listing, listing
from shared.web.rendering import say
from shared.web.scopes import scopes

blueprint = Blueprint("people", __name__, url_prefix="/directory/people", template_folder="../templates")

#: Rows in a workbook.
LARGEST = 20_000

#: What the list is sorted by and filtered for.
SORTS, FILTERS = ("name", "since", "birth"), ("q", "school", "region", "backbone", "subject")

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

#: A school that is none: an address that names nothing finds nobody.
NOWHERE = UUID(int=0)

#: Who keeps the register between two rosters.
KEEPERS: tuple[Role, ...] = ("administrator", "coordinator")


@blueprint.get("")
@SIGNED_IN
def index() -> str:
    """Who works in the places that the reader looks after, or belongs to, in the scope in force."""
    wanted = _wanted()
    with reading() as db:
        found = _found(db, wanted)
        regions = regions_within(db, scopes())
        at = _id(wanted.get("school")) if found.rows else None
        school = db.get(School, at) if at else None
        named = school.name if school else ""
    return render_template(
        "directory/people.html",
        wanted=wanted,
        people=found.rows,
        total=found.total,
        regions=regions,
        school_name=named,
        may_enter=signed_in().holds(KEEPERS),
    )


@blueprint.get("/export.xlsx")
@SIGNED_IN
def exported() -> Response:
    """The same list as a workbook, all pages of it; birth months and id digits where the reader may see them."""
    asks = signed_in()
    with reading() as db:
        found = _found(db, _wanted(), whole=True)
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
    granted = {grant.scope for grant in asks.grants}
    may_change = asks.holds(KEEPERS)
    with reading() as db:
        person = person_within(db, person_id, granted)
        school = db.get(School, person.school_id) if person.school_id else None
        twins = [
            row
            for row in people_listed(db, granted, words=person.name, limit=10).rows
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


def _wanted() -> Listing:
    return listing(sorts=SORTS, filters=FILTERS, default="name", last=DEEPEST // SIZE)


def _found(db: Session, wanted: Listing, *, whole: bool = False) -> Found:
    at = wanted.get("school")
    return people_listed(
        db,
        scopes(),
        words=wanted.get("q"),
        school=(_id(at) or NOWHERE) if at else None,
        region=wanted.get("region"),
        backbone=wanted.get("backbone"),
        subject=wanted.get("subject"),
        sort=cast("Sort", wanted.sort),
        descending=wanted.descending,
        offset=0 if whole else wanted.offset,
        limit=LARGEST if whole else wanted.size,
    )


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
