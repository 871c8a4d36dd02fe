"""What is compared: people as the register has them, and the effect of a row."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Effect:
    """What a roster does to one thing of the register: the fields of an import's row, action also `unchanged`."""

    kind: str
    action: str
    target: UUID
    label: str
    base: int
    before: Mapping[str, object]
    after: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody of the register. The fields are its columns, in the order in which they are asked for."""

    id: UUID
    version: int
    name: str
    school_id: UUID | None
    organisation_id: UUID | None
    sex: str
    birth: str
    id_last4: str
    subject: str
    post: str
    title: str
    backbone: str
    since: str
    degree: str
    stage: str
    phone: str
    left_at: datetime | None

    @property
    def place(self) -> UUID | None:
        """The school or unit that they are at."""
        return self.school_id or self.organisation_id
