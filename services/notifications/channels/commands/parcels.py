"""A parcel: everything that an adapter needs to send one notice once, with no database behind it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.notifications.channels.commands.sealing import Kept
from shared.text import Language, Sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """One notice for one recipient by one channel.

    id: what the other side knows it by, the same at every try. link: a whole URL. languages: one, or both where nobody
    chose. unsubscribe: the URL behind which a click ends notices of this class, or empty where nobody may.
    """

    id: UUID
    kind: str
    endpoint: str
    mark: str
    kept: Kept
    notice_id: UUID
    class_name: str
    subject: Sentence
    text: Sentence
    link: str
    written_at: datetime
    recipient: str
    languages: tuple[Language, ...]
    unsubscribe: str = ""

    def said(self, sentence: Sentence) -> str:
        """A sentence in the recipient's language, or in both, a line each."""
        return "\n".join(dict.fromkeys(sentence.in_language(each) for each in self.languages))
