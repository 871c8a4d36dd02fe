"""The key that signs people in, as `init` hands it to directory."""

import os
import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa

from deploy.init.keep import Store, UnfitError
from deploy.init.signing import NAME, signing_key
from services.directory.keys.model import key_in


@pytest.fixture
def store(tmp_path: Path) -> Store:
    for name in ("given", "kept", "data"):
        (tmp_path / name).mkdir()
    return Store(tmp_path / "given", tmp_path / "kept")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


def started(store: Store, data: Path) -> str:
    """Start once more; which key directory then signs with."""
    signing_key(store=store, into=data, owner=os.getuid())
    return str(key_in(data / NAME).kid)


def pem(key: ed25519.Ed25519PrivateKey | rsa.RSAPrivateKey, password: bytes = b"") -> bytes:
    sealing = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, sealing)


def another() -> bytes:
    return pem(ed25519.Ed25519PrivateKey.generate())


def test_it_is_made_once_for_its_owner_alone_and_kept(store: Store, data: Path) -> None:
    first = started(store, data)

    assert started(store, data) == first
    for path in (data / NAME, store.kept / NAME):
        assert stat.S_IMODE(path.stat().st_mode) == 0o400
    (data / NAME).unlink()  # the volume of directory is lost
    assert started(store, data) == first


def test_one_that_directory_has_already_stays(store: Store, data: Path) -> None:
    (data / NAME).write_bytes(another())
    before = str(key_in(data / NAME).kid)

    assert started(store, data) == before
    assert (store.kept / NAME).read_bytes() == (data / NAME).read_bytes()


def test_a_given_one_is_taken_when_it_is_new_and_does_not_undo_a_rotation(store: Store, data: Path) -> None:
    first = started(store, data)
    (store.given / NAME).write_bytes(another())
    given = started(store, data)
    assert given != first

    (data / NAME).unlink()
    (data / NAME).write_bytes(another())  # as rotate-key does
    rotated = str(key_in(data / NAME).kid)
    assert started(store, data) == rotated

    (store.given / NAME).write_bytes(another())
    assert started(store, data) not in {first, given, rotated}


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "holds no key that can be read without a password"),
        (b"nonsense", "holds no key that can be read without a password"),
        (
            pem(ed25519.Ed25519PrivateKey.generate(), b"a word"),
            "holds no key that can be read without a password",
        ),
        (pem(rsa.generate_private_key(65537, 2048)), "is no Ed25519 key"),
    ],
)
def test_what_is_no_such_key_is_refused_and_the_one_in_use_stays(
    store: Store, data: Path, content: bytes, sentence: str
) -> None:
    first = started(store, data)
    (store.given / NAME).write_bytes(content)

    with pytest.raises(UnfitError, match=f"deploy/given/signing-key.pem {sentence}"):
        signing_key(store=store, into=data, owner=os.getuid())
    assert str(key_in(data / NAME).kid) == first
