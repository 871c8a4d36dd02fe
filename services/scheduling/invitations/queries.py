"""Reads about invitations, each in a fixed number of queries; the rows that pages show are in `showing`."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import orm

from services.scheduling.hosting.model import may_host, scope_of
from services.scheduling.invitations.model.answer import Answer
from services.scheduling.invitations.model.invitation import Enrolment, Invitation
from services.scheduling.invitations.model.subjects import Kind, Subject, Whom
from services.scheduling.lifecycle.model import State
from services.scheduling.programmes.model import Programme
from services.scheduling.sessions.model import Session
from shared.auth.grants import significant
from shared.contracts.scheduling import SchedulingTask
from shared.errors import Invalid, NotFound
from shared.roster import lies_in, roster_schools
from shared.text import Sentence

#: Ids in one IN: SQLite takes 32,766 values in one statement.
_AT_ONCE = 5_000

_KINDS: tuple[tuple[Kind, type[Session] | type[Programme]], ...] = (
    ("session", Session),
    ("programme", Programme),
)

_SHUT: dict[State, Sentence] = {
    "draft": Sentence(
        zh="还没有发布，现在不能报名。", en="It is not released yet; nobody can be named for it."
    ),
    "postponed": Sentence(
        zh="活动已延期，定下新的时间之后再报名。", en="It is postponed. Name people once there is a new time."
    ),
    "cancelled": Sentence(zh="活动已经取消，不用再报名。", en="It was cancelled; nobody need be named."),
    "held": Sentence(zh="活动已经举行，不能再报名。", en="It has taken place; nobody can be named for it."),
    "closed": Sentence(zh="活动已经办结，不能再报名。", en="It is closed; nobody can be named for it."),
}


def subject_of_session(session: Session) -> Subject:
    """A session as what people are invited to."""
    return Subject(
        id=session.id,
        kind="session",
        title=session.title,
        host_region=session.host_region,
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        why_closed=_SHUT.get(session.state),  # type: ignore[call-overload]  # a column is any text
    )


def subject_of_programme(programme: Programme, sessions: Sequence[Session]) -> Subject:
    """A programme with its sessions as what people are invited to."""
    there = [each for each in sessions if each.state != "cancelled"] or list(sessions)
    shut: Sentence | None = None
    if not any(each.state in {"released", "postponed"} for each in there):
        states = {each.state for each in there}
        shut = _SHUT["draft" if "draft" in states or not there else "cancelled" if states == {"cancelled"} else "held"]  # fmt: skip
    return Subject(
        id=programme.id,
        kind="programme",
        title=programme.title,
        host_region=programme.host_region,
        starts_at=min((each.starts_at for each in there), default=programme.drafted_at),
        ends_at=max((each.ends_at for each in there), default=programme.drafted_at),
        why_closed=shut,
    )


def subjects_of(db: orm.Session, ids: Collection[UUID]) -> dict[UUID, Subject]:
    """Sessions and programmes as what people are invited to, by id. Three queries."""
    found: dict[UUID, Subject] = {}
    for session in db.scalars(sa.select(Session).where(Session.id.in_(list(ids)))):
        found[session.id] = subject_of_session(session)
    programmes = db.scalars(sa.select(Programme).where(Programme.id.in_(list(ids)))).all()
    if programmes:
        of: dict[UUID | None, list[Session]] = {}
        wanted = [each.id for each in programmes]
        for session in db.scalars(sa.select(Session).where(Session.programme_id.in_(wanted))):
            of.setdefault(session.programme_id, []).append(session)
        for programme in programmes:
            found[programme.id] = subject_of_programme(programme, of.get(programme.id, []))
    return found


def places_of_schools(db: orm.Session, ids: Iterable[UUID]) -> dict[UUID, str]:
    """The region of each school that the roster's copy knows, in the order of regions. One query per 5,000."""
    wanted, found = list(dict.fromkeys(ids)), dict[UUID, str]()
    schools = roster_schools.c
    for first in range(0, len(wanted), _AT_ONCE):
        some = schools.school_id.in_(wanted[first : first + _AT_ONCE])
        rows = db.execute(
            sa.select(schools.school_id, schools.region_code)
            .where(some)
            .order_by(schools.region_code, schools.code)
        )
        found |= dict(rows.all())
    return found


