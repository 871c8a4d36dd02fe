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

#: How long a token lasts before directory is asked for the next one of the same session.
LIFETIME = timedelta(minutes=15)

#: How long an expired token is honoured unless it was revoked: so long may directory be away. What ends a sign-in at
#: once is its revocation, which every service hears of (`shared.auth.states`).
GRACE = timedelta(hours=8)

_ISSUER = "tongxing"

#: Seconds by which clocks of two machines may differ.
_LEEWAY = 30


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
            "iat": now.timestamp(),  # to the microsecond: a sign-out divides the tokens of one second
            "exp": int((now + LIFETIME).timestamp()),
            "lang": principal.language,
            "grants": [str(grant) for grant in principal.grants],
        }
        return jwt.encode({"alg": ALGORITHM, "kid": self.key.kid}, claims, self.key, [ALGORITHM])


def verify(token: str, keys: Iterable[OKPKey], *, now: datetime) -> Principal:
    """Who the token says somebody is. Raises BadToken unless one of `keys` signed it and it is valid now.

    An expired token is honoured for `GRACE`; whether it was revoked is for `shared.auth.states`.
    """
    try:
        decoded = jwt.decode(token, KeySet(list(keys)), [ALGORITHM])
        claims = dict(decoded.claims)
        expires = float(claims.pop("exp"))
        jwt.JWTClaimsRegistry(
            now=int(now.astimezone(UTC).timestamp()),
            leeway=_LEEWAY,
            iss={"essential": True, "value": _ISSUER},
            aud={"essential": True, "value": _ISSUER},
            sub={"essential": True},
            iat={"essential": True},
        ).validate(claims)
        if not now.timestamp() < expires + GRACE.total_seconds() + _LEEWAY:  # NaN is no moment either
            raise BadToken("The token has expired.")
        language = claims.get("lang")
        return Principal(
            account=UUID(claims["sub"]),
            grants=tuple(Grant.parse(text) for text in claims["grants"]),
            language=language if language in {"zh", "en"} else None,
            session=UUID(claims["sid"]),
            issued_at=datetime.fromtimestamp(claims["iat"], UTC),
        )
    except (JoseError, ValueError, KeyError, TypeError, AttributeError, OverflowError) as error:
        raise BadToken(str(error)) from error
