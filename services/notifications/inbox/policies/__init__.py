"""Who hears of what, and who may read it."""

from services.notifications.inbox.policies.rows import SAID, Audience, Row, audience, holds, is_news, subject
from services.notifications.inbox.policies.rules import MAY, READERS
from services.notifications.inbox.policies.table import CLASS_OF, TABLE

__all__ = [
    "CLASS_OF",
    "MAY",
    "READERS",
    "SAID",
    "TABLE",
    "Audience",
    "Row",
    "audience",
    "holds",
    "is_news",
    "subject",
]
