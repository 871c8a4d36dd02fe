"""One service's database: the engine, the unit of work, the column types, the migrations."""

from shared.db.base import TYPES, Aggregate, UtcDateTime, new_metadata
from shared.db.database import Database
from shared.db.transaction import Cause, Transaction

__all__ = ["TYPES", "Aggregate", "Cause", "Database", "Transaction", "UtcDateTime", "new_metadata"]
