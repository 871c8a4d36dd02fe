"""Reads about appraisals and their forms."""

from services.exchange.appraisals.queries.forms import form_for, forms_held, forms_of, newest_number
from services.exchange.appraisals.queries.looking import (
    APPRAISED,
    RaterRow,
    Shown,
    appealed_until,
    appraisal_tasks,
    excellent_in,
    plan_task,
    rater_for,
    rater_task,
    raters_of,
    ratings_of,
    said,
    shown_of,
    year_of,
)

__all__ = [
    "APPRAISED",
    "RaterRow",
    "Shown",
    "appealed_until",
    "appraisal_tasks",
    "excellent_in",
    "form_for",
    "forms_held",
    "forms_of",
    "newest_number",
    "plan_task",
    "rater_for",
    "rater_task",
    "raters_of",
    "ratings_of",
    "said",
    "shown_of",
    "year_of",
]
