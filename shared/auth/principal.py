"""The principal: who a request comes from, as the signed token says."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from shared.auth.grants import Grant, Role
from shared.text import Language


@dataclass(frozen=True, slots=True)
class Principal:
    """Somebody who is signed in. No name: a token is no place for personal data.

    session and issued_at: which sign-in it was and when the token was signed; they are no part of who somebody is.
    """

    account: UUID
    grants: tuple[Grant, ...]
    language: Language | None = None
    session: UUID | None = field(default=None, compare=False)
    issued_at: datetime | None = field(default=None, compare=False)

    @property
    def actor(self) -> str:
        """As the actor of transactions and events."""
        return f"account:{self.account}"

    def holds(self, roles: Iterable[Role]) -> bool:
        """Whether any of the grants, wherever, is one of these roles."""
        wanted = set(roles)
        return any(grant.role in wanted for grant in self.grants)

    def scopes(self, *roles: Role) -> frozenset[str]:
        """Where the principal holds one of these roles."""
        return frozenset(grant.scope for grant in self.grants if grant.role in roles)

    def reads(self, *roles: Role) -> frozenset[str]:
        """Where the principal may read what these roles see: where it holds one of them, or audits."""
        return self.scopes("auditor", *roles)

    @property
    def schools(self) -> frozenset[UUID]:
        """The schools for which this principal answers."""
        return frozenset(
            UUID(scope.removeprefix("school:"))
            for scope in self.scopes("liaison")
            if scope.startswith("school:")
        )
