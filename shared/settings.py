"""Configuration: read once, from the environment, and checked before anything starts."""

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

from environs import EnvError, FileAwareEnv, validate

from shared.errors import Invalid
from shared.text import Sentence

LOG_LEVELS = ("debug", "info", "warning", "error", "critical")


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Everything that differs between a laptop and a province.

    data: directory of the embedded databases, the embedded broker and generated keys.
    database: SQLAlchemy URL in which `{service}` stands for the service's name.
    broker: `embedded:PATH` or `kafka:HOST:PORT[,HOST:PORT…]`.
    base_url: the one public address, for links in mail and printed links.
    host, port: what `up` and `web` listen on; worker_port: what `worker` answers health and metrics on.
    trusted_proxies: how many proxies in front of a process are believed what they say of the client; each of them must
        overwrite, or append to, the X-Forwarded-* headers that it was sent. Nobody is unless told.
    secure_cookies: whether cookies travel over TLS only; by itself where base_url does.
    language: what a reader sees who has not chosen.
    signing_key_file: the key that signs tokens; in `data` unless given.
    smtp_url: where mail goes, `smtp://USER:PASSWORD@HOST:PORT` (with STARTTLS where the server offers it) or `smtps://…`;
        without it links are handed over by people. mail_from: whom mail comes from.
    channel_key: what notifications seals addresses and secrets of channels with, a long random text; without it a file
        `channel-key` in `data`. webhook_allow: hosts, `HOST` or `HOST:PORT`, that webhooks and robots may reach although they are internal or
        speak no TLS; none unless told.
    files: where the files of resources lie: a directory or a URL of fsspec, such as `s3://BUCKET/PREFIX` (the keys and the
        endpoint as AWS_* variables say); the directory `files` in `data` unless given. largest_file: in megabytes.
        scan: what looks for viruses in them: `clamd:HOST:PORT`, `clamd:/PATH/OF/SOCKET` or `command:PROGRAM ARGUMENT…` to which
        the path of a file is added and which ends with 0 for a clean file, with 1 for another; nothing unless told.
    demo: whether `up` brings demonstration data into databases that are new.
    keep_sent: how long sent events stay in the outbox: what `republish` can say again.
    keep_discarded: how long a discarded letter can be taken back.
    keep_inbox: how long applied events are known; longer than both, and than the topics keep records.
    keep_workbooks: how long a roster's file is kept after it was sent.
    keep_uploads: how long a file that was not sent to its end, or that nobody put anywhere, is kept.
    """

    data: Path = Path("data")
    database: str = ""
    broker: str = ""
    kafka: dict[str, str] = field(default_factory=dict)
    base_url: str = "http://127.0.0.1:8000"
    host: str = "127.0.0.1"
    port: int = 8000
    worker_port: int = 8100
    trusted_proxies: int = 0
    secure_cookies: bool = False
    language: str = "zh"
    log_level: str = "info"
    signing_key_file: Path | None = None
    smtp_url: str = field(default="", repr=False)
    mail_from: str = ""
    channel_key: str = field(default="", repr=False)
    webhook_allow: frozenset[str] = frozenset()
    files: str = ""
    largest_file: int = 10_240
    scan: str = ""
    demo: bool = True
    keep_sent: timedelta = timedelta(days=30)
    keep_discarded: timedelta = timedelta(days=90)
    keep_inbox: timedelta = timedelta(days=120)
    keep_workbooks: timedelta = timedelta(days=30)
    keep_uploads: timedelta = timedelta(days=2)

    @classmethod
    def from_env(cls, *, host: str | None = None, port: int | None = None) -> "Settings":
        """The settings of this process; what the command line says goes before the environment.

        Each variable may be given as a file instead, TONGXING_DATABASE_FILE for TONGXING_DATABASE: for secrets.
        Raises Invalid with a sentence that names the variable.
        """
        env = FileAwareEnv(prefix="TONGXING_", strip_whitespace=True)
        try:
            host = env.str("HOST", cls.host) if host is None else host
            said = env.int("PORT", cls.port, validate=validate.Range(0, 65_535))
            port = said if port is None else port
            base_url = env.str("BASE_URL", address(host, port)).rstrip("/")
            settings = cls(
                data=env.path("DATA", cls.data),
                database=env.str("DATABASE", cls.database),
                broker=env.str("BROKER", cls.broker),
                kafka=env.dict("KAFKA", {}),
                base_url=base_url,
                host=host,
                port=port,
                worker_port=env.int("WORKER_PORT", cls.worker_port, validate=validate.Range(0, 65_535)),
                trusted_proxies=env.int(
                    "TRUSTED_PROXIES", cls.trusted_proxies, validate=validate.Range(min=0)
                ),
                secure_cookies=env.bool("SECURE_COOKIES", base_url.startswith("https://")),
                language=env.str("LANGUAGE", cls.language, validate=validate.OneOf(["zh", "en"])),
                signing_key_file=env.path("SIGNING_KEY_FILE", None),
                log_level=env.str("LOG_LEVEL", cls.log_level, validate=validate.OneOf(LOG_LEVELS)),
                smtp_url=env.str("SMTP_URL", cls.smtp_url),
                mail_from=env.str("MAIL_FROM", cls.mail_from),
                channel_key=env.str("CHANNEL_KEY", cls.channel_key),
                webhook_allow=frozenset(map(str.strip, env.list("WEBHOOK_ALLOW", []))) - {""},
                files=env.str("FILES", cls.files),
                largest_file=env.int("LARGEST_FILE", cls.largest_file, validate=validate.Range(min=1)),
                scan=env.str("SCAN", cls.scan),
                demo=env.bool("DEMO", cls.demo),
                keep_sent=env.timedelta("KEEP_SENT", cls.keep_sent),
                keep_discarded=env.timedelta("KEEP_DISCARDED", cls.keep_discarded),
                keep_inbox=env.timedelta("KEEP_INBOX", cls.keep_inbox),
                keep_workbooks=env.timedelta("KEEP_WORKBOOKS", cls.keep_workbooks),
                keep_uploads=env.timedelta("KEEP_UPLOADS", cls.keep_uploads),
            )
        except (EnvError, ValueError) as error:
            raise Invalid(
                Sentence(zh=f"配置有误：{error}", en=f"The configuration is wrong: {error}")
            ) from error
        settings._check()
        return settings

    def _check(self) -> None:
        """Raise Invalid where two settings contradict each other."""
        if self.keep_inbox < max(self.keep_sent, self.keep_discarded):
            raise Invalid(
                Sentence(
                    zh="配置有误：TONGXING_KEEP_INBOX 不得短于 TONGXING_KEEP_SENT 和 TONGXING_KEEP_DISCARDED。",
                    en="The configuration is wrong: TONGXING_KEEP_INBOX is shorter than TONGXING_KEEP_SENT or "
                    "TONGXING_KEEP_DISCARDED, and what comes back later would take effect twice.",
                )
            )

    def database_url(self, service: str) -> str:
        """Where `service` keeps its data: its own SQLite file unless the configuration says otherwise."""
        if not self.database:
            return f"sqlite:///{quote(str(self.data / service))}.db"
        return self.database.replace("{service}", service)

    @property
    def signing_key(self) -> Path:
        """The file of the key that signs tokens; only directory reads it."""
        return self.signing_key_file or self.data / "signing-key.pem"

    @property
    def files_url(self) -> str:
        """Where files lie, as fsspec reads it: a directory of `data` unless the configuration says otherwise."""
        return self.files or str(self.data.absolute() / "files")

    @property
    def broker_url(self) -> str:
        """Where the events go: the embedded log unless the configuration says otherwise."""
        return self.broker or f"embedded:{self.data / 'broker.db'}"


def address(host: str, port: int) -> str:
    """The URL under which whoever sits at this machine reaches a server on `host` and `port`."""
    everywhere = host in {"0.0.0.0", "::", ""}  # noqa: S104  a comparison, nothing binds here
    name = "127.0.0.1" if everywhere else f"[{host}]" if ":" in host else host
    return f"http://{name}:{port}"
