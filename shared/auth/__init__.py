"""Who is asking and what they may do: principals, grants, rules, and the tokens that carry them."""

from shared.auth.grants import Grant, Role, covers
from shared.auth.principal import Principal
from shared.auth.rules import PUBLIC, SIGNED_IN, Rule, holders, readers

__all__ = ["PUBLIC", "SIGNED_IN", "Grant", "Principal", "Role", "Rule", "covers", "holders", "readers"]
