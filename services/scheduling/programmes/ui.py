"""Pages: the list of programmes, the form, a programme's days with what stands in its way, and its roster."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from marshmallow import ValidationError
from werkzeug.wrappers import Response

from services.scheduling.claims.model import Conflict, Offer, Taken, sentence_of
from services.scheduling.claims.queries import conflicts_of, offers_of
from services.scheduling.hosting.model import PLANNERS
from services.scheduling.hosting.queries import called, hosts_offered, known_schools, regions
from services.scheduling.plans.model import KINDS, ZONE, Occurrence
from services.scheduling.programmes.commands import (
    add_trainees,
    choose_person,
    draft_programme,
    release_programme,
    remove_trainee,
    revise_programme,
)
from services.scheduling.programmes.model import PROGRAMME_KINDS
from services.scheduling.programmes.policies import MAY
from services.scheduling.programmes.queries import programme_within, programmes_within, roster_of
from services.scheduling.programmes.schemas import NAMES, EntrantSchema, FormSchema
from services.scheduling.sessions.queries import SessionRow, people_called, sessions_of
from shared.db import Transaction
from shared.errors import Forbidden, Invalid, Refusal
from shared.ids import uuid7
from shared.text import Sentence
from shared.web.edge import command, edge, reading, signed_in
from shared.web.scopes import narrowed
from shared.web.spoken import sentences

blueprint = Blueprint("programmes", __name__, url_prefix="/scheduling", template_folder="../templates")

#: When the afternoon and the evening begin.
_AFTERNOON, _EVENING = 12, 18

#: Days side by side in one grid; a programme over more days than this is shown as a list.
_ABREAST, _IN_GRIDS = 8, 24

#: Sessions in conflict for which free times are looked for at once.
_HELPED = 5

HALVES = (
    Sentence(zh="上午", en="a.m."),
    Sentence(zh="下午", en="p.m."),
    Sentence(zh="晚上", en="Eve."),
)

Page = str | tuple[str, int]


@dataclass(frozen=True, slots=True)
class Entry:
    """Once that a session takes place, in the grid. half: 0 morning, 1 afternoon, 2 evening.

    again: it goes on from the half-day before.
    """

    session: SessionRow
    occurrence: Occurrence
    on: date
    half: int
    again: bool = False


@dataclass(frozen=True, slots=True)
class Problem:
    """A session with what stands in its way, and when it could be instead."""

    session: SessionRow
    conflicts: Sequence[Conflict]
    offers: Sequence[Offer]


@blueprint.get("/programmes")
@MAY["see"]
def index() -> str:
    """The programmes that the reader's regions host."""
    with reading() as db:
        programmes = programmes_within(db, narrowed(_read()))
    return render_template(
        "scheduling/programmes.html",
        programmes=programmes,
        KINDS=PROGRAMME_KINDS,
        may_draft=MAY["draft"].allows(signed_in()),
        ZONE=ZONE,
    )


@blueprint.get("/programmes/new")
@MAY["draft"]
def new() -> Page:
    """The form of a new programme."""
    return _form({"kind": "training_class"})


@blueprint.post("/programmes")
@MAY["draft"]
def draft() -> Page | Response:
    """Keep a programme and show it."""
    scopes, id_ = _scopes(), uuid7()
    try:
        asked = FormSchema().load(request.form.to_dict())
        command(
            lambda tx: draft_programme(
                tx, id_=id_, outline=asked.outline, host_region=asked.host_region, scopes=scopes
            )
        )
    except (ValidationError, Invalid, Forbidden) as error:
        return _form(request.form.to_dict(), errors=_errors(error))
    return redirect(url_for("programmes.page", programme_id=id_), 303)


@blueprint.get("/programmes/<uuid:programme_id>")
@MAY["see"]
def page(programme_id: UUID) -> Page:
    """A programme's days, what stands in its way, and who will be told."""
    return _page(programme_id)


@blueprint.get("/programmes/<uuid:programme_id>/revision")
@MAY["revise"]
def edit(programme_id: UUID) -> Page:
    """The form of a programme that is there."""
    with reading() as db:
        programme = programme_within(db, programme_id, _scopes())
    typed = {
        "title": programme.title,
        "kind": programme.kind,
        "outcome": programme.outcome,
        "hours": str(programme.hours or ""),
    }
    return _form(typed, programme_id=programme_id)


