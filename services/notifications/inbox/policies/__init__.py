"""Who hears of what, and who may read it."""

from services.notifications.inbox.policies.rows import SAID, Audience, Row, audience, holds, is_news, subject
from services.notifications.inbox.policies.rules import MAY, READERS
from services.notifications.inbox.policies.table import TABLE

__all__ = ["MAY", "READERS", "SAID", "TABLE", "Audience", "Row", "audience", "holds", "is_news", "subject"]
