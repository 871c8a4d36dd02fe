"""The gateway's part of the configuration, as `init` writes it: certificate, public scheme, whom it believes, who is elsewhere."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from deploy.init import gateway
from deploy.init.keep import UnfitError

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def configured(
    tmp_path: Path, *, base_url: str = "http://127.0.0.1:8000", trusted: str = "", elsewhere: str = ""
) -> list[str]:
    (tmp_path / "given").mkdir(exist_ok=True)
    gateway.configure(
        base_url=base_url,
        trusted=trusted,
        elsewhere=elsewhere,
        services=["exchange", "notifications"],
        given=tmp_path / "given",
        into=tmp_path / "into",
        now=NOW,
    )
    return (tmp_path / "into/server.inc").read_text().splitlines()


def given_certificate(
    tmp_path: Path, *, host: str = "tongxing.example.cn", ends: datetime = NOW + timedelta(days=9)
) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(NOW - timedelta(days=90))
        .not_valid_after(ends)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    given = tmp_path / "given"
    given.mkdir(exist_ok=True)
    (given / "tls.crt").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (given / "tls.key").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )


def test_without_a_certificate_the_gateway_speaks_plainly(tmp_path: Path) -> None:
    assert configured(tmp_path) == ["set $public_scheme http;", "listen 8000;"]


def test_proxies_in_front_are_believed_where_they_are_named(tmp_path: Path) -> None:
    assert configured(tmp_path, base_url="https://tongxing.example.cn", trusted="10.1.0.0/16 192.0.2.7") == [
        "set $public_scheme https;",
        "set_real_ip_from 10.1.0.0/16;",
        "set_real_ip_from 192.0.2.7/32;",
        "real_ip_header X-Forwarded-For;",
        "real_ip_recursive on;",
        "listen 8000;",
        "add_header Strict-Transport-Security max-age=31536000 always;",
    ]


@pytest.mark.parametrize("host", ["tongxing.example.cn", "*.example.cn"])
def test_with_a_certificate_it_speaks_tls(tmp_path: Path, host: str) -> None:
    given_certificate(tmp_path, host=host)

    lines = configured(tmp_path, base_url="https://tongxing.example.cn:8443")

    assert "listen 8000 ssl;" in lines
    assert (tmp_path / "into/tls.key").read_text() == (tmp_path / "given/tls.key").read_text()


def without_key(given: Path) -> None:
    (given / "tls.key").unlink()


def with_another_key(given: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    (given / "tls.key").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )


def with_nonsense(given: Path) -> None:
    (given / "tls.crt").write_text("nonsense")


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (without_key, "deploy/given holds tls.crt without tls.key."),
        (with_another_key, "deploy/given/tls.key is not the key of tls.crt."),
        (with_nonsense, "is no PEM"),
    ],
)
def test_a_certificate_that_does_not_do_is_refused_before_anything_is_written(
    tmp_path: Path, spoil: object, sentence: str
) -> None:
    given_certificate(tmp_path)
    assert callable(spoil)
    spoil(tmp_path / "given")

    with pytest.raises(UnfitError, match=re.escape(sentence)):
        configured(tmp_path, base_url="https://tongxing.example.cn")
    assert not (tmp_path / "into").exists()


def test_a_certificate_for_another_host_is_refused(tmp_path: Path) -> None:
    given_certificate(tmp_path, host="elsewhere.example.cn")

    with pytest.raises(UnfitError, match=r"is not for tongxing\.example\.cn"):
        configured(tmp_path, base_url="https://tongxing.example.cn")


def test_a_certificate_that_has_ended_is_refused(tmp_path: Path) -> None:
    given_certificate(tmp_path, ends=NOW - timedelta(days=1))

    with pytest.raises(UnfitError, match="to 2026-11-21, not today"):
        configured(tmp_path, base_url="https://tongxing.example.cn")


def test_a_certificate_for_a_plain_address_is_refused(tmp_path: Path) -> None:
    given_certificate(tmp_path)

    with pytest.raises(
        UnfitError, match=r"but TONGXING_BASE_URL is http://tongxing\.example\.cn: write https://"
    ):
        configured(tmp_path, base_url="http://tongxing.example.cn")


@pytest.mark.parametrize(
    "base_url",
    ["", "tongxing.example.cn", "ftp://a.example", "https://", "https://a.example/path", "http://a:port"],
)
def test_an_address_that_is_none_is_refused(tmp_path: Path, base_url: str) -> None:
    with pytest.raises(UnfitError, match="which is no public address"):
        configured(tmp_path, base_url=base_url)


def test_a_network_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnfitError, match="TONGXING_PROXY_NETWORKS is 'everybody'"):
        configured(tmp_path, trusted="everybody")


def test_a_service_on_another_host_is_found_there(tmp_path: Path) -> None:
    configured(tmp_path, elsewhere="notifications=10.1.2.3:8000 exchange=exchange.office.example:80")

    assert (tmp_path / "into/elsewhere.inc").read_text() == (
        'notifications "10.1.2.3:8000";\nexchange "exchange.office.example:80";\n'
    )


@pytest.mark.parametrize(
    "elsewhere", ["notifications", "notifications=10.1.2.3", "mail=10.1.2.3:25", 'exchange=";}:80', "=a:1"]
)
def test_a_place_that_is_none_is_refused(tmp_path: Path, elsewhere: str) -> None:
    with pytest.raises(UnfitError, match="TONGXING_ELSEWHERE says"):
        configured(tmp_path, elsewhere=elsewhere)
    assert not (tmp_path / "into").exists()
