"""Tokens: signed statements of who somebody is (JWT, RFC 7519; Ed25519, RFC 9864).

directory signs them; every service verifies them with public keys that it learnt from `directory.keys`, and
never asks.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, OKPKey

from shared.auth.grants import Grant
from shared.auth.principal import Principal

#: The one algorithm. A token that names another, or none, is no token.
ALGORITHM = "Ed25519"

#: How long a sign-in lasts without a new link.
LIFETIME = timedelta(hours=12)

_ISSUER = "tongxing"


class BadToken(Exception):
    """The token is forged, expired, foreign or damaged; why is nobody's business but the log's."""


@dataclass(frozen=True, slots=True)
class Signer:
    """Signs with directory's private key."""

    key: OKPKey

    def sign(self, principal: Principal, *, session: UUID, now: datetime) -> str:
        """A token that says `principal`, for `LIFETIME` from now."""
        claims = {
            "iss": _ISSUER,
            "aud": _ISSUER,
            "sub": str(principal.account),
            "sid": str(session),
            "iat": int(now.timestamp()),
            "exp": int((now + LIFETIME).timestamp()),
            "lang": principal.language,
            "grants": [str(grant) for grant in principal.grants],
        }
        return jwt.encode({"alg": ALGORITHM, "kid": self.key.kid}, claims, self.key, [ALGORITHM])


def verify(token: str, keys: Iterable[OKPKey], *, now: datetime) -> Principal:
    """Who the token says somebody is. Raises BadToken unless one of `keys` signed it and it is valid now."""
    try:
        decoded = jwt.decode(token, KeySet(list(keys)), [ALGORITHM])
        jwt.JWTClaimsRegistry(
            now=int(now.astimezone(UTC).timestamp()),
            leeway=30,
            iss={"essential": True, "value": _ISSUER},
            aud={"essential": True, "value": _ISSUER},
            sub={"essential": True},
            exp={"essential": True},
        ).validate(decoded.claims)
        language = decoded.claims.get("lang")
        return Principal(
            account=UUID(decoded.claims["sub"]),
            grants=tuple(Grant.parse(text) for text in decoded.claims["grants"]),
            language=language if language in {"zh", "en"} else None,
        )
    except (JoseError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadToken(str(error)) from error
