"""What is told of a session, as it is right now: the facts of each transition, and the task that a draft is."""

from typing import TYPE_CHECKING
from uuid import UUID

from services.scheduling.plans.model import EVERYWHERE
from shared.contracts import scheduling as told
from shared.ids import named

if TYPE_CHECKING:
    from services.scheduling.sessions.model.session import Session


def released(session: "Session") -> told.SessionReleased:
    """It takes place, and who is invited."""
    return told.SessionReleased(
        session_id=session.id,
        version=session.version,
        title=session.title,
        kind=session.kind,
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        place=session.place,
        link=session.link,
        invited_schools=list(session.invited_schools),
        occurrences=_times(session),
        programme_id=session.programme_id,
        host_region=session.host_region,
    )


def revised(session: "Session", different: list[told.Change], was: set[UUID]) -> told.SessionRevised:
    """As it is now, with what is different; was: the schools that knew of it before."""
    first, now = session.occurrences[0], set(session.invited_schools)
    return told.SessionRevised(
        session_id=session.id,
        version=session.version,
        title=session.title,
        kind=session.kind,
        starts_at=first.starts_at,
        ends_at=session.ends_at,
        place=first.place,
        link=first.link,
        occurrences=_times(session),
        changes=different,
        invited_schools=list(session.invited_schools),
        added_schools=tuple(sorted(now - was)),
        dropped_schools=tuple(sorted(was - now)),
        programme_id=session.programme_id,
        host_region=session.host_region,
    )


def postponed(session: "Session") -> told.SessionPostponed:
    """It does not take place as planned, and why."""
    return told.SessionPostponed(
        session_id=session.id,
        version=session.version,
        title=session.title,
        reason=session.reason,
        invited_schools=list(session.invited_schools),
    )


def cancelled(session: "Session") -> told.SessionCancelled:
    """It does not take place, and why."""
    return told.SessionCancelled(
        session_id=session.id,
        version=session.version,
        title=session.title,
        reason=session.reason,
        invited_schools=list(session.invited_schools),
    )


def recalled(session: "Session", knew: list[UUID]) -> told.SessionRecalled:
    """It should not have been released, and why; knew: the schools that were told of it."""
    return told.SessionRecalled(
        session_id=session.id,
        version=session.version,
        title=session.title,
        reason=session.reason,
        invited_schools=knew,
    )


def held(session: "Session") -> told.SessionHeld:
    """It has taken place, and where it can be watched."""
    return told.SessionHeld(
        session_id=session.id,
        version=session.version,
        title=session.title,
        kind=session.kind,
        starts_at=session.occurrences[0].starts_at,
        ends_at=session.ends_at,
        invited_schools=list(session.invited_schools),
        recording=session.recording or "",
        host_region=session.host_region,
    )


def task(session: "Session") -> told.SchedulingTask:
    """Whether it waits to be released, by those who look after the region that hosts it; as of its version."""
    schools, missing = len(session.invited_schools), session.why_not("release")
    return told.SchedulingTask(
        task_id=named("scheduling.release", str(session.id)),
        version=session.version,
        audiences=(
            "coordinator@all"
            if session.host_region == EVERYWHERE
            else f"coordinator@region:{session.host_region}",
        ),
        sentence_zh=f"发布活动：《{session.title}》还是草稿，"
        + (missing.zh if missing else f"受邀的 {schools} 所学校都还不知道。"),
        sentence_en=f"Release a session: “{session.title}” is a draft. "
        + (missing.en if missing else f"Schools that do not know of it yet: {schools}."),
        verb_zh="去补充" if missing else "去发布",
        verb_en="Complete it" if missing else "Release it",
        link=f"/scheduling/sessions/{session.id}",
        opened_at=session.drafted_at or session.released_at or session.starts_at,
        due=session.starts_at,
        closed_at=None if session.state == "draft" else session.released_at,
    )


def _times(session: "Session") -> tuple[told.Occurrence, ...]:
    return tuple(
        told.Occurrence(starts_at=each.starts_at, ends_at=each.ends_at, place=each.place, link=each.link)
        for each in session.occurrences
    )
