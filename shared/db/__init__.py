"""One service's database: the engine, the unit of work, the column types, the migrations."""

from shared.db.base import Aggregate, Created, UtcDateTime, declarative_base
from shared.db.database import Database
from shared.db.transaction import Cause, Transaction

__all__ = ["Aggregate", "Cause", "Created", "Database", "Transaction", "UtcDateTime", "declarative_base"]
