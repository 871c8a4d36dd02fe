"""Timers are tested on SQLite and on PostgreSQL, like jobs; log lines are read as in the tests of observe."""

from tests.jobs.conftest import clock, database
from tests.observe.conftest import logged

__all__ = ["clock", "database", "logged"]
