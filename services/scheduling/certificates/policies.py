"""Who has completed a programme."""

from dataclasses import dataclass
from uuid import UUID

from shared.text import Sentence


@dataclass(frozen=True, slots=True)
class Record:
    """What is on record of somebody on a roster.

    held: the programme's occurrences so far; share: percent of them that its region asks for. outcome: whether what it asks for is accepted, or it asks for nothing. number: of
    the certificate, if any.
    """

    trainee_id: UUID
    person_id: UUID | None
    name: str
    unit: str
    attended: int
    held: int
    share: int = 80
    outcome: bool = True
    number: str = ""
    code: str = ""
    certificate_id: UUID | None = None


def why_not(record: Record) -> Sentence | None:
    """Why somebody has not completed it, if so."""
    if record.number:
        return Sentence(zh=f"已发证书 {record.number}。", en=f"Has certificate {record.number}.")
    if not record.held:
        return Sentence(zh="还没有任何一场的考勤。", en="Nothing of it has been attended yet.")
    needed = -(-record.held * record.share // 100)
    if record.attended < needed:
        return Sentence(
            zh=f"出席 {record.attended} / {record.held} 场，至少要 {needed} 场。",
            en=f"Was at {record.attended} of {record.held}; {needed} are needed.",
        )
    if not record.outcome:
        return Sentence(zh="成果还没有通过验收。", en="What has to be handed in is not accepted yet.")
    return None
