"""People and their states."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from services.directory.base import Base
from shared.auth import Principal, covers
from shared.contracts.directory import PersonChanged
from shared.db import Aggregate
from shared.errors import Refusal
from shared.pinyin import spelt
from shared.text import Sentence


class Person(Aggregate, Base):
    """Somebody at a school or an organisation. The fields are those of the contract; `pinyin` is what one finds them by.

    Of the id number there is never more than its last four digits. source: where they were found who came by no roster.
    """

    __tablename__ = "people"
    personal = frozenset({"name"})  # the audit trail refers to people by their ids
    __table_args__ = (
        CheckConstraint("school_id IS NULL OR organisation_id IS NULL", name="one_unit"),
        CheckConstraint("length(id_last4) IN (0, 4)", name="four_digits_or_none"),
        # Lists are read in this order, a school's own list and the prefecture's alike; whoever looks for somebody
        # reads all of the second, and for that it holds what is asked.
        Index("ix_people_school_id_pinyin", "school_id", "pinyin", "id"),
        Index(
            "ix_people_finding",
            "pinyin",
            "id",
            "name",
            "school_id",
            "organisation_id",
            "left_at",
            "merged_into",
            "since",
            "birth",
            "subject",
            "backbone",
        ),
    )

    name: Mapped[str] = mapped_column(index=True)
    pinyin: Mapped[str]
    school_id: Mapped[UUID | None] = mapped_column(ForeignKey("schools.id"))
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisations.id"), index=True)
    sex: Mapped[str]
    birth: Mapped[str]
    id_last4: Mapped[str]
    subject: Mapped[str]
    post: Mapped[str]
    title: Mapped[str]
    backbone: Mapped[str]
    since: Mapped[str]
    degree: Mapped[str]
    stage: Mapped[str]
    phone: Mapped[str]
    source: Mapped[str] = mapped_column(server_default="")
    left_at: Mapped[datetime | None]
    merged_into: Mapped[UUID | None]

    @classmethod
    def enter(
        cls,
        *,
        id_: UUID,
        name: str,
        school_id: UUID | None = None,
        organisation_id: UUID | None = None,
        sex: str = "",
        birth: str = "",
        id_last4: str = "",
        subject: str = "",
        post: str = "",
        title: str = "",
        backbone: str = "none",
        since: str = "",
        degree: str = "",
        stage: str = "",
        phone: str = "",
        source: str = "",
    ) -> "Person":
        """Somebody whom the register did not have; `state` tells of them."""
        return cls(
            id=id_,
            version=1,
            name=name,
            pinyin=spelt(name, person=True),
            school_id=school_id,
            organisation_id=organisation_id,
            sex=sex,
            birth=birth,
            id_last4=id_last4,
            subject=subject,
            post=post,
            title=title,
            backbone=backbone,
            since=since,
            degree=degree,
            stage=stage,
            phone=phone,
            source=source,
            left_at=None,
            merged_into=None,
        )

    def state(self) -> PersonChanged:
        """The person as the rosters say now, for everybody who keeps a copy. No phone: others do not need it."""
        return PersonChanged(
            person_id=self.id,
            version=self.version,
            name=self.name,
            school_id=self.school_id,
            organisation_id=self.organisation_id,
            sex=self.sex,
            birth=self.birth,
            id_last4=self.id_last4,
            subject=self.subject,
            post=self.post,
            title=self.title,
            backbone=self.backbone,
            since=self.since,
            degree=self.degree,
            stage=self.stage,
            left=self.left_at is not None,
            merged_into=self.merged_into,
        )

    def why_not_change(self) -> Sentence | None:
        """Why nothing about this person can change any more, if it cannot."""
        if self.merged_into is not None:
            return Sentence(
                zh="这条记录已并入同一人的另一条记录，请在那里修改。",
                en="This record was merged into another of the same person. Make the change there.",
            )
        if self.left_at is not None:
            return Sentence(zh=f"{self.name}已经离开。", en=f"{self.name} has left.")
        return None

    def leave(self, *, at: datetime) -> PersonChanged:
        """They work here no more. Raises Refusal."""
        self._check()
        self.left_at = at
        return self._changed()

    def come_back(self) -> PersonChanged:
        """They work here after all. Raises Refusal where they never left, or are somebody else's second record."""
        if self.left_at is None:
            raise Refusal(Sentence(zh=f"{self.name}没有离开过。", en=f"{self.name} never left."))
        if self.merged_into is not None:
            raise Refusal(
                Sentence(
                    zh="这条记录已并入同一人的另一条记录。",
                    en="This record was merged into another of the same person.",
                )
            )
        self.left_at = None
        return self._changed()

    def move(self, *, school_id: UUID, since: str) -> PersonChanged:
        """They work at that school now, `since` YYYY-MM. Raises Refusal where they do already."""
        self._check()
        if self.school_id == school_id:
            raise Refusal(
                Sentence(zh=f"{self.name}已经在这所学校。", en=f"{self.name} is at that school already."),
                field="school",
            )
        self.school_id, self.organisation_id, self.since = school_id, None, since
        return self._changed()

    def correct(self, details: Mapping[str, str]) -> PersonChanged:
        """What is known of them is this. details: fields of `enter` by name, without where they work. Raises Refusal."""
        self._check()
        for name, value in details.items():
            setattr(self, name, value)
        self.pinyin = spelt(self.name, person=True)
        return self._changed()

    def merge_into(self, other: "Person", *, at: datetime) -> PersonChanged:
        """This was a second record of `other`. Raises Refusal where the two cannot be one person."""
        self._check()
        if reason := why_not_merge(self, other):
            raise Refusal(reason)
        self.merged_into, self.left_at = other.id, at
        return self._changed()

    def _check(self) -> None:
        if reason := self.why_not_change():
            raise Refusal(reason)

    def _changed(self) -> PersonChanged:
        self.advance()
        return self.state()


def why_not_merge(one: Person, other: Person) -> Sentence | None:
    """Why two records cannot be of one person: what both say differs, or one is gone already."""
    if one.id == other.id:
        return Sentence(zh="这是同一条记录。", en="This is one and the same record.")
    if reason := other.why_not_change():
        return reason
    words = (("name", "姓名"), ("sex", "性别"), ("birth", "出生年月"), ("id_last4", "身份证后四位"))
    for column, zh in words:
        mine, theirs = getattr(one, column), getattr(other, column)
        if mine and theirs and mine != theirs:
            return Sentence(
                zh=f"两条记录的{zh}不同，不能合并。先核对花名册。",
                en=f"The two records differ in {column}. Check the rosters before merging them.",
            )
    return None


def may_see_personal(asks: Principal, *, region: str, school: UUID | None) -> bool:
    """Whether phones, birth months and id digits are shown: to who looks after the place, and to no other reader.

    个人信息保护法 §6: no more than the purpose needs.
    """
    scopes = asks.scopes("administrator", "coordinator", "liaison")
    return any(covers(scope, region=region, school=str(school) if school else None) for scope in scopes)


def masked_phone(phone: str) -> str:
    """What everybody else sees: 10007580488 → 100••••0488."""
    return f"{phone[:3]}••••{phone[-4:]}" if phone else ""
