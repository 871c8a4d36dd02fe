"""The first step of every start: passwords and keys, made once, and handed to each process that needs them.

    python -m deploy.init.prepare

/given holds the operator's own files, /secrets what is kept; /for/NAME is the volume that the container NAME
reads at /run/tongxing, and holds its own secrets only; /data is directory's own. Says in one sentence what is wrong.
"""

import os
import sys
from pathlib import Path
from urllib.parse import urlsplit

from deploy.init import gateway
from deploy.init.authority import authority
from deploy.init.keep import Store, UnfitError, write
from deploy.init.signing import signing_key

#: Who reads the files: the accounts of the images.
TONGXING, POSTGRES, KAFKA = 10001, 999, 1000


def databases(*, services: list[str], store: Store, target: Path) -> None:
    """Hand every service the URL of its own database, and PostgreSQL its administrator's password."""
    passwords = {service: store.password(f"{service}-database-password") for service in services}
    write(target / "postgres" / "password", store.password("postgres-password"), owner=POSTGRES)
    for service, password in passwords.items():
        url = f"postgresql+psycopg://{service}:{password}@postgres:5432/{service}"
        write(target / service / "database", url, owner=TONGXING)


def mail(*, said: str, given: Path, target: Path) -> None:
    """Hand directory and notifications where mail goes: the file `smtp-url` if one is given, because it may hold a password.

    Raises UnfitError for what is no such address.
    """
    file = given / "smtp-url"
    url = file.read_text().strip() if file.exists() else said
    try:
        usable = urlsplit(url).scheme in {"smtp", "smtps"} and urlsplit(url).hostname
    except ValueError:  # half an address in brackets
        usable = False
    if not usable:
        where = "deploy/given/smtp-url" if file.exists() else "TONGXING_SMTP_URL"
        raise UnfitError(
            f"{where} is no mail server: write smtp://HOST:PORT, smtps://USER:PASSWORD@HOST or the like."
        )
    for service in ("directory", "notifications"):
        write(target / service / "smtp-url", url, owner=TONGXING)


def channel_key(*, store: Store, target: Path) -> None:
    """Hand notifications what it encrypts the addresses and secrets of channels with."""
    key = store.password("notifications-channel-key")
    write(target / "notifications" / "channel-key", key, owner=TONGXING)


def secure_kafka(*, services: list[str], store: Store, target: Path) -> None:
    """Hand Kafka its certificate, the administrator one, and every service its password and whom to trust."""
    ours = authority(store.kept / "authority.pem")
    passwords = {service: store.password(f"{service}-kafka-password") for service in services}
    write(target / "kafka" / "authority.pem", ours.pem, owner=KAFKA)
    write(target / "kafka" / "kafka.pem", ours.signed("kafka", hosts=("kafka", "localhost")), owner=KAFKA)
    write(target / "kafka-access" / "authority.pem", ours.pem)
    write(target / "kafka-access" / "administrator.pem", ours.signed("administrator"))
    for service, password in passwords.items():
        options = {
            "security_protocol": "SASL_SSL",
            "sasl_mechanism": "SCRAM-SHA-512",
            "sasl_plain_username": service,
            "sasl_plain_password": password,
            "ssl_cafile": "/run/tongxing/authority.pem",
        }
        write(target / service / "authority.pem", ours.pem, owner=TONGXING)
        written = ",".join(f"{name}={value}" for name, value in options.items())
        write(target / service / "kafka", written, owner=TONGXING)


def main() -> int:
    """Do what the first lines say; `KAFKA=secure` in the environment asks for the second part."""
    given, target = Path("/given"), Path("/for")
    services, store = os.environ["SERVICES"].split(), Store(given, Path("/secrets"))
    try:
        gateway.configure(
            base_url=os.environ["TONGXING_BASE_URL"],
            trusted=os.environ.get("TONGXING_PROXY_NETWORKS", ""),
            elsewhere=os.environ.get("TONGXING_ELSEWHERE", ""),
            services=services,
            given=given,
            into=target / "gateway",
        )
        databases(services=services, store=store, target=target)
        mail(said=os.environ["TONGXING_SMTP_URL"], given=given, target=target)
        channel_key(store=store, target=target)
        signing_key(store=store, into=Path("/data"), owner=TONGXING)
        if os.environ.get("KAFKA") == "secure":
            secure_kafka(services=services, store=store, target=target)
    except UnfitError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write("Passwords and keys are in place.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
