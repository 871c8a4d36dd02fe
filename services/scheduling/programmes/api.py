"""Programmes as JSON."""

from typing import Any
from uuid import UUID

from flask import url_for
from flask_smorest import Blueprint

from services.scheduling.hosting.model import PLANNERS
from services.scheduling.programmes.commands import (
    add_trainees,
    draft_programme,
    recall_programme,
    release_programme,
    remove_trainee,
    revise_programme,
)
from services.scheduling.programmes.model import Outline
from services.scheduling.programmes.policies import MAY
from services.scheduling.programmes.queries import (
    ProgrammeRow,
    TraineeRow,
    programme_within,
    programmes_within,
    roster_of,
)
from services.scheduling.programmes.schemas import (
    Draft,
    DraftProgrammeSchema,
    EntrantsSchema,
    OutlineSchema,
    ProgrammeSchema,
    ProgrammeTraineeSchema,
    RecallSchema,
    ReleaseSchema,
)
from shared.db import Transaction
from shared.ids import uuid7
from shared.web.edge import command, reading, signed_in
from shared.web.preconditions import etag, seen

blueprint = Blueprint(
    "programmes_api",
    __name__,
    url_prefix="/scheduling/api/v1/programmes",
    description="Programmes: training classes, series, plans of a year",
)


@blueprint.get("")
@MAY["see"]
@blueprint.response(200, ProgrammeSchema(many=True))
def index() -> list[ProgrammeRow]:
    """The programmes that the reader's regions host."""
    with reading() as db:
        return programmes_within(db, _read())


@blueprint.post("")
@MAY["draft"]
@blueprint.arguments(DraftProgrammeSchema)
@blueprint.response(201, ProgrammeSchema)
def draft(asked: Draft) -> tuple[ProgrammeRow, int, dict[str, str]]:
    """Keep a programme without sessions; they are drafted with its id as `programme_id`."""
    scopes, id_ = _scopes(), uuid7()

    def work(tx: Transaction) -> ProgrammeRow:
        draft_programme(tx, id_=id_, outline=asked.outline, host_region=asked.host_region, scopes=scopes)
        return programme_within(tx.db, id_, scopes)

    return command(work), 201, {"Location": url_for("programmes_api.one", programme_id=id_)}


@blueprint.get("/<uuid:programme_id>")
@MAY["see"]
@blueprint.response(200, ProgrammeSchema)
def one(programme_id: UUID) -> tuple[ProgrammeRow, int, dict[str, str]]:
    """One programme; its ETag is its version, which a change may name in If-Match."""
    with reading() as db:
        found = programme_within(db, programme_id, _read())
    return found, 200, etag(found.version)


@blueprint.put("/<uuid:programme_id>")
@MAY["revise"]
@blueprint.arguments(OutlineSchema)
@blueprint.response(200, ProgrammeSchema)
def revise(outline: Outline, programme_id: UUID) -> ProgrammeRow:
    """Outline it differently."""
    scopes, version = _scopes(), seen()

    def work(tx: Transaction) -> ProgrammeRow:
        revise_programme(tx, programme_id=programme_id, outline=outline, scopes=scopes, seen=version)
        return programme_within(tx.db, programme_id, scopes)

    return command(work)


@blueprint.post("/<uuid:programme_id>/release")
@MAY["release"]
@blueprint.arguments(ReleaseSchema)
@blueprint.response(200, ProgrammeSchema)
def release(asked: dict[str, str | None], programme_id: UUID) -> ProgrammeRow:
    """Release all of its drafts at once: the schools of its trainees are told. 409 with `conflicts` where others are first."""
    scopes, version, override = _scopes(), seen(), asked["override"]

    def work(tx: Transaction) -> ProgrammeRow:
        release_programme(tx, programme_id=programme_id, scopes=scopes, seen=version, override=override)
        return programme_within(tx.db, programme_id, scopes)

    return command(work)


@blueprint.post("/<uuid:programme_id>/recall")
@MAY["recall"]
@blueprint.arguments(RecallSchema)
@blueprint.response(200, ProgrammeSchema)
def recall(asked: dict[str, str], programme_id: UUID) -> ProgrammeRow:
    """Make all of it drafts again, as a whole: the schools are told why. 409 where some of it was held."""
    scopes, version, reason = _scopes(), seen(), asked["reason"]

    def work(tx: Transaction) -> ProgrammeRow:
        recall_programme(tx, programme_id=programme_id, reason=reason, scopes=scopes, seen=version)
        return programme_within(tx.db, programme_id, scopes)

    return command(work)


@blueprint.get("/<uuid:programme_id>/trainees")
@MAY["see"]
@blueprint.response(200, ProgrammeTraineeSchema(many=True))
def roster(programme_id: UUID) -> list[TraineeRow]:
    """Who takes part, in the order of the sheet."""
    with reading() as db:
        return roster_of(db, programme_within(db, programme_id, _read()).id)


@blueprint.post("/<uuid:programme_id>/trainees")
@MAY["enrol"]
@blueprint.arguments(EntrantsSchema)
@blueprint.response(201, ProgrammeTraineeSchema(many=True))
def enrol(asked: dict[str, Any], programme_id: UUID) -> list[TraineeRow]:
    """Put people on the roster; answers the whole roster."""
    scopes, version = _scopes(), seen()

    def work(tx: Transaction) -> list[TraineeRow]:
        add_trainees(
            tx,
            programme_id=programme_id,
            entrants=asked["trainees"],
            scopes=scopes,
            seen=version,
            override=asked["override"],
        )
        return roster_of(tx.db, programme_id)

    return command(work)


@blueprint.delete("/<uuid:programme_id>/trainees/<uuid:trainee_id>")
@MAY["enrol"]
@blueprint.response(204)
def withdraw(programme_id: UUID, trainee_id: UUID) -> None:
    """Take somebody off the roster."""
    scopes, version = _scopes(), seen()
    command(
        lambda tx: remove_trainee(
            tx, programme_id=programme_id, trainee_id=trainee_id, scopes=scopes, seen=version
        )
    )


def _scopes() -> frozenset[str]:
    return signed_in().scopes(*PLANNERS)


def _read() -> frozenset[str]:
    return signed_in().reads(*PLANNERS)