def schools_within(db: orm.Session, scope: str) -> dict[UUID, str]:
    """The schools of a region or a group that are not closed, each with its region. One query."""
    schools = roster_schools.c
    rows = db.execute(
        sa.select(schools.school_id, schools.region_code)
        .where(lies_in(scope), sa.not_(schools.retired))
        .order_by(schools.region_code, schools.code)
    )
    return dict(rows.all())


def invited_already(db: orm.Session, enrolment_id: UUID) -> dict[UUID, str]:
    """The schools that an invitation holds that was not refused or withdrawn, each with that one's state. One query."""
    rows = db.execute(
        sa.select(Answer.school_id, Invitation.state)
        .join(Invitation, Invitation.id == Answer.invitation_id)
        .where(
            Answer.enrolment_id == enrolment_id,
            Answer.state != "out",
            Invitation.state.in_(("asked", "open")),
        )
    )
    return dict(rows.all())


def beyond(regions: dict[UUID, str], host_region: str) -> set[UUID]:
    """Those of the schools that lie outside the region that hosts."""
    return {id_ for id_, region in regions.items() if not may_host([scope_of(host_region)], region)}


def unasked(db: orm.Session, *, enrolment_id: UUID, host_region: str, schools: Iterable[UUID]) -> set[UUID]:
    """Those of the schools who may not be told yet: they lie across a border, and nobody there has agreed.

    Who was told by a release before that was asked for stays told. Three queries at most.
    """
    abroad = beyond(places_of_schools(db, schools), host_region)
    if not abroad:
        return set()
    agreed = {id_ for id_, state in invited_already(db, enrolment_id).items() if state == "open"}
    of_it = sa.or_(Session.id == enrolment_id, Session.programme_id == enrolment_id)
    for told in db.scalars(sa.select(Session.invited_schools).where(of_it, Session.state != "draft")):
        agreed.update(told)
    return abroad - agreed


def lies_within(column: orm.InstrumentedAttribute[str], scopes: Iterable[str]) -> sa.ColumnElement[bool]:
    """Whether the region in the column lies in any of the scopes."""
    codes = [scope.removeprefix("region:") for scope in scopes if scope.startswith("region:")]
    within = (column.startswith(significant(code), autoescape=True) for code in codes)
    return sa.or_(sa.true() if "all" in scopes else sa.false(), *within)


def task_states(db: orm.Session) -> Iterator[SchedulingTask]:
    """Of every invitation that crossed a border whether it waits, and of every school whose answer was awaited."""
    enrolments = {each.id: each for each in db.scalars(sa.select(Enrolment))}
    subjects = subjects_of(db, enrolments)
    for invitation in db.scalars(sa.select(Invitation).where(Invitation.crosses).order_by(Invitation.id)):
        of = subjects.get(invitation.enrolment_id)
        if of is not None:
            yield invitation.task(of, deadline=enrolments[of.id].deadline)
    rows = db.execute(
        sa.select(Answer, Invitation)
        .join(Invitation, Invitation.id == Answer.invitation_id)
        .where(Answer.asked)
        .order_by(Answer.id)
    )
    for answer, invitation in rows:
        of = subjects.get(answer.enrolment_id)
        if of is not None:
            yield answer.task(invitation, of, deadline=enrolments[of.id].deadline)


def no_such_invitation() -> NotFound:
    """What is said of an invitation that is not there, or not the reader's to know of."""
    return NotFound(
        Sentence(
            zh="没有找到这份邀请，可能不归你负责。",
            en="There is no such invitation, or it is not yours to answer.",
        )
    )


def kind_of(db: orm.Session, subject_id: UUID) -> Kind:
    """Whether the id is a session's or a programme's. Raises NotFound."""
    for kind, table in _KINDS:
        if db.scalar(sa.select(table.id).where(table.id == subject_id)):
            return kind
    raise no_such_invitation()


def chosen_schools(db: orm.Session, whom: Whom) -> dict[UUID, str]:
    """The schools with their regions. Raises Invalid."""
    if whom.scope:
        found = schools_within(db, whom.scope)
        if not found:
            raise Invalid(
                Sentence(zh="名录里这个范围内没有学校。", en="The directory has no school there."),
                field="scope",
            )
        return found
    if not whom.schools:
        raise Invalid(Sentence(zh="请选择要邀请的学校。", en="Choose whom to invite."), field="schools")
    found = places_of_schools(db, whom.schools)
    if len(found) < len(set(whom.schools)):
        raise Invalid(
            Sentence(zh="选中的学校里有名录里没有的。", en="Some of them are not in the directory."),
            field="schools",
        )
    return found
