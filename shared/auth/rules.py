"""Rules: who may call a route. Every route has one; an application with a route that has none does not start.

A rule says which *roles* may knock. Whether the thing behind the door is theirs is for the query, which filters
by scope, and the command.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from shared.auth.grants import Role
from shared.auth.principal import Principal

V = TypeVar("V", bound=Callable[..., object])

_RULE = "tongxing_rule"


@dataclass(frozen=True, slots=True)
class Rule:
    """Who may call. Without roles: everybody who is signed in, or with `public` the whole world."""

    roles: frozenset[Role] = frozenset()
    public: bool = False

    def __call__(self, view: V) -> V:
        """Put this rule on a view function or on a method of a view class."""
        setattr(view, _RULE, self)
        return view

    def allows(self, principal: Principal | None) -> bool:
        """Whether this principal, or nobody in particular, may call."""
        if self.public:
            return True
        return principal is not None and (not self.roles or principal.holds(self.roles))


#: Everybody, signed in or not.
PUBLIC = Rule(public=True)

#: Everybody who is signed in; the query behind it shows to each what is theirs.
SIGNED_IN = Rule()


def holders(*roles: Role) -> Rule:
    """Those who hold one of the roles somewhere."""
    return Rule(roles=frozenset(roles))


def readers(*roles: Role) -> Rule:
    """Those who hold one of the roles somewhere, and auditors, who read all and change nothing: for reading alone."""
    return holders("auditor", *roles)


def rule_of(view: Callable[..., object], method: str) -> Rule | None:
    """The rule of a view function for an HTTP method, or None where nobody gave it one."""
    handler = view
    view_class = getattr(view, "view_class", None)
    if view_class is not None:
        handler = getattr(view_class, "get" if method == "HEAD" else method.lower(), view)
    rule = getattr(handler, _RULE, None) or getattr(view_class, _RULE, None)
    return rule if isinstance(rule, Rule) else None
