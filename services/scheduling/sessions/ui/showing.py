"""The page of one session: what it is, what stands in its way, and what will happen or has happened."""

from uuid import UUID

from flask import render_template

from services.scheduling.breakouts.queries import groups_of
from services.scheduling.claims.model import sentence_of
from services.scheduling.claims.queries import conflicts_of, offers_of
from services.scheduling.facilities.queries import requests_of
from services.scheduling.holidays.queries import free_days
from services.scheduling.hosting.model import scope_of
from services.scheduling.hosting.queries import called, known_schools, regions
from services.scheduling.kinds.queries import kinds
from services.scheduling.materials.queries import materials_of
from services.scheduling.plans.model import ROLES, ZONE
from services.scheduling.programmes.queries import programme_within
from services.scheduling.sessions.policies import MAY
from services.scheduling.sessions.queries import people_called, session_within
from services.scheduling.sessions.ui.asking import Page, blueprint, own_first, read, scopes
from shared.errors import Refusal
from shared.text import Sentence
from shared.web.edge import edge, reading, signed_in

STATES = {
    "draft": ("open", Sentence(zh="草稿", en="Draft")),
    "released": ("done", Sentence(zh="已发布", en="Released")),
    "postponed": ("waiting", Sentence(zh="已延期", en="Postponed")),
    "held": ("done", Sentence(zh="已举行", en="Held")),
    "closed": ("plain", Sentence(zh="已办结", en="Closed")),
    "cancelled": ("failed", Sentence(zh="已取消", en="Cancelled")),
}


@blueprint.get("/sessions/<uuid:session_id>")
@MAY["see"]
def page(session_id: UUID) -> Page:
    """One session: what it is, what stands in its way, and what will happen or has happened."""
    return shown(session_id)


def shown(
    session_id: UUID,
    *,
    refused: Refusal | None = None,
    errors: dict[str, Sentence] | None = None,
    typed: dict[str, str] | None = None,
) -> Page:
    """The page of a session, with why something was refused, if it was."""
    asks, now = signed_in(), edge().runtime.clock()
    with reading() as db:
        session = session_within(db, session_id, read())
        rooms = requests_of(db, session_id)
        groups = groups_of(db, [session_id]).get(session_id, ())
        materials = materials_of(db, session_id)
        invited = known_schools(db, session.invited_schools)
        awaiting = known_schools(db, session.awaiting_schools) if session.awaiting_schools else []
        conflicts = conflicts_of(db, [session_id], read())[session_id]
        open_ones = {conflict.occurrence for conflict in conflicts if not conflict.accepted_by}
        offers = offers_of(db, session_id, open_ones, now=now)
        unnamed = [leader.name for leader in session.leaders if leader.person_id is None]
        people = people_called(db, unnamed, scopes()) if session.state in {"draft", "released"} else {}
        programme = programme_within(db, session.programme_id, read()) if session.programme_id else None
        host = called(session.host_region, regions(db))
        known = kinds(db)
        days = [each.starts_at.astimezone(ZONE).date() for each in session.occurrences]
        free = free_days(db, days, region=session.host_region) if session.ends_at > now else {}
    html = render_template(
        "scheduling/session.html",
        session=session,
        rooms=rooms,
        groups=groups,
        materials=materials,
        programme=programme,
        state=STATES[session.state],
        kind=known.get(session.kind),
        host=host,
        invited=own_first(invited, [scope_of(session.host_region)]),
        awaiting=awaiting,
        unknown=len(session.invited_schools) - sum(len(region.schools) for region in invited),
        conflicts=conflicts,
        free=free,
        offers=offers,
        sentence_of=sentence_of,
        people=people,
        ROLES=ROLES,
        ZONE=ZONE,
        past=session.ends_at <= now,
        begun=session.starts_at <= now,
        may={verb: rule.allows(asks) for verb, rule in MAY.items()},
        refused=refused.sentence if refused else None,
        typed=typed or {},
        errors=errors or {},
    )
    return (html, 422) if errors else (html, int(refused.status)) if refused else html
