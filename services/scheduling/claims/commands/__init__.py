"""Taking what a session needs, and giving it back. Called by the commands of sessions and programmes."""

from services.scheduling.claims.commands.freeing import free
from services.scheduling.claims.commands.locking import lock
from services.scheduling.claims.commands.seizing import seize
from services.scheduling.claims.commands.taking import take

__all__ = ["free", "lock", "seize", "take"]
