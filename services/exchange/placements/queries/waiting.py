"""What waits for whom: the task of each placement, and everything that is said of it to others."""

from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.exchange.placements.model import KINDS, Party, Placement, Verb
from services.exchange.placements.queries.people import people_named, schools_named
from shared.contracts.exchange import ExchangeTask, PlacementChanged
from shared.ids import named
from shared.text import Sentence

#: Days after the return by which somebody is to be appraised.
APPRAISED_WITHIN = 30

_AT_ONCE = 500

_WORDS: dict[str, tuple[Sentence, Sentence]] = {
    "nominate": (Sentence(zh="推荐教师", en="Nominate a teacher"), Sentence(zh="去推荐", en="Nominate")),
    "accept": (Sentence(zh="接收教师", en="Receive a teacher"), Sentence(zh="去答复", en="Answer")),
    "agree": (Sentence(zh="同意交流", en="Agree to an exchange"), Sentence(zh="去答复", en="Answer")),
    "start": (Sentence(zh="登记到岗", en="Note an arrival"), Sentence(zh="去登记", en="Note it")),
    "review": (Sentence(zh="中期检查", en="Mid-term review"), Sentence(zh="去检查", en="Review")),
    "return": (Sentence(zh="登记返回", en="Note a return"), Sentence(zh="去登记", en="Note it")),
    "appraise": (Sentence(zh="交流考核", en="Appraise an exchange"), Sentence(zh="去考核", en="Appraise")),
    "close": (Sentence(zh="办结交流", en="Close an exchange"), Sentence(zh="去办结", en="Close it")),
}


def tasks_of(db: Session, placements: Sequence[Placement]) -> Iterator[ExchangeTask]:
    """Of each placement what waits for whom, as of its version. Two queries."""
    names = people_named(db, {each.person_id for each in placements})
    schools = schools_named(
        db, {id_ for each in placements for id_ in (each.origin_school_id, each.host_school_id)}
    )
    for each in placements:
        awaited = each.awaited()
        lead, verb = _WORDS[awaited[0] if awaited else "close"]
        home, host = (schools.get(id_) for id_ in (each.origin_school_id, each.host_school_id))
        kind = KINDS.get(each.kind, Sentence(zh=each.kind, en=each.kind))  # type: ignore[call-overload]  # a kind newer than this
        name = names.get(each.person_id, "—")
        yield ExchangeTask(
            task_id=named("exchange.placement", str(each.id)),
            version=each.version,
            audiences=_audiences(each, awaited[1]) if awaited else (),
            sentence_zh=f"{lead.zh}：{name}，{home.name.zh if home else '—'} → {host.name.zh if host else '—'}，{kind.zh}",
            sentence_en=f"{lead.en}: {name}, {home.name.en if home else '—'} → {host.name.en if host else '—'}, {kind.en.lower()}",
            verb_zh=verb.zh,
            verb_en=verb.en,
            link=f"/exchange/placements/{each.id}",
            opened_at=each.changed_at,
            due=_due(each, awaited[0]) if awaited else None,
            closed_at=None if awaited else each.changed_at,
        )


def task_states(db: Session) -> Iterator[ExchangeTask]:
    """Of every placement what waits for whom."""
    for some in _all(db):
        yield from tasks_of(db, some)


def placement_states(db: Session) -> Iterator[PlacementChanged]:
    """Every placement as it is now."""
    for some in _all(db):
        for each in some:
            yield each.told("", reason=each.reason)


def _all(db: Session) -> Iterator[list[Placement]]:
    last: UUID | None = None
    while True:
        after = Placement.id > last if last else sa.true()
        some = list(db.scalars(sa.select(Placement).where(after).order_by(Placement.id).limit(_AT_ONCE)))
        if not some:
            return
        yield some
        last = some[-1].id


def _audiences(placement: Placement, parties: Collection[Party]) -> tuple[str, ...]:
    """Schools where schools may do it, regions otherwise: nobody is asked for what lies nearer to another."""
    schools = {
        "home": f"liaison@school:{placement.origin_school_id}",
        "host": f"liaison@school:{placement.host_school_id}",
    }
    regions = {
        "origin_region": f"coordinator@region:{placement.origin_region}",
        "host_region": f"coordinator@region:{placement.host_region}",
    }
    nearest = [told for party, told in schools.items() if party in parties]
    return tuple(dict.fromkeys(nearest or [told for party, told in regions.items() if party in parties]))


def _due(placement: Placement, verb: Verb) -> datetime | None:
    """Until when it is to be done."""
    if verb == "close":
        return None
    if verb == "review":
        half = (placement.ends_on - placement.starts_on) / 2
        return _moment(placement.starts_on + half)
    if verb == "return":
        return _moment(placement.ends_on)
    if verb == "appraise":
        return _moment(placement.last_on + timedelta(days=APPRAISED_WITHIN))
    return _moment(placement.starts_on)


def _moment(day: date) -> datetime:
    """When the day is over in China."""
    return datetime.combine(day, time(16), tzinfo=UTC)
