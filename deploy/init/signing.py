"""The key with which directory signs people in: made at the first start, or given."""

from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from deploy.init.keep import Store, UnfitError, write

NAME = "signing-key.pem"


def signing_key(*, store: Store, into: Path, owner: int) -> None:
    """Put the key into the directory `into`, where directory reads it, and where `rotate-key` puts the next one.

    What lies there stays, unless another key was given since the last start: a given file that has not changed must
    not undo a rotation. What was handed over last is kept in the store. Raises UnfitError for a file that holds no key.
    """
    given, kept, there = store.given / NAME, store.kept / NAME, into / NAME
    if given.exists():
        key = _read(given, say=f"deploy/given/{NAME}")
        fresh = not kept.exists() or kept.read_text() != key
    else:
        source = next((path for path in (kept, there) if path.exists()), None)
        key = _read(source, say=f"{NAME} in the volumes `secrets` and `directory`") if source else _made()
        fresh = False
    # In this order: a start that is cut off between the two does both again.
    if fresh or not there.exists():
        write(there, key, owner=owner)
    if not kept.exists() or kept.read_text() != key:
        write(kept, key)


def _made() -> str:
    return _pem(Ed25519PrivateKey.generate())


def _read(path: Path, *, say: str) -> str:
    """The key in the form in which we write it, so that two spellings of one key are the same."""
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError, TypeError) as error:
        raise UnfitError(
            f"{say} holds no key that can be read without a password: {error}. Make one with: "
            "openssl genpkey -algorithm ed25519"
        ) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise UnfitError(f"{say} is no Ed25519 key. Make one with: openssl genpkey -algorithm ed25519")
    return _pem(key)


def _pem(key: Ed25519PrivateKey) -> str:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
