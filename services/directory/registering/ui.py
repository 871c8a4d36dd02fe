"""The forms by which people and schools are entered and corrected by hand."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request
from marshmallow import ValidationError
from werkzeug.wrappers import Response

from services.directory.people.model import Person
from services.directory.people.queries import person_within
from services.directory.regions.queries import regions_within
from services.directory.registering.commands import correct_person, correct_school, enter_person, enter_school
from services.directory.registering.schemas import Entering, PersonForm, Placing, SchoolForm, Seen
from services.directory.schools.model import School
from services.directory.schools.queries import school_within, schools_within
from shared.auth import Role, holders
from shared.errors import Invalid, Refusal, Stale
from shared.ids import uuid7
from shared.text import Sentence
from shared.web.edge import command, reading, signed_in
from shared.web.rendering import say
from shared.web.spoken import sentences

blueprint = Blueprint("registering", __name__, url_prefix="/directory", template_folder="../templates")

#: Who keeps the register between two rosters.
KEEPERS: tuple[Role, ...] = ("administrator", "coordinator")

Page = str | tuple[str, int]


@blueprint.get("/people/new")
@holders(*KEEPERS)
def new_person() -> Page:
    """The form for somebody whom no roster has yet; `?school=` says where."""
    return _person({"school": request.args.get("school", ""), "backbone": "none"})


@blueprint.post("/people")
@holders(*KEEPERS)
def entered_person() -> Page | Response:
    """Enter somebody and show them."""
    id_, kept = uuid7(), _kept()
    try:
        at, details = Entering().load(request.form), PersonForm().load(request.form)
        command(
            lambda tx: (
                enter_person(
                    tx, id_=id_, school_id=at["school"], details=details, scopes=kept, another=at["another"]
                ).id
            )
        )
    except (ValidationError, Invalid, Refusal) as error:
        return _person(request.form, error=error)
    return redirect(f"/directory/people/{id_}", 303)


@blueprint.get("/people/<uuid:person_id>/correction")
@holders(*KEEPERS)
def person_there(person_id: UUID) -> Page:
    """The form with what is known of somebody."""
    with reading() as db:
        person = person_within(db, person_id, _kept())
        typed = {name: getattr(person, name) for name in PersonForm().fields}
    if refused := person.why_not_change():
        raise Refusal(refused)
    return _person({**typed, "seen": str(person.version)}, person=person)


@blueprint.post("/people/<uuid:person_id>/correction")
@holders(*KEEPERS)
def corrected_person(person_id: UUID) -> Page | Response:
    """Correct what is known of somebody."""
    kept = _kept()
    try:
        seen, details = Seen().load(request.form)["seen"], PersonForm().load(request.form)
        command(
            lambda tx: correct_person(tx, person_id=person_id, details=details, seen=seen, scopes=kept).id
        )
    except (ValidationError, Invalid, Refusal) as error:
        with reading() as db:
            person = person_within(db, person_id, kept)
        return _person(_again(error), person=person, error=error)
    return redirect(f"/directory/people/{person_id}", 303)


@blueprint.get("/schools/new")
@holders(*KEEPERS)
def new_school() -> Page:
    """The form for a school that no roster has yet."""
    return _school({})


@blueprint.post("/schools")
@holders(*KEEPERS)
def entered_school() -> Page | Response:
    """Enter a school and show it."""
    id_, kept = uuid7(), _kept()
    try:
        at, details = Placing().load(request.form), SchoolForm().load(request.form)
        command(
            lambda tx: (
                enter_school(
                    tx, id_=id_, code=at["code"], region_code=at["region"], details=details, scopes=kept
                ).id
            )
        )
    except (ValidationError, Invalid, Refusal) as error:
        return _school(request.form, error=error)
    return redirect(f"/directory/schools/{id_}", 303)


@blueprint.get("/schools/<uuid:school_id>/correction")
@holders(*KEEPERS)
def school_there(school_id: UUID) -> Page:
    """The form with what is known of a school."""
    with reading() as db:
        school_within(db, school_id, _kept())
        school = db.get_one(School, school_id)
        typed = {
            name: value if (value := getattr(school, name)) is not None else ""
            for name in SchoolForm().fields
        }
    return _school({**typed, "seen": str(school.version)}, school=school)


@blueprint.post("/schools/<uuid:school_id>/correction")
@holders(*KEEPERS)
def corrected_school(school_id: UUID) -> Page | Response:
    """Correct what is known of a school."""
    kept = _kept()
    try:
        seen, details = Seen().load(request.form)["seen"], SchoolForm().load(request.form)
        command(
            lambda tx: correct_school(tx, school_id=school_id, details=details, seen=seen, scopes=kept).id
        )
    except (ValidationError, Invalid, Refusal) as error:
        with reading() as db:
            school_within(db, school_id, kept)
            school = db.get_one(School, school_id)
        return _school(_again(error), school=school, error=error)
    return redirect(f"/directory/schools/{school_id}", 303)


def _person(
    typed: Mapping[str, Any],
    *,
    person: Person | None = None,
    error: ValidationError | Invalid | Refusal | None = None,
) -> Page:
    with reading() as db:
        schools = [] if person else schools_within(db, _kept())
    html = render_template(
        "directory/person_form.html",
        person=person,
        typed=typed,
        errors=_errors(error),
        schools=[("", ""), *((str(one.id), one.name) for one in schools)],
        twice=isinstance(error, Refusal) and error.field == "name",
    )
    return (html, error.status) if isinstance(error, Invalid | Refusal) else (html, 422) if error else html


def _school(
    typed: Mapping[str, Any],
    *,
    school: School | None = None,
    error: ValidationError | Invalid | Refusal | None = None,
) -> Page:
    with reading() as db:
        regions = [] if school else regions_within(db, _kept())
    html = render_template(
        "directory/school_form.html", school=school, typed=typed, errors=_errors(error), regions=regions
    )
    return (html, error.status) if isinstance(error, Invalid | Refusal) else (html, 422) if error else html


def _errors(error: ValidationError | Invalid | Refusal | None) -> dict[str, str]:
    """A sentence for each field."""
    found: Mapping[str, Sentence] = {}
    if isinstance(error, ValidationError):
        found = sentences(error)
    elif error:
        found = {error.field or "": error.sentence}
    return {name: say(sentence) for name, sentence in found.items()}


def _again(error: Exception) -> dict[str, str]:
    """What was typed; saving it once more is about the record as it is now."""
    typed = request.form.to_dict()
    return {**typed, "seen": str(error.now)} if isinstance(error, Stale) else typed


def _kept() -> frozenset[str]:
    return signed_in().scopes(*KEEPERS)
