"""Reads about appraisals."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.exchange.appraisals.model import Appraisal, Form, Rater, Rating
from services.exchange.appraisals.policies import APPEALED_WITHIN, Given, Outcome, outcome
from services.exchange.appraisals.queries.forms import form_for
from services.exchange.identities.queries import accounts_of
from services.exchange.placements.model import Placement
from services.exchange.placements.queries.people import people_named
from services.exchange.placements.queries.reaching import Asker
from shared.contracts.exchange import ExchangeTask
from shared.ids import named
from shared.text import Sentence

#: States of a placement in which it is appraised, or was.
APPRAISED: frozenset[str] = frozenset({"returned", "ended_early", "appraised", "closed"})
_SEPTEMBER = 9


@dataclass(frozen=True, slots=True)
class RaterRow:
    """Who is to rate, or has: the rater, the name of a named person, and what was said."""

    rater: str
    name: str
    given: Given | None
    comment: str


@dataclass(frozen=True, slots=True)
class Shown:
    """An appraisal as its page shows it; row: None before it was begun."""

    row: Appraisal | None
    form: Form
    source: str
    outcome: Outcome
    raters: Sequence[RaterRow]


def shown_of(db: Session, placement: Placement) -> Shown:
    """The appraisal of a placement. Five queries at most."""
    row = db.get(Appraisal, placement.id)
    form, source = (Form.of(row.form), row.form_source) if row else form_for(db, placement)
    named_people = raters_of(db, placement.id)
    ratings = ratings_of(db, placement.id)
    comments = {each.rater: each.comment for each in ratings}
    given = {each.rater: Given(rater=each.rater, scores=each.scores) for each in ratings}
    found = outcome(form, named_people, list(given.values()))
    names = people_named(db, {UUID(id_) for _, id_ in named_people})
    everybody = list(dict.fromkeys([*given, *found.missing]))
    return Shown(
        row,
        form,
        source,
        found,
        [
            RaterRow(
                rater,
                names.get(UUID(rater.partition(":")[2]), "") if ":" in rater else "",
                given.get(rater),
                comments.get(rater, ""),
            )
            for rater in everybody
        ],
    )


def raters_of(db: Session, placement_id: UUID) -> list[tuple[str, str]]:
    """Who was named to rate: role and id. One query."""
    rows = db.execute(sa.select(Rater.role, Rater.person_id).where(Rater.appraisal_id == placement_id))
    return [(row.role, str(row.person_id)) for row in rows]


def ratings_of(db: Session, placement_id: UUID) -> Sequence[Rating]:
    """What was said, in the order in which it was. One query."""
    return db.scalars(
        sa.select(Rating).where(Rating.appraisal_id == placement_id).order_by(Rating.at, Rating.rater)
    ).all()


def rater_for(
    shown: Shown, named_people: Sequence[tuple[str, str]], asker: Asker, parties: frozenset[str]
) -> str | None:
    """As which rater of the form somebody rates: named themselves, or for their school or region. None: as none."""
    for role, id_ in named_people:
        if asker.person_id is not None and str(asker.person_id) == id_:
            return f"{role}:{id_}"
    return next((role for role in shown.form.roles if role in parties), None)


def year_of(placement: Placement) -> int:
    """The school year in which a placement ended."""
    last = placement.last_on
    return last.year if last.month >= _SEPTEMBER else last.year - 1


def excellent_in(db: Session, placement: Placement) -> tuple[int, int]:
    """Of those appraised of the same region and school year besides, how many are excellent, and how many there are. One query."""
    row = db.execute(
        sa.select(
            sa.func.count().label("all"),
            sa.func.coalesce(sa.func.sum(sa.case((Appraisal.grade == "excellent", 1), else_=0)), 0).label(
                "some"
            ),
        ).where(
            Appraisal.origin_region == placement.origin_region,
            Appraisal.year == year_of(placement),
            Appraisal.grade.is_not(None),
            Appraisal.id != placement.id,
        )
    ).one()
    return int(row.some), int(row.all)


def plan_task(db: Session, row: Appraisal, placement: Placement) -> ExchangeTask:
    """Whether the home school is to follow up a plan, or the region to answer an appeal, as of the appraisal's version."""
    name = people_named(db, [placement.person_id]).get(placement.person_id, "—")
    audiences: tuple[str, ...] = ()
    zh, en, due = "跟进改进计划", "Follow up a plan", None
    if row.state == "appealed":
        zh, en = "答复考核申诉", "Answer an appeal"
        audiences = (f"coordinator@region:{placement.origin_region}",)
    elif row.plan and row.followed_at is None:
        audiences = (f"liaison@school:{placement.origin_school_id}",)
        due = datetime.combine(row.plan_due, time(16), tzinfo=UTC) if row.plan_due else None
    return ExchangeTask(
        task_id=named("exchange.appraisal", str(row.id)),
        version=row.version,
        audiences=audiences,
        sentence_zh=f"{zh}：{name}",
        sentence_en=f"{en}: {name}",
        verb_zh="去办理",
        verb_en="See to it",
        link=f"/exchange/placements/{placement.id}/appraisal",
        opened_at=row.changed_at,
        due=due,
        closed_at=None if audiences else row.changed_at,
    )


def rater_task(
    db: Session, row: Appraisal, placement: Placement, person_id: UUID, *, waits: bool
) -> ExchangeTask | None:
    """Whether somebody named is to rate, as of the appraisal's version; None where they have no account."""
    accounts = accounts_of(db, person_id)
    if not accounts:
        return None
    name = people_named(db, [placement.person_id]).get(placement.person_id, "—")
    return ExchangeTask(
        task_id=named("exchange.rating", f"{row.id}/{person_id}"),
        version=row.version,
        audiences=tuple(f"account:{each}" for each in accounts) if waits else (),
        sentence_zh=f"请你评价：{name}的交流工作",
        sentence_en=f"Your rating is asked for: {name}",
        verb_zh="去评价",
        verb_en="Rate",
        link=f"/exchange/placements/{placement.id}/appraisal",
        opened_at=row.changed_at,
        closed_at=None if waits else row.changed_at,
    )


def appraisal_tasks(db: Session) -> Iterator[ExchangeTask]:
    """Of every appraisal what waits for whom."""
    for row, placement in db.execute(
        sa.select(Appraisal, Placement).join(Placement, Placement.id == Appraisal.id).order_by(Appraisal.id)
    ):
        yield plan_task(db, row, placement)
        rated = {each.rater for each in ratings_of(db, row.id)}
        for role, id_ in raters_of(db, row.id):
            waits = row.state == "open" and f"{role}:{id_}" not in rated
            if task := rater_task(db, row, placement, UUID(id_), waits=waits):
                yield task


def appealed_until(row: Appraisal) -> datetime | None:
    """Until when a result can be appealed; None where it cannot be any more."""
    if row.state != "decided" or row.decided_at is None or row.appealed_at is not None:
        return None
    return row.decided_at + timedelta(days=APPEALED_WITHIN)


def said(rater: str, name: str, words: Mapping[str, Sentence]) -> Sentence:
    """What people call a rater."""
    word = words[rater.partition(":")[0]]
    return Sentence(zh=f"{word.zh}{name}", en=f"{word.en} {name}".strip())
