"""Lending something: the form of a facility, and that it is lent no more."""

from collections.abc import Sequence
from uuid import UUID

from flask import redirect, render_template, request, url_for
from marshmallow import ValidationError
from werkzeug.wrappers import Response

from services.resources.facilities.commands.keeping import enter_facility, retire_facility, revise_facility
from services.resources.facilities.model.facility import (
    APPROVALS,
    KINDS,
    WEEKDAYS,
    WEEKDAYS_EN,
    Facility,
    Terms,
)
from services.resources.facilities.model.lending import KEEP
from services.resources.facilities.queries import facility_for, own_schools
from services.resources.facilities.schemas import FacilitySchema, terms_of
from services.resources.facilities.ui.showing import asker, blueprint, seen
from shared.db import Transaction
from shared.errors import Forbidden, Invalid, Refusal, Stale
from shared.ids import uuid7
from shared.text import Sentence
from shared.web.edge import command, reading
from shared.web.spoken import sentences

_Page = str | tuple[str, int]


@blueprint.get("/new")
@KEEP
def new() -> _Page:
    """The form of a new one."""
    typed = {"approval": "owner", "audience": "region"} | {f"hours_{day}": "08:00-18:00" for day in range(5)}
    return _form(typed)


@blueprint.post("")
@KEEP
def enter() -> _Page | Response:
    """Lend something."""
    id_, own = uuid7(), asker()

    def work(tx: Transaction) -> None:
        said = FacilitySchema().load(_typed())
        terms = _terms(said)
        enter_facility(tx, id_=id_, school_id=said["school_id"], terms=terms, asker=own)

    try:
        command(work)
    except (ValidationError, Invalid, Forbidden) as error:
        return _form(_typed(), error=error)
    return redirect(url_for("facilities.page", facility_id=id_), 303)


@blueprint.get("/<uuid:facility_id>/revision")
@KEEP
def edit(facility_id: UUID) -> _Page:
    """The form of one that there is."""
    with reading() as db:
        facility = facility_for(db, facility_id, seen())
    return _form({**_written(facility), "seen": str(facility.version)}, facility_id=facility_id)


def _written(facility: Facility) -> dict[str, str]:
    """What it is lent on, as the form has it."""
    return {
        "school_id": str(facility.school_id),
        "name": facility.name,
        "kind": facility.kind,
        "capacity": str(facility.capacity or ""),
        "equipment": " ".join(facility.equipment),
        "closed_days": " ".join(facility.closed_days),
        "audience": _choice(facility.audiences, facility.school_id, facility.region_code),
        "approval": facility.approval,
        "lead_hours": str(facility.lead_hours or ""),
        "no_show_minutes": str(facility.no_show_minutes or ""),
        "note": facility.note,
        **{f"hours_{day}": facility.hours.get(str(day), "") for day in range(7)},
    }


@blueprint.post("/<uuid:facility_id>/revision")
@KEEP
def revise(facility_id: UUID) -> _Page | Response:
    """Lend it on other terms."""
    own, version = asker(), request.form.get("seen", type=int)

    with reading() as db:
        kept = facility_for(db, facility_id, seen()).audiences

    def work(tx: Transaction) -> None:
        terms = _terms(FacilitySchema().load(_typed()), kept=kept)
        revise_facility(tx, facility_id=facility_id, terms=terms, asker=own, seen=version)

    try:
        command(work)
    except Stale as error:
        # What was typed stays and may be sent again, beside what others have said meanwhile.
        typed = {**request.form.to_dict(), "seen": str(error.now)}
        with reading() as db:
            now = _written(facility_for(db, facility_id, seen()))
        meanwhile = {name: now[name] for name in now if now[name].split() != typed.get(name, "").split()}
        return _form(typed, facility_id=facility_id, error=error, meanwhile=meanwhile)
    except (ValidationError, Invalid, Forbidden, Refusal) as error:
        return _form(request.form.to_dict(), facility_id=facility_id, error=error)
    return redirect(url_for("facilities.page", facility_id=facility_id), 303)


@blueprint.post("/<uuid:facility_id>/retirement")
@KEEP
def retire(facility_id: UUID) -> Response:
    """Lend it no more."""
    own, reason = asker(), request.form.get("reason", "").strip()[:200]
    command(lambda tx: retire_facility(tx, facility_id=facility_id, reason=reason, asker=own))
    return redirect(url_for("facilities.page", facility_id=facility_id), 303)


def _typed() -> dict[str, str]:
    return {name: value for name, value in request.form.items() if value and name != "seen"}


def _choices(school: object, region: str) -> dict[str, str]:
    """What may be chosen, and the audience that it stands for."""
    return {
        "all": "all",
        "province": f"region:{region[:2]}0000",
        "region": f"region:{region[:4]}00",
        "county": f"region:{region}",
        "school": f"school:{school}",
    }


def _choice(audiences: Sequence[str], school: UUID, region: str) -> str:
    """Which of the choices stands for what is said now; `kept` for what none of them does, such as groups."""
    return next(
        (name for name, each in _choices(school, region).items() if [each] == list(audiences)), "kept"
    )


def _terms(said: dict[str, str], *, kept: Sequence[str] = ()) -> Terms:
    audience, school = said["audience"], said["school_id"]
    with reading() as db:
        region = next(
            (each.region_code for each in own_schools(db, asker()) if str(each.id) == str(school)), ""
        )
    if audience == "kept" and kept:
        return terms_of(said, audiences=tuple(kept))
    choices = _choices(school, region)
    return terms_of(said, audiences=(choices.get(audience, choices["region"]),))


def _form(
    typed: dict[str, str],
    *,
    facility_id: UUID | None = None,
    error: ValidationError | Invalid | Forbidden | Refusal | None = None,
    meanwhile: dict[str, str] | None = None,
) -> _Page:
    said: dict[str, Sentence] = {}
    if error is not None:
        said = (
            sentences(error)
            if isinstance(error, ValidationError)
            else {error.field or "name": error.sentence}
        )
    with reading() as db:
        schools = own_schools(db, asker())
    html = render_template(
        "resources/facility_form.html",
        typed=typed,
        facility_id=facility_id,
        meanwhile=meanwhile or {},
        schools=[
            (str(each.id), each.name)
            for each in schools
            if facility_id is None or str(each.id) == typed.get("school_id")
        ],
        errors={} if isinstance(error, Stale) else said,
        stale=error.sentence if isinstance(error, Stale) else None,
        KINDS=KINDS,
        APPROVALS=APPROVALS,
        week=list(zip(WEEKDAYS, WEEKDAYS_EN, strict=True)),
    )
    if error is None:
        return html
    return html, int(getattr(error, "status", 422))