@blueprint.post("/programmes/<uuid:programme_id>/revision")
@MAY["revise"]
def revise(programme_id: UUID) -> Page | Response:
    """Outline it differently and show it."""
    scopes, seen = _scopes(), _seen()
    try:
        outline = FormSchema().load(request.form.to_dict()).outline
        command(
            lambda tx: revise_programme(
                tx, programme_id=programme_id, outline=outline, scopes=scopes, seen=seen
            )
        )
    except (ValidationError, Invalid) as error:
        return _form(request.form.to_dict(), programme_id=programme_id, errors=_errors(error))
    except Refusal as error:
        return _form(request.form.to_dict(), programme_id=programme_id, refused=error.sentence)
    return redirect(url_for("programmes.page", programme_id=programme_id), 303)


@blueprint.post("/programmes/<uuid:programme_id>/release")
@MAY["release"]
def release(programme_id: UUID) -> Page | Response:
    """Release all of its drafts; the page then says who is told."""
    scopes, seen, override = _scopes(), _seen(), request.form.get("override")
    try:
        command(
            lambda tx: release_programme(
                tx, programme_id=programme_id, scopes=scopes, seen=seen, override=override
            )
        )
    except (Invalid, Refusal) as error:
        return _page(programme_id, refused=error)
    return redirect(url_for("programmes.page", programme_id=programme_id), 303)


@blueprint.get("/programmes/<uuid:programme_id>/roster")
@MAY["see"]
def roster(programme_id: UUID) -> Page:
    """Who takes part."""
    return _roster(programme_id)


@blueprint.post("/programmes/<uuid:programme_id>/trainees")
@MAY["enrol"]
def enrol(programme_id: UUID) -> Page | Response:
    """Put somebody on the roster as they are written."""
    scopes, override = _scopes(), request.form.get("override")
    said = {name: request.form.get(name, "") for name in ("name", "unit", "post", "phone")}

    def work(tx: Transaction) -> None:
        entrant = EntrantSchema().load(said)
        add_trainees(tx, programme_id=programme_id, entrants=[entrant], scopes=scopes, override=override)

    return _change(programme_id, work)


@blueprint.post("/programmes/<uuid:programme_id>/trainees/<uuid:trainee_id>/person")
@MAY["enrol"]
def choose(programme_id: UUID, trainee_id: UUID) -> Page | Response:
    """Say who in the directory somebody on the roster is."""
    scopes, person_id = _scopes(), request.form.get("person_id", type=UUID)
    override = request.form.get("override")

    def work(tx: Transaction) -> None:
        choose_person(
            tx,
            programme_id=programme_id,
            trainee_id=trainee_id,
            person_id=person_id or trainee_id,  # nobody of that id: the sentence says so
            scopes=scopes,
            override=override,
        )

    return _change(programme_id, work)


@blueprint.post("/programmes/<uuid:programme_id>/trainees/<uuid:trainee_id>/removal")
@MAY["enrol"]
def remove(programme_id: UUID, trainee_id: UUID) -> Page | Response:
    """Take somebody off the roster."""
    scopes = _scopes()
    return _change(
        programme_id,
        lambda tx: remove_trainee(tx, programme_id=programme_id, trainee_id=trainee_id, scopes=scopes),
    )


def _change(programme_id: UUID, work: Callable[[Transaction], object]) -> Page | Response:
    try:
        command(work)
    except (ValidationError, Invalid) as error:
        return _roster(programme_id, errors=_errors(error))
    except Refusal as error:
        return _roster(programme_id, refused=error)
    return redirect(url_for("programmes.roster", programme_id=programme_id), 303)


