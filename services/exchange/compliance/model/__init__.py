"""Who is counted in a school year, what was found when it closed, and what is said of it before."""

from services.exchange.compliance.model.rolls import Closing, Forecast, Reopening, RollEntry, RollYear

__all__ = ["Closing", "Forecast", "Reopening", "RollEntry", "RollYear"]
