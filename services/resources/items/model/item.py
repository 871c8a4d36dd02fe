"""Items and their versions.

draft ──submit──▶ review ──publish──▶ published ──begin_version──▶ (a draft beside the published version) … ──retire──▶ retired
                    └──send back──▶ draft

An item is what people link to and what has its audiences, its use, its ratings; a version is what it said at a time. A
published version never changes: old ones stay readable, and the next begins as a copy.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.resources.base import Base
from services.resources.items.model.words import KINDS, LANGUAGES, LICENCES, PURPOSES, STAGES, STATES
from shared.contracts.resources import ItemChanged
from shared.db import Aggregate
from shared.errors import Invalid, Refusal
from shared.text import Sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What a version says of itself. licence: SPDX, or `in-school`, `reserved`. language: BCP 47. purpose: what it is for.

    people: who made it, as they want to be named, each once and in their order; their schools are the item's.
    """

    title: str
    summary: str = ""
    subject: str = ""
    stage: str = "all"
    grade: str = ""
    textbook: str = ""
    keywords: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    language: str = "zh"
    licence: str = "CC-BY-NC-4.0"
    purpose: str = "teaching"

    def insist(self) -> None:
        """Raises Invalid where it cannot be."""
        if not self.title:
            raise Invalid(Sentence(zh="请填写名称。", en="Give it a title."), field="title")
        choices = {"stage": STAGES, "language": LANGUAGES, "licence": LICENCES, "purpose": PURPOSES}
        for field, known in choices.items():
            if getattr(self, field) not in known:
                raise Invalid(
                    Sentence(zh="请从所列的选项中选择。", en="Choose one of those offered."), field=field
                )


class Item(Aggregate, Base):
    """Something to teach with.

    school_id: whose it is; None: the region's. current_id: the version that readers get; None until the first is published.
    draft_id: the one that is worked on, if there is one. indexes: how many versions there were so far. session_id: the session
    that it is the recording of.
    """

    __tablename__ = "items"
    __table_args__ = (
        CheckConstraint(f"state IN {tuple(STATES)}", name="state"),
        CheckConstraint(f"kind IN {tuple(KINDS)}", name="kind"),
    )

    kind: Mapped[str]
    state: Mapped[str] = mapped_column(index=True)
    school_id: Mapped[UUID | None] = mapped_column(index=True)
    region_code: Mapped[str] = mapped_column(index=True)
    current_id: Mapped[UUID | None]
    draft_id: Mapped[UUID | None]
    indexes: Mapped[int]
    title: Mapped[str]
    audiences: Mapped[list[str]]
    session_id: Mapped[UUID | None] = mapped_column(unique=True)
    made_by: Mapped[str]
    made_at: Mapped[datetime]
    published_at: Mapped[datetime | None] = mapped_column(index=True)
    reason: Mapped[str]

    def why_not(self, verb: str) -> Sentence | None:
        """Why it cannot be done now, if it cannot: what the page says beside the button, and what the verb raises."""
        may = {
            "revise": self.draft_id is not None and self.state != "retired",
            "submit": self.draft_id is not None and self.state in {"draft", "published"},
            "send_back": self.state == "review",
            "publish": self.draft_id is not None and self.state != "retired",
            "begin_version": self.draft_id is None and self.state == "published",
            "retire": self.state == "published",
        }
        if may[verb]:
            return None
        word = STATES[self.state][1]
        return Sentence(
            zh=f"“{self.title}”现在是“{word.zh}”，不能这样做。",
            en=f"“{self.title}” is “{word.en}” now; that cannot be done.",
        )

    def submit(self) -> ItemChanged:
        """Ask for the draft to be published."""
        self._insist("submit")
        self.state = "review"
        return self._changed()

    def send_back(self, *, reason: str) -> ItemChanged:
        """It is not published as it is, and why. Raises Invalid without a reason."""
        self._insist("send_back")
        if not reason:
            raise Invalid(Sentence(zh="请写明要改什么。", en="Say what has to be changed."), field="reason")
        self.state, self.reason = "published" if self.current_id else "draft", reason
        return self._changed()

    def publish(self, version: "Version", *, at: datetime) -> ItemChanged:
        """The draft is what readers get from now on."""
        self._insist("publish")
        version.publish(at=at)
        self.current_id, self.draft_id, self.title = version.id, None, version.title
        self.state, self.published_at, self.reason = "published", self.published_at or at, ""
        return self._changed()

    def begin_version(self, version_id: UUID) -> int:
        """A new draft beside what is published; answers its index."""
        self._insist("begin_version")
        self.draft_id, self.indexes = version_id, self.indexes + 1
        self.advance()
        return self.indexes

    def open_to(self, audiences: list[str]) -> ItemChanged:
        """From now on these may see it."""
        self.audiences = sorted(set(audiences))
        return self._changed()

    def retire(self, *, reason: str) -> ItemChanged:
        """It is offered no more; who has its link reads why. Raises Invalid without a reason."""
        self._insist("retire")
        if not reason:
            raise Invalid(Sentence(zh="请写明下架的原因。", en="Say why it is retired."), field="reason")
        self.state, self.reason = "retired", reason
        return self._changed()

    def as_it_is(self) -> ItemChanged:
        """Its state, whole."""
        return ItemChanged(
            item_id=self.id,
            version=self.version,
            kind=self.kind,
            title=self.title,
            state=self.state,
            school_id=self.school_id,
            region_code=self.region_code,
            audiences=tuple(self.audiences),
            session_id=self.session_id,
        )

    def _insist(self, verb: str) -> None:
        if why := self.why_not(verb):
            raise Refusal(why)

    def _changed(self) -> ItemChanged:
        self.advance()
        return self.as_it_is()


