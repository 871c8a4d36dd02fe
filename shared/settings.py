"""Configuration: read once, from the environment, and checked before anything starts."""

from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from environs import Env, EnvError

from shared.errors import Invalid
from shared.text import Sentence


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Everything that differs between a laptop and a province.

    data: directory of the embedded databases, the embedded broker and generated keys.
    database: SQLAlchemy URL in which `{service}` stands for the service's name.
    broker: `embedded:PATH` or `kafka:HOST:PORT[,HOST:PORT…]`.
    base_url: the one public address, for links in mail and printed links.
    host, port: what `up` and `web` listen on; worker_port: what `worker` answers health and metrics on.
    secure_cookies: whether cookies travel over TLS only.
    language: what a reader sees who has not chosen.
    """

    data: Path = Path("data")
    database: str = ""
    broker: str = ""
    kafka: dict[str, str] = field(default_factory=dict)
    base_url: str = "http://127.0.0.1:8000"
    host: str = "127.0.0.1"
    port: int = 8000
    worker_port: int = 8100
    secure_cookies: bool = False
    language: str = "zh"
    log_level: str = "info"

    @classmethod
    def from_env(cls) -> "Settings":
        """The settings of this process. Raises Invalid with a sentence that names the variable."""
        env = Env(prefix="TONGXING_")
        try:
            host = env.str("HOST", "127.0.0.1")
            port = env.int("PORT", 8000)
            return cls(
                data=env.path("DATA", Path("data")),
                database=env.str("DATABASE", ""),
                broker=env.str("BROKER", ""),
                kafka=env.dict("KAFKA", {}),
                base_url=env.str("BASE_URL", f"http://{'127.0.0.1' if host == '0.0.0.0' else host}:{port}"),  # noqa: S104  a comparison, nothing binds here
                host=host,
                port=port,
                worker_port=env.int("WORKER_PORT", 8100),
                secure_cookies=env.bool("SECURE_COOKIES", False),
                language=env.str("LANGUAGE", "zh"),
                log_level=env.str("LOG_LEVEL", "info"),
            )
        except (EnvError, ValueError) as error:
            raise Invalid(
                Sentence(zh=f"配置有误：{error}", en=f"The configuration is wrong: {error}")
            ) from error

    def database_url(self, service: str) -> str:
        """Where `service` keeps its data: its own SQLite file unless the configuration says otherwise."""
        if not self.database:
            return f"sqlite:///{quote(str(self.data / service))}.db"
        return self.database.replace("{service}", service)

    @property
    def broker_url(self) -> str:
        """Where the events go: the embedded log unless the configuration says otherwise."""
        return self.broker or f"embedded:{self.data / 'broker.db'}"
