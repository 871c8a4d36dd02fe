"""What nginx learns from the configuration: its certificate, the public scheme, whom it believes."""

import ipaddress
import re
from collections.abc import Collection
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import serialization

from deploy.init.keep import UnfitError, write

_PUBLIC = (serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


#: A name or an IPv4 address, and a port: what nginx asks Docker's resolver for, or takes as it is.
_PLACE = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?:[0-9]{1,5}")


def configure(
    *,
    base_url: str,
    trusted: str,
    given: Path,
    into: Path,
    elsewhere: str = "",
    services: Collection[str] = (),
    now: datetime | None = None,
) -> None:
    """Write nginx's part of the configuration into a directory. Raises UnfitError before anything is written.

    elsewhere: which of the services run on other hosts, and where: `notifications=10.1.2.3:8000`, with blanks between.
    """
    scheme, host = _public(base_url)
    places = _places(elsewhere, services)
    lines = [f"set $public_scheme {scheme};"]
    lines += [f"set_real_ip_from {network};" for network in _networks(trusted)]
    if trusted.split():
        lines += ["real_ip_header X-Forwarded-For;", "real_ip_recursive on;"]
    certificate, key = given / "tls.crt", given / "tls.key"
    if certificate.exists() or key.exists():
        if scheme != "https":
            raise UnfitError(
                f"deploy/given holds a certificate, but TONGXING_BASE_URL is {base_url}: write https://"
            )
        _check(certificate, key, host=host, now=now or datetime.now(tz=UTC))
        write(into / "tls.crt", certificate.read_text())
        write(into / "tls.key", key.read_text())
        lines += [
            "listen 8000 ssl;",
            "http2 on;",
            "ssl_certificate /run/tongxing/tls.crt;",
            "ssl_certificate_key /run/tongxing/tls.key;",
            "ssl_protocols TLSv1.2 TLSv1.3;",
            # Who types the address without its scheme reaches a TLS port in plain text.
            "error_page 497 =308 https://$http_host$request_uri;",
        ]
    else:
        # With https:// here, something in front of us ends TLS.
        lines.append("listen 8000;")
    if scheme == "https":
        lines.append("add_header Strict-Transport-Security max-age=31536000 always;")
    write(into / "elsewhere.inc", "".join(f'{service} "{place}";\n' for service, place in places.items()))
    write(into / "server.inc", "\n".join(lines) + "\n")


def _public(base_url: str) -> tuple[str, str]:
    parts = urlsplit(base_url)
    try:
        usable = (
            parts.scheme in {"http", "https"} and parts.hostname and (parts.port is None or parts.port > 0)
        )
    except ValueError:  # a port that is none
        usable = False
    if not usable or parts.path.strip("/") or parts.query or parts.fragment or not parts.hostname:
        raise UnfitError(
            f"TONGXING_BASE_URL is {base_url!r}, which is no public address: "
            "write one such as https://tongxing.example.cn, without a path."
        )
    return parts.scheme, parts.hostname


def _networks(trusted: str) -> list[str]:
    try:
        return [str(ipaddress.ip_network(one)) for one in trusted.split()]
    except ValueError as error:
        raise UnfitError(
            f"TONGXING_PROXY_NETWORKS is {trusted!r}: {error}; write networks with blanks between, such as 10.1.0.0/16."
        ) from error


def _places(elsewhere: str, services: Collection[str]) -> dict[str, str]:
    places = {}
    for one in elsewhere.split():
        service, _, place = one.partition("=")
        if service not in services or not _PLACE.fullmatch(place):
            raise UnfitError(
                f"TONGXING_ELSEWHERE says {one!r}: write a service and where it is, such as notifications=10.1.2.3:8000."
            )
        places[service] = place
    return places


def _check(certificate: Path, key: Path, *, host: str, now: datetime) -> None:
    for path, other in ((certificate, key), (key, certificate)):
        if not path.exists():
            raise UnfitError(f"deploy/given holds {other.name} without {path.name}.")
    try:
        parsed = x509.load_pem_x509_certificates(certificate.read_bytes())[0]
        private = serialization.load_pem_private_key(key.read_bytes(), password=None)
    except (ValueError, TypeError, IndexError) as error:
        raise UnfitError(
            f"deploy/given/tls.crt or tls.key is no PEM, or the key wants a password: {error}"
        ) from error
    if parsed.public_key().public_bytes(*_PUBLIC) != private.public_key().public_bytes(*_PUBLIC):
        raise UnfitError("deploy/given/tls.key is not the key of tls.crt.")
    if not parsed.not_valid_before_utc <= now <= parsed.not_valid_after_utc:
        raise UnfitError(
            f"deploy/given/tls.crt is valid from {parsed.not_valid_before_utc:%Y-%m-%d} "
            f"to {parsed.not_valid_after_utc:%Y-%m-%d}, not today."
        )
    if not any(_covers(name, host) for name in _names(parsed)):
        raise UnfitError(f"deploy/given/tls.crt is not for {host}, the host of TONGXING_BASE_URL.")


def _names(certificate: x509.Certificate) -> list[str]:
    try:
        found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return []
    addresses = [str(address) for address in found.get_values_for_type(x509.IPAddress)]
    return [*found.get_values_for_type(x509.DNSName), *addresses]


def _covers(name: str, host: str) -> bool:
    if name.startswith("*."):
        return host.partition(".")[2].lower() == name[2:].lower()
    return name.lower() == host.lower()
