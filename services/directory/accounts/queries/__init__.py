"""Reads about accounts: lists and pages, how far scopes reach, and what is offered to choose."""

from services.directory.accounts.queries.listing import (
    AccountRow,
    account_states,
    account_within,
    accounts_listed,
    moved_within,
    others_of,
    own_account,
    schools_with_passwords,
)
from services.directory.accounts.queries.picking import Offers, account_of, people_offered, schools_offered
from services.directory.accounts.queries.reaching import (
    contains,
    groups_offered,
    manages,
    place_of,
    school_name,
    scope_names,
)

__all__ = [
    "AccountRow",
    "Offers",
    "account_of",
    "account_states",
    "account_within",
    "accounts_listed",
    "contains",
    "groups_offered",
    "manages",
    "moved_within",
    "others_of",
    "own_account",
    "people_offered",
    "place_of",
    "school_name",
    "schools_offered",
    "schools_with_passwords",
    "scope_names",
]
