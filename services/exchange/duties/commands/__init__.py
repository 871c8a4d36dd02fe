"""What may be done with the log of a placement."""

from services.exchange.duties.commands.answering import answer_duty
from services.exchange.duties.commands.hearing import hear_attendance
from services.exchange.duties.commands.writing import log_duty

__all__ = ["answer_duty", "hear_attendance", "log_duty"]
