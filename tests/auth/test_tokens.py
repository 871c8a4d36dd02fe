"""Tokens: what was signed is read, and nothing else."""

import base64
import json
from datetime import timedelta
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey, OKPKey

from shared.auth.tokens import GRACE, LIFETIME, BadToken, Signer, verify
from shared.ids import uuid7
from tests.builders import NOW, new_key, who

KEY = new_key()
ASKS = who("coordinator@region:632800", "administrator@all")


def signed(key: OKPKey = KEY) -> str:
    return Signer(key).sign(ASKS, session=uuid7(), now=NOW)


def claims() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(_decoded(signed().split(".")[1]))
    return found


def _decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def _encoded(said: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(said).encode()).rstrip(b"=").decode()


def test_what_was_signed_is_read() -> None:
    assert verify(signed(), [new_key(), KEY], now=NOW) == ASKS


def test_a_token_names_nobody() -> None:
    assert claims().keys() == {"iss", "aud", "sub", "sid", "iat", "exp", "lang", "grants"}


def test_it_lasts_until_it_expires() -> None:
    token = signed()

    assert verify(token, [KEY], now=NOW + LIFETIME + GRACE - timedelta(minutes=1)) == ASKS
    with pytest.raises(BadToken):
        verify(token, [KEY], now=NOW + LIFETIME + GRACE + timedelta(minutes=1))


def test_forged_with_another_key() -> None:
    with pytest.raises(BadToken):
        verify(signed(new_key()), [KEY], now=NOW)


def test_forged_with_another_key_under_the_same_id() -> None:
    forger = OKPKey.import_key({**new_key().as_dict(private=True), "kid": str(KEY.kid)})

    with pytest.raises(BadToken):
        verify(signed(forger), [KEY], now=NOW)


def test_the_algorithm_none_is_no_algorithm() -> None:
    for alg in ("none", "None", "NONE"):
        token = f"{_encoded({'alg': alg, 'kid': KEY.kid})}.{_encoded(claims())}."
        with pytest.raises(BadToken):
            verify(token, [KEY], now=NOW)


def test_the_public_key_is_no_shared_secret() -> None:
    public = OctKey.import_key(KEY.as_pem(private=False).hex())
    token = jwt.encode({"alg": "HS256", "kid": str(KEY.kid)}, claims(), public)

    with pytest.raises(BadToken):
        verify(token, [KEY], now=NOW)


def test_claims_that_were_changed_after_signing() -> None:
    header, _, signature = signed().split(".")
    more = {**claims(), "grants": ["administrator@all"]}

    with pytest.raises(BadToken):
        verify(f"{header}.{_encoded(more)}.{signature}", [KEY], now=NOW)


@pytest.mark.parametrize(
    "changed",
    [
        {"iss": "elsewhere"},
        {"aud": "elsewhere"},
        {"sub": "nobody"},
        {"sub": None},
        {"exp": None},
        {"exp": "soon"},
        {"exp": "nan"},
        {"iat": None},
        {"iat": 1e300},
        {"sid": None},
        {"grants": None},
        {"grants": ["king@all"]},
        {"grants": [7]},
        {"grants": "administrator@all"},
    ],
)
def test_claims_that_we_would_not_sign(changed: dict[str, Any]) -> None:
    said = {name: value for name, value in {**claims(), **changed}.items() if value is not None}
    token = jwt.encode({"alg": "Ed25519", "kid": str(KEY.kid)}, said, KEY, ["Ed25519"])

    with pytest.raises(BadToken):
        verify(token, [KEY], now=NOW)


@pytest.mark.parametrize(
    "token", ["", ".", "..", "a.b.c", "校长", "e30.e30.e30", signed()[:-4], signed() + "."]
)
def test_what_is_no_token(token: str) -> None:
    with pytest.raises(BadToken):
        verify(token, [KEY], now=NOW)


def test_without_a_key_nothing_is_true() -> None:
    with pytest.raises(BadToken):
        verify(signed(), [], now=NOW)