class Version(Base):
    """What an item said at a time. index: from 1, each once within its item."""

    __tablename__ = "item_versions"
    __table_args__ = (UniqueConstraint("item_id", "index"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    item_id: Mapped[UUID] = mapped_column(ForeignKey("items.id"))
    index: Mapped[int]
    title: Mapped[str]
    summary: Mapped[str]
    subject: Mapped[str]
    stage: Mapped[str]
    grade: Mapped[str]
    textbook: Mapped[str]
    keywords: Mapped[list[str]]
    people: Mapped[list[str]] = mapped_column(server_default="[]")
    language: Mapped[str]
    licence: Mapped[str]
    purpose: Mapped[str]
    made_by: Mapped[str]
    made_at: Mapped[datetime]
    published_at: Mapped[datetime | None]

    @classmethod
    def first(
        cls, *, id_: UUID, item_id: UUID, index: int, content: Content, by: str, at: datetime
    ) -> "Version":
        """A draft. Raises Invalid."""
        version = cls(id=id_, item_id=item_id, index=index, made_by=by, made_at=at, published_at=None)
        version.say(content)
        return version

    def say(self, content: Content) -> None:
        """Say this from now on. Raises Invalid, and Refusal where it was published."""
        content.insist()
        if self.published_at is not None:
            raise Refusal(
                Sentence(
                    zh="已发布的版本不能改，请建立新版本。",
                    en="What was published stays as it is; begin a new version.",
                )
            )
        self.title, self.summary, self.subject = content.title, content.summary, content.subject
        self.stage, self.grade, self.textbook = content.stage, content.grade, content.textbook
        self.keywords, self.people = list(content.keywords), list(content.people)
        self.language = content.language
        self.licence, self.purpose = content.licence, content.purpose

    def publish(self, *, at: datetime) -> None:
        """From now on it stays as it is."""
        self.published_at = at

    @property
    def content(self) -> Content:
        """What it says."""
        return Content(
            title=self.title,
            summary=self.summary,
            subject=self.subject,
            stage=self.stage,
            grade=self.grade,
            textbook=self.textbook,
            keywords=tuple(self.keywords),
            people=tuple(self.people),
            language=self.language,
            licence=self.licence,
            purpose=self.purpose,
        )


class ItemAudience(Base):
    """Who may see an item, a row for each: what lists filter by."""

    __tablename__ = "item_audiences"

    item_id: Mapped[UUID] = mapped_column(ForeignKey("items.id"), primary_key=True)
    audience: Mapped[str] = mapped_column(primary_key=True, index=True)


class ItemSchool(Base):
    """A school that makes an item: its owner's, and those that develop it with them."""

    __tablename__ = "item_schools"

    item_id: Mapped[UUID] = mapped_column(ForeignKey("items.id"), primary_key=True)
    school_id: Mapped[UUID] = mapped_column(primary_key=True, index=True)
