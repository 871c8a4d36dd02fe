"""What `init` does, without Docker: passwords, the authority of Kafka, where mail goes."""

import stat
from pathlib import Path

import pytest

from deploy.init.authority import authority
from deploy.init.keep import Store, UnfitError
from deploy.init.prepare import channel_key, databases, mail, secure_kafka


@pytest.fixture
def store(tmp_path: Path) -> Store:
    (tmp_path / "given").mkdir()
    (tmp_path / "kept").mkdir()
    return Store(tmp_path / "given", tmp_path / "kept")


def test_a_password_is_made_once_and_kept_for_its_owner_alone(store: Store) -> None:
    first = store.password("postgres-password")

    assert store.password("postgres-password") == first
    assert len(first) >= 40
    assert stat.S_IMODE((store.kept / "postgres-password").stat().st_mode) == 0o400


def test_two_passwords_differ(store: Store) -> None:
    assert store.password("a-password") != store.password("b-password")


def test_a_given_password_is_used_from_then_on(store: Store) -> None:
    store.password("postgres-password")
    given = store.given / "postgres-password"
    given.write_text("chosen-by-the-office-2026\n")

    assert store.password("postgres-password") == "chosen-by-the-office-2026"
    given.unlink()
    assert store.password("postgres-password") == "chosen-by-the-office-2026"


@pytest.mark.parametrize(
    "content", ["", "short", "sixteen letters, and blanks", "x" * 201, "zwei\nzeilen-zwei-zeilen"]
)
def test_what_is_no_password_is_refused_with_its_file(store: Store, content: str) -> None:
    (store.given / "exchange-database-password").write_text(content)

    with pytest.raises(UnfitError, match="deploy/given/exchange-database-password holds no password"):
        store.password("exchange-database-password")


def test_each_service_is_handed_its_own_database(store: Store, tmp_path: Path) -> None:
    databases(services=["directory", "exchange"], store=store, target=tmp_path / "for")

    found = {
        str(path.relative_to(tmp_path / "for")) for path in (tmp_path / "for").rglob("*") if path.is_file()
    }
    assert found == {"directory/database", "exchange/database", "postgres/password"}
    password = store.password("exchange-database-password")
    assert (tmp_path / "for/exchange/database").read_text() == (
        f"postgresql+psycopg://exchange:{password}@postgres:5432/exchange"
    )


def test_each_service_is_handed_its_own_name_at_kafka(store: Store, tmp_path: Path) -> None:
    secure_kafka(services=["exchange"], store=store, target=tmp_path / "for")

    options = dict(one.split("=") for one in (tmp_path / "for/exchange/kafka").read_text().split(","))
    assert options == {
        "security_protocol": "SASL_SSL",
        "sasl_mechanism": "SCRAM-SHA-512",
        "sasl_plain_username": "exchange",
        "sasl_plain_password": store.password("exchange-kafka-password"),
        "ssl_cafile": "/run/tongxing/authority.pem",
    }


def test_the_authority_stays_the_same(store: Store) -> None:
    kept = store.kept / "authority.pem"
    first = authority(kept)

    assert authority(kept).pem == first.pem


def test_an_authority_that_is_none_is_refused(store: Store) -> None:
    (store.kept / "authority.pem").write_text("nonsense")

    with pytest.raises(UnfitError, match=r"authority\.pem in the volume `secrets` holds no key"):
        authority(store.kept / "authority.pem")


def test_a_given_mail_server_goes_before_the_one_that_is_set(tmp_path: Path) -> None:
    (tmp_path / "given").mkdir()
    handed = tmp_path / "for/directory/smtp-url"

    mail(said="smtp://mail:1025", given=tmp_path / "given", target=tmp_path / "for")
    assert handed.read_text() == "smtp://mail:1025"
    assert (tmp_path / "for/notifications/smtp-url").read_text() == "smtp://mail:1025"
    (tmp_path / "given/smtp-url").write_text("smtps://tongxing:a-made-up-word@mail.office.example\n")
    mail(said="smtp://mail:1025", given=tmp_path / "given", target=tmp_path / "for")
    assert handed.read_text() == "smtps://tongxing:a-made-up-word@mail.office.example"


def test_the_key_of_channels_stays_the_same(store: Store, tmp_path: Path) -> None:
    handed = tmp_path / "for/notifications/channel-key"

    channel_key(store=store, target=tmp_path / "for")
    first = handed.read_text()
    channel_key(store=store, target=tmp_path / "for")

    assert handed.read_text() == first
    assert len(first) >= 32


@pytest.mark.parametrize(
    "url", ["", "mail.office.example", "http://mail.office.example", "smtp://", "smtp://[mail"]
)
def test_a_mail_server_that_is_none_is_refused_without_showing_a_password(tmp_path: Path, url: str) -> None:
    with pytest.raises(UnfitError, match=r"^TONGXING_SMTP_URL is no mail server"):
        mail(said=url, given=tmp_path, target=tmp_path / "for")
    (tmp_path / "smtp-url").write_text(url)
    with pytest.raises(UnfitError, match=r"^deploy/given/smtp-url is no mail server"):
        mail(said="smtp://mail:1025", given=tmp_path, target=tmp_path / "for")
