"""A placement's log, its files, and how far everybody is."""

from http import HTTPStatus
from uuid import UUID

import sqlalchemy as sa
from flask import Blueprint, Response, make_response, render_template
from sqlalchemy.orm import undefer
from werkzeug.utils import secure_filename

from services.exchange.agreements.model import Agreement
from services.exchange.duties.commands.answering import no_such_duty
from services.exchange.duties.commands.writing import KEPT
from services.exchange.duties.model import KINDS, STATES, VERBS, Duty, DutyFile
from services.exchange.duties.policies import BY, MAY, WRITERS
from services.exchange.duties.queries.logs import lines, log_of, progress
from services.exchange.placements.model import KINDS as PLACED
from services.exchange.placements.queries.reaching import asker_of, reached
from services.exchange.placements.queries.rows import one
from shared.text import Sentence
from shared.web.edge import edge, reading, signed_in
from shared.web.lists import listing
from shared.web.rendering import ZONE, say
from shared.web.scopes import scopes

blueprint = Blueprint(
    "duties", "services.exchange.duties.ui", url_prefix="/exchange", template_folder="../../templates"
)

Page = str | tuple[str, int]

#: How each state looks: the chip.
CHIPS = {"claimed": "waiting", "confirmed": "done", "declined": "failed", "withdrawn": "plain"}


@blueprint.get("/duties")
@MAY["see"]
def index() -> str:
    """Everybody who is placed, how far they are, and where something is to be confirmed."""
    wanted = listing(sorts=("waiting",), default="-waiting")
    with reading() as db:
        found, total = lines(
            db, asker_of(db, signed_in()), scopes=scopes(), offset=wanted.offset, limit=wanted.size
        )
    return render_template(
        "exchange/duties.html", wanted=wanted, lines=found, total=total, KINDS=KINDS, PLACED=PLACED
    )


@blueprint.get("/placements/<uuid:placement_id>/duties")
@MAY["see"]
def page(placement_id: UUID) -> Page:
    """What was done, and what is still to do."""
    return shown(placement_id)


@blueprint.get("/placements/<uuid:placement_id>/duties/files/<uuid:file_id>")
@MAY["see"]
def handed(placement_id: UUID, file_id: UUID) -> Response:
    """A file beside an entry: saved, never shown, so that nothing in it can run in this site's name."""
    with reading() as db:
        reached(db, placement_id, asker_of(db, signed_in()))
        found = db.scalar(
            sa.select(DutyFile)
            .join(Duty, Duty.id == DutyFile.duty_id)
            .where(DutyFile.id == file_id, Duty.placement_id == placement_id)
            .options(undefer(DutyFile.data))
        )
    if found is None:
        raise no_such_duty()
    response = make_response(found.data)
    response.headers["Content-Type"] = "application/octet-stream"
    response.headers["Content-Disposition"] = f"attachment; filename={secure_filename(found.name) or 'file'}"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def shown(
    placement_id: UUID,
    *,
    errors: dict[str, Sentence] | None = None,
    refused: Sentence | None = None,
    typed: dict[str, str] | None = None,
) -> Page:
    """The page; after what was not done with why, and what was typed."""
    with reading() as db:
        who = asker_of(db, signed_in())
        placement = reached(db, placement_id, who)
        row = one(db, placement)
        log = log_of(db, placement_id)
        far = progress(db, [placement])[placement_id]
        agreement = db.get(Agreement, row.agreement_id) if row.agreement_id else None
    parties = who.parties(
        person_id=row.person_id,
        origin_school_id=row.origin_school_id,
        host_school_id=row.host_school_id,
        origin_region=row.origin_region,
        host_region=row.host_region,
    )
    keeps = row.state in KEPT
    html = render_template(
        "exchange/duty_log.html",
        row=row,
        log=log,
        progress=far,
        agreement=agreement,
        writes=keeps and not parties.isdisjoint(WRITERS) and MAY["write"].allows(signed_in()),
        verbs={verb for verb, by in BY.items() if keeps and not parties.isdisjoint(by)},
        today=edge().runtime.clock().astimezone(ZONE).date(),
        errors={field: say(sentence) for field, sentence in (errors or {}).items()},
        refused=refused,
        typed=typed or {},
        kind_options=[(code, say(word)) for code, word in KINDS.items()],
        KINDS=KINDS,
        STATES=STATES,
        VERBS=VERBS,
        CHIPS=CHIPS,
        PLACED=PLACED,
    )
    status = HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.CONFLICT if refused else HTTPStatus.OK
    return html if status == HTTPStatus.OK else (html, status)
