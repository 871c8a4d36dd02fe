"""What keeps the rolls, closes years and opens them again, and says before a year is over that it will fall short."""

from services.exchange.compliance.commands.closing import close_year
from services.exchange.compliance.commands.foretelling import foretell
from services.exchange.compliance.commands.reopening import reopen_year
from services.exchange.compliance.commands.rolling import keep_on_roll, open_year, open_years

__all__ = ["close_year", "foretell", "keep_on_roll", "open_year", "open_years", "reopen_year"]
