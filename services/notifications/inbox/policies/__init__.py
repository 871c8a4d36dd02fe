"""Who hears of what, and who may read it."""

from services.notifications.inbox.policies.rules import MAY, READERS
from services.notifications.inbox.policies.table import SAID, TABLE, Audience, Row, audience, holds, subject

__all__ = ["MAY", "READERS", "SAID", "TABLE", "Audience", "Row", "audience", "holds", "subject"]