def _page(programme_id: UUID, *, refused: Refusal | Invalid | None = None) -> Page:
    asks, now, scopes = signed_in(), edge().runtime.clock(), _read()
    with reading() as db:
        programme = programme_within(db, programme_id, scopes)
        sessions = sessions_of(db, programme_id)
        trainees = roster_of(db, programme_id)
        conflicts = conflicts_of(db, [session.id for session in sessions], scopes)
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
    entries = list(_entries(sessions))
    days = _days(entries)
    drafts = [session for session in sessions if session.state == "draft"]
    html = render_template(
        "scheduling/programme.html",
        programme=programme,
        sessions=sessions,
        grids=_grids(days) if days and len(days) <= _IN_GRIDS else [],
        entries=entries,
        HALVES=HALVES,
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
        weekends=sorted({each.on for each in entries if each.on.weekday() > 4}),  # noqa: PLR2004  Friday
        unknown=[each for each in trainees if each.person_id is None],
        trainees=trainees,
        schools=schools,
        leaders={leader.name for session in sessions for leader in session.leaders if leader.person_id},
        host=host,
        sentence_of=sentence_of,
        KINDS=KINDS,
        PROGRAMME_KINDS=PROGRAMME_KINDS,
        ZONE=ZONE,
        may={verb: rule.allows(asks) for verb, rule in MAY.items()},
        refused=refused,
        taken=refused if isinstance(refused, Taken) else None,
    )
    return (html, int(refused.status)) if refused else html


def _has_place(session: SessionRow) -> bool:
    """Whether people know where to go, every time."""
    return all(each.place or each.link for each in session.occurrences)


def _roster(
    programme_id: UUID, *, errors: dict[str, Sentence] | None = None, refused: Refusal | None = None
) -> Page:
    with reading() as db:
        programme = programme_within(db, programme_id, _read())
        trainees = roster_of(db, programme_id)
        unknown = {each.name for each in trainees if each.person_id is None}
        people = people_called(db, unknown, _scopes())
    html = render_template(
        "scheduling/roster.html",
        programme=programme,
        trainees=trainees,
        people=people,
        typed=request.form if errors or refused else {},
        errors=errors or {},
        refused=refused.sentence if refused else None,
        taken=refused if isinstance(refused, Taken) else None,
        sentence_of=sentence_of,
        names=NAMES,
        may={verb: rule.allows(signed_in()) for verb, rule in MAY.items()},
    )
    return (html, 422) if errors else (html, 409) if refused else html


def _form(
    typed: dict[str, str],
    *,
    programme_id: UUID | None = None,
    errors: dict[str, Sentence] | None = None,
    refused: Sentence | None = None,
) -> Page:
    scopes = _scopes()
    with reading() as db:
        programme = programme_within(db, programme_id, scopes) if programme_id else None
        hosts = hosts_offered(scopes, regions(db))
    html = render_template(
        "scheduling/programme_form.html",
        programme=programme,
        typed=typed,
        hosts=hosts,
        KINDS=PROGRAMME_KINDS,
        names=NAMES,
        errors=errors or {},
        refused=refused,
    )
    return (html, 422) if errors else (html, 409) if refused else html


def _entries(sessions: Iterable[SessionRow]) -> Iterable[Entry]:
    for session in sessions:
        for occurrence in session.occurrences:
            start, end = occurrence.starts_at.astimezone(ZONE), occurrence.ends_at.astimezone(ZONE)
            on, again = start.date(), False
            while on <= end.date():
                bounds = [datetime.combine(on, time(hour), tzinfo=ZONE) for hour in (0, _AFTERNOON, _EVENING)]
                bounds.append(bounds[0] + timedelta(days=1))
                for half, (begin, until) in enumerate(pairwise(bounds)):
                    if start < until and begin < end:
                        yield Entry(session, occurrence, on, half, again)
                        again = True
                on += timedelta(days=1)


def _days(entries: Sequence[Entry]) -> list[date]:
    """Every day from the first to the last, those without a session, too."""
    if not entries:
        return []
    first, last = min(each.on for each in entries), max(each.on for each in entries)
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def _grids(days: Sequence[date]) -> list[Sequence[date]]:
    """The days as they stand side by side: all of them where they fit, week by week where they do not."""
    if len(days) <= _ABREAST:
        return [days]
    weeks: dict[tuple[int, int], list[date]] = {}
    for day in days:
        weeks.setdefault(day.isocalendar()[:2], []).append(day)
    return list(weeks.values())


def _errors(error: ValidationError | Invalid | Forbidden) -> dict[str, Sentence]:
    """A sentence for each field."""
    return sentences(error) if isinstance(error, ValidationError) else {error.field or "": error.sentence}


def _seen() -> int | None:
    return request.form.get("seen", type=int)


def _scopes() -> frozenset[str]:
    return signed_in().scopes(*PLANNERS)


def _read() -> frozenset[str]:
    return signed_in().reads(*PLANNERS)
