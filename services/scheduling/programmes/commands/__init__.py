"""What may be done with programmes. `scopes` are those of who asks: what lies outside is not there for them."""

from services.scheduling.programmes.commands.enrolling import (
    add_trainees,
    choose_person,
    enter_in_directory,
    remove_trainee,
)
from services.scheduling.programmes.commands.keeping import draft_programme, programme_of, revise_programme
from services.scheduling.programmes.commands.releasing import recall_programme, release_programme

__all__ = [
    "add_trainees",
    "choose_person",
    "draft_programme",
    "enter_in_directory",
    "programme_of",
    "recall_programme",
    "release_programme",
    "remove_trainee",
    "revise_programme",
]
