"""A programme's days, what stands in its way, who will be told, and its release."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from services.scheduling.claims.model import Conflict, Offer, Taken, sentence_of
from services.scheduling.claims.queries import conflicts_of, offers_of
from services.scheduling.holidays.queries import free_days
from services.scheduling.hosting.queries import called, known_schools, regions
from services.scheduling.kinds.queries import kinds
from services.scheduling.plans.model import ZONE
from services.scheduling.programmes.commands import (
    recall_programme,
    release_programme,
)
from services.scheduling.programmes.model import PROGRAMME_KINDS
from services.scheduling.programmes.policies import MAY
from services.scheduling.programmes.queries import programme_within, roster_of
from services.scheduling.programmes.ui.asking import Page, blueprint, read, scopes, seen
from services.scheduling.programmes.ui.days import HOUR, entries_of, grids_of
from services.scheduling.sessions.queries import SessionRow, sessions_of
from shared.errors import Invalid, Refusal
from shared.web.edge import command, edge, reading, signed_in

#: Sessions in conflict for which free times are looked for at once.
_HELPED = 5


@dataclass(frozen=True, slots=True)
class Problem:
    """A session with what stands in its way, and when it could be instead."""

    session: SessionRow
    conflicts: Sequence[Conflict]
    offers: Sequence[Offer]


@blueprint.get("/programmes/<uuid:programme_id>")
@MAY["see"]
def page(programme_id: UUID) -> Page:
    """A programme's days, what stands in its way, and who will be told."""
    return _page(programme_id)


@blueprint.post("/programmes/<uuid:programme_id>/release")
@MAY["release"]
def release(programme_id: UUID) -> Page | Response:
    """Release all of its drafts; the page then says who is told."""
    own, version, override = scopes(), seen(), request.form.get("override")
    try:
        command(
            lambda tx: release_programme(
                tx, programme_id=programme_id, scopes=own, seen=version, override=override
            )
        )
    except (Invalid, Refusal) as error:
        return _page(programme_id, refused=error)
    return redirect(url_for("programmes.page", programme_id=programme_id), 303)


@blueprint.post("/programmes/<uuid:programme_id>/recall")
@MAY["recall"]
def recall(programme_id: UUID) -> Page | Response:
    """Make all of it drafts again; where that is refused, the page says why and keeps the reason that was typed."""
    own, version, reason = scopes(), seen(), request.form.get("reason", "").strip()
    try:
        command(
            lambda tx: recall_programme(
                tx, programme_id=programme_id, reason=reason, scopes=own, seen=version
            )
        )
    except (Invalid, Refusal) as error:
        return _page(programme_id, refused=error, recalling=reason)
    return redirect(url_for("programmes.page", programme_id=programme_id), 303)


def _page(
    programme_id: UUID, *, refused: Refusal | Invalid | None = None, recalling: str | None = None
) -> Page:
    asks, now, own = signed_in(), edge().runtime.clock(), read()
    with reading() as db:
        programme = programme_within(db, programme_id, own)
        sessions = sessions_of(db, programme_id)
        trainees = roster_of(db, programme_id)
        conflicts = conflicts_of(db, [session.id for session in sessions], own)
        problems: list[Problem] = []
        for session in sessions:
            found = [each for each in conflicts[session.id] if not each.accepted_by]
            if found:
                numbers = {each.occurrence for each in found} if len(problems) < _HELPED else set()
                offers = offers_of(db, session.id, numbers, now=now)
                problems.append(Problem(session, found, offers))
        of_roster = {each.school_id for each in trainees if each.school_id}
        told = of_roster | {id_ for session in sessions for id_ in session.invited_schools}
        schools = known_schools(db, told)
        host = called(programme.host_region, regions(db))
        known = kinds(db)
        entries = entries_of(sessions)
        free = free_days(db, [each.on for each in entries], region=programme.host_region)
    drafts = [session for session in sessions if session.state == "draft"]
    html = render_template(
        "scheduling/programme.html",
        programme=programme,
        sessions=sessions,
        grids=grids_of(entries),
        entries=entries,
        HOUR=HOUR,
        HELPED=_HELPED,
        problems=problems,
        firm=[each for each in problems if any(conflict.firm for conflict in each.conflicts)],
        accepted=sum(bool(each.accepted_by) for found in conflicts.values() for each in found),
        troubled={each.session.id: any(one.firm for one in each.conflicts) for each in problems},
        incomplete=[
            (session, reason)
            for session in drafts
            if (reason := session.why_not["release"]) and not (of_roster and _has_place(session))
        ],
        free=free,
        unknown=[each for each in trainees if each.person_id is None],
        trainees=trainees,
        schools=schools,
        leaders={leader.name for session in sessions for leader in session.leaders if leader.person_id},
        host=host,
        sentence_of=sentence_of,
        KINDS=known,
        PROGRAMME_KINDS=PROGRAMME_KINDS,
        ZONE=ZONE,
        may={verb: rule.allows(asks) for verb, rule in MAY.items()},
        refused=refused,
        recalling=recalling,
        recallable=sum(session.why_not["recall"] is None for session in sessions)
        if MAY["recall"].allows(asks) and all(each.state not in {"held", "closed"} for each in sessions)
        else 0,
        taken=refused if isinstance(refused, Taken) else None,
    )
    return (html, int(refused.status)) if refused else html


def _has_place(session: SessionRow) -> bool:
    """Whether people know where to go, every time."""
    return all(each.place or each.link for each in session.occurrences)
