"""The certificates of a Kafka that trusts nobody: an authority of this installation, and what it signs."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from deploy.init.keep import UnfitError, write

_LASTS = timedelta(days=3650)


@dataclass(frozen=True)
class Authority:
    """Signs for this installation; its key never leaves the volume `secrets`."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    @property
    def pem(self) -> str:
        """The certificate that everybody trusts."""
        return _pem(self.certificate)

    def signed(self, name: str, *, hosts: tuple[str, ...] = ()) -> str:
        """A new key and its certificate for `CN=name`, in one PEM as Kafka and Python read it."""
        key = ec.generate_private_key(ec.SECP256R1())
        builder = _builder(name, key, issuer=self.certificate.subject)
        if hosts:
            names = x509.SubjectAlternativeName([x509.DNSName(host) for host in hosts])
            builder = builder.add_extension(names, critical=False)
        usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH])
        certificate = builder.add_extension(usage, critical=False).sign(self.key, hashes.SHA256())
        return _pem(key) + _pem(certificate)


def authority(kept: Path) -> Authority:
    """The authority in the file `kept`, made where there is none. Raises UnfitError for a file that is none."""
    if not kept.exists():
        key = ec.generate_private_key(ec.SECP256R1())
        name = "tongxing-authority"
        certificate = (
            _builder(name, key, issuer=_name(name))
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .sign(key, hashes.SHA256())
        )
        write(kept, _pem(key) + _pem(certificate))
    content = kept.read_bytes()
    try:
        loaded = serialization.load_pem_private_key(content, password=None)
        certificate = x509.load_pem_x509_certificates(content)[0]
    except (ValueError, IndexError) as error:
        raise UnfitError(
            f"{kept.name} in the volume `secrets` holds no key and certificate: {error}"
        ) from error
    if not isinstance(loaded, ec.EllipticCurvePrivateKey):
        raise UnfitError(
            f"{kept.name} in the volume `secrets` holds another kind of key than the one made there."
        )
    return Authority(certificate, loaded)


def _name(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _builder(name: str, key: ec.EllipticCurvePrivateKey, *, issuer: x509.Name) -> x509.CertificateBuilder:
    now = datetime.now(tz=UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(_name(name))
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))  # clocks differ
        .not_valid_after(now + _LASTS)
    )


def _pem(what: x509.Certificate | ec.EllipticCurvePrivateKey) -> str:
    if isinstance(what, x509.Certificate):
        return what.public_bytes(serialization.Encoding.PEM).decode()
    return what.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
