"""The page of one placement, and everything of one teacher."""

from uuid import UUID

from flask import render_template

from services.exchange.agreements.model import Agreement
from services.exchange.placements.model import MOVES, REASONED, Party, Verb
from services.exchange.placements.policies import MAY
from services.exchange.placements.queries.listing import Wanted, listed
from services.exchange.placements.queries.people import people_named
from services.exchange.placements.queries.reaching import no_such_placement, reached
from services.exchange.placements.queries.rows import PlacementRow, one, paired, steps_of
from services.exchange.placements.ui.asking import Page, asker, blueprint, today
from services.exchange.placements.ui.listing import words
from shared.text import Sentence
from shared.web.edge import reading

#: What leads on as one expects comes first; what ends it comes last.
_ENDING: frozenset[Verb] = frozenset({"refuse", "withdraw", "end_early"})


@blueprint.get("/placements/<uuid:placement_id>")
@MAY["see"]
def page(placement_id: UUID) -> Page:
    """What is planned, what was done, and what the reader can do now."""
    return shown(placement_id)


@blueprint.get("/teachers/<uuid:person_id>")
@MAY["see"]
def teacher(person_id: UUID) -> str:
    """Every placement of one teacher that the reader may know of, the latest first."""
    with reading() as db:
        found = listed(db, asker(db), Wanted(person=person_id), order="-starts", limit=100)
        name = people_named(db, [person_id]).get(person_id, "")
    if not found.rows:
        raise no_such_placement()
    first = min(row.starts_on for row in found.rows)
    last = max(row.last_on for row in found.rows)
    return render_template(
        "exchange/teacher.html",
        rows=found.rows,
        name=name,
        first=first,
        days=max(1, (last - first).days),
        today=today(),
        **words(),
    )


def shown(
    placement_id: UUID,
    *,
    errors: dict[str, Sentence] | None = None,
    refused: Sentence | None = None,
    typed: dict[str, str] | None = None,
) -> Page:
    """The page; after a step that was not taken with why, and what was typed."""
    with reading() as db:
        who = asker(db)
        placement = reached(db, placement_id, who)
        row = one(db, placement)
        steps = steps_of(db, placement_id)
        other = paired(db, who, row)
        parties = who.parties(
            person_id=row.person_id,
            origin_school_id=row.origin_school_id,
            host_school_id=row.host_school_id,
            origin_region=row.origin_region,
            host_region=row.host_region,
        )
        agreement = db.get(Agreement, row.agreement_id) if row.agreement_id else None
        possible = [
            move.verb
            for move in MOVES
            # What is wanting for a move is given on the page that it links to.
            if move.state == row.state
            and placement.why_not(move.verb, parties, facts={move.needs} if move.needs else ()) is None
        ]
    html = render_template(
        "exchange/placement.html",
        row=row,
        steps=steps,
        other=other,
        agreement=agreement,
        parties=parties,
        leading=[verb for verb in possible if verb not in _ENDING],
        ending=[verb for verb in possible if verb in _ENDING],
        waits=_waits(row, parties),
        reasoned=REASONED,
        errors=errors or {},
        refused=refused,
        typed=typed or {},
        today=today(),
        **words(),
    )
    return (html, 422) if errors else (html, 409) if refused else html


def _waits(row: PlacementRow, parties: frozenset[Party]) -> bool:
    """Whether it is the reader who is waited for."""
    return not row.by.isdisjoint(parties)
