"""A placement, and how it is led on. What leads where, by whom, and what has to be there first is the table in `moves`."""

import dataclasses
from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from services.exchange.base import Base
from services.exchange.placements.model.dates import Dates
from services.exchange.placements.model.moves import (
    NEVER,
    REASONED,
    STATES,
    Fact,
    Party,
    Verb,
    move_of,
    waits_for,
    why_not,
)
from services.exchange.placements.model.plans import LONGEST, Note, Plan, too_long
from shared.contracts import exchange as told
from shared.db import Aggregate
from shared.errors import Invalid, Refusal
from shared.text import Sentence


class Placement(Aggregate, Base):
    """Somebody works at another school for a time.

    origin_region, host_region: of the schools, when it was proposed. ends_on: the last day planned; left_on: the last day that
    it was, once that is known. agreed_origin, agreed_host: when the region agreed. taking: whether it takes the person's
    time: not if it was refused or withdrawn. pair_id: the same of both placements of a pair. notes: dated rules that it does
    not meet. source: `typed`, or the file that it came in; import_id: the import, and import_row its row there.
    """

    __tablename__ = "placements"
    __table_args__ = (
        CheckConstraint(f"state IN {tuple(STATES)}", name="state"),
        CheckConstraint("origin_school_id <> host_school_id", name="elsewhere"),
        CheckConstraint("ends_on >= starts_on", name="order"),
        Index("ix_placements_person_id_starts_on", "person_id", "starts_on"),
        Index("ix_placements_origin_region_state", "origin_region", "state"),
        Index("ix_placements_host_region_state", "host_region", "state"),
        # Flows between regions of a school year are counted from this index alone; the days come first.
        Index(
            "ix_placements_days",
            "starts_on",
            "ends_on",
            "left_on",
            "taking",
            "state",
            "origin_region",
            "host_region",
        ),
    )

    person_id: Mapped[UUID]
    origin_school_id: Mapped[UUID] = mapped_column(index=True)
    host_school_id: Mapped[UUID] = mapped_column(index=True)
    origin_region: Mapped[str]
    host_region: Mapped[str]
    kind: Mapped[str]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    left_on: Mapped[date | None]
    relation_moves: Mapped[bool]
    remark: Mapped[str]
    agreement_id: Mapped[UUID | None] = mapped_column(index=True)
    agreement_version: Mapped[int | None]
    pair_id: Mapped[UUID | None] = mapped_column(index=True)
    state: Mapped[str]
    taking: Mapped[bool]
    agreed_origin: Mapped[datetime | None]
    agreed_host: Mapped[datetime | None]
    reason: Mapped[str]
    justified: Mapped[bool | None]
    notes: Mapped[list[dict[str, Any]]]
    source: Mapped[str]
    import_id: Mapped[UUID | None] = mapped_column(index=True)
    import_row: Mapped[int | None]
    created_by: Mapped[str]
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]

    @classmethod
    def propose(
        cls,
        *,
        id_: UUID,
        plan: Plan,
        regions: tuple[str, str],
        state: str,
        by: str,
        at: datetime,
        notes: Sequence[Note] = (),
        pair_id: UUID | None = None,
        source: str = "typed",
        import_id: UUID | None = None,
        import_row: int | None = None,
    ) -> "Placement":
        """A new one in `state`: `applied`, or further on where it is entered as it stands. regions: home and host.

        Raises Invalid where the plan cannot be.
        """
        plan.insist()
        return cls(
            id=id_,
            version=1,
            **dataclasses.asdict(plan),
            origin_region=regions[0],
            host_region=regions[1],
            state=state,
            taking=state not in NEVER,
            reason="",
            pair_id=pair_id,
            notes=[dataclasses.asdict(note) for note in notes],
            source=source,
            import_id=import_id,
            import_row=import_row,
            created_by=by,
            created_at=at,
            changed_at=at,
        )

    @property
    def last_on(self) -> date:
        """The last day that it was, or is to be."""
        return self.left_on or self.ends_on

    def why_not(
        self, verb: Verb, parties: Collection[Party], *, facts: Collection[Fact] = ()
    ) -> Sentence | None:
        """Why one who is these parties cannot do the verb now, or None where they can. facts: what is there that a move needs."""
        if reason := why_not(verb, self.state, parties, facts=facts):
            return reason
        if verb == "agree" and self._agreed_by(parties):
            return Sentence(
                zh="你的区域已经同意，正在等另一方。",
                en="Your region has agreed; the other one is waited for.",
            )
        return None

    def awaited(self) -> tuple[Verb, frozenset[Party]] | None:
        """What is waited for, and of whom: of the regions, those that have not agreed."""
        waits = waits_for(self.state)
        if waits is None or waits[0] != "agree":
            return waits
        open_: set[Party] = set()
        if self.agreed_origin is None:
            open_.add("origin_region")
        if self.agreed_host is None:
            open_.add("host_region")
        return waits[0], frozenset(open_)

    def go(
        self,
        verb: Verb,
        *,
        parties: Collection[Party],
        at: datetime,
        on: date | None = None,
        reason: str = "",
        justified: bool | None = None,
        facts: Collection[Fact] = (),
    ) -> told.PlacementChanged:
        """Take a step, by the table of moves. at: now. facts: what is there that a move needs.

        on: of `extend` the new last day, of `return` and `end_early` the last day that it was. Raises Refusal where the state or the parties forbid it, Invalid.
        """
        if refused := self.why_not(verb, parties, facts=facts):
            raise Refusal(refused)
        move = move_of(verb, self.state)
        assert move is not None  # noqa: S101  why_not has looked
        if verb in REASONED and not reason:
            raise Invalid(
                Sentence(zh="请写明原因，双方都会看到。", en="Say why: both sides will read it."),
                field="reason",
            )
        if len(reason) > LONGEST:
            raise Invalid(too_long(), field="reason")
        if verb == "end_early" and justified is None:
            raise Invalid(
                Sentence(zh="请选择是否有正当理由。", en="Say whether it is justified."), field="justified"
            )
        dates = Dates(starts_on=self.starts_on, ends_on=self.ends_on, left_on=self.left_on).after(verb, on)
        self.ends_on, self.left_on = dates.ends_on, dates.left_on
        to = move.to
        if verb == "agree":
            self.agreed_origin = self.agreed_origin or (at if "origin_region" in parties else None)
            self.agreed_host = self.agreed_host or (at if "host_region" in parties else None)
            to = "agreed" if self.agreed_origin and self.agreed_host else "accepted"
        self.state, self.taking, self.changed_at = to, to not in NEVER, at
        if verb in REASONED:
            self.reason = reason
        if verb == "end_early":
            self.justified = justified
        self.advance()
        return self.told(verb, reason=reason)

    def told(self, step: str, *, reason: str = "") -> told.PlacementChanged:
        """What is said of it, after `step`."""
        return told.PlacementChanged(
            placement_id=self.id,
            version=self.version,
            person_id=self.person_id,
            origin_school_id=self.origin_school_id,
            host_school_id=self.host_school_id,
            origin_region=self.origin_region,
            host_region=self.host_region,
            kind=self.kind,
            state=self.state,
            starts_on=self.starts_on,
            ends_on=self.last_on,
            relation_moves=self.relation_moves,
            step=step,
            changed_at=self.changed_at,
            reason=reason,
            justified=self.justified,
            pair_id=self.pair_id,
            agreement_id=self.agreement_id,
            agreement_version=self.agreement_version,
        )

    def _agreed_by(self, parties: Collection[Party]) -> bool:
        """Whether every region that these parties stand for has agreed."""
        mine = [
            agreed
            for party, agreed in (("origin_region", self.agreed_origin), ("host_region", self.agreed_host))
            if party in parties
        ]
        return bool(mine) and all(mine)
