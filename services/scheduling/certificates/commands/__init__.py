"""Issuing certificates, revoking one, and setting many of them to print."""

from services.scheduling.certificates.commands.issuing import issue, revoke
from services.scheduling.certificates.commands.printing import PRINT, ask_to_print, set_some

__all__ = ["PRINT", "ask_to_print", "issue", "revoke", "set_some"]
