"""Opening the broker that the configuration names."""

from collections.abc import Mapping
from pathlib import Path

from shared.errors import Invalid
from shared.events.broker import Broker
from shared.text import Sentence

_FORMS = "embedded:PATH | kafka:HOST:PORT[,HOST:PORT…]"


def open_broker(url: str, *, options: Mapping[str, str] | None = None, client_id: str = "tongxing") -> Broker:
    """The broker at `url`, which need not answer yet: what is away is said by the first call.

    url: `embedded:PATH` or `kafka:HOST:PORT[,HOST:PORT…]`. options: for kafka-python, such as
    `security_protocol`, `sasl_*`, `ssl_*`; and `replication_factor`, `publish_timeout` of `KafkaBroker`.
    client_id: what the broker's own logs call us. Raises Invalid for a URL or an option that means nothing.
    """
    kind, _, rest = url.partition(":")
    # Imported where needed: an embedded set-up never pays for kafka-python, nor the other way round.
    if kind == "embedded" and rest:
        from shared.events.embedded import EmbeddedBroker  # noqa: PLC0415  see above

        return EmbeddedBroker(Path(rest))
    servers = rest.split(",")
    if kind == "kafka" and all(_is_server(server) for server in servers):
        return _kafka(servers, dict(options or {}), client_id)
    raise Invalid(
        Sentence(
            zh=f"消息代理地址 {url!r} 无效：应为 {_FORMS}", en=f"The broker {url!r} is not one of {_FORMS}."
        )
    )


def _is_server(text: str) -> bool:
    host, _, port = text.rpartition(":")
    return bool(host) and port.isdecimal()


def _kafka(servers: list[str], options: dict[str, str], client_id: str) -> Broker:
    from shared.events.kafka import KafkaBroker  # noqa: PLC0415  see `open_broker`

    try:
        return KafkaBroker(
            servers,
            client_id=client_id,
            publish_timeout=float(options.pop("publish_timeout", "30")),
            replication_factor=int(options.pop("replication_factor", "-1")),
            options=options,
        )
    except ValueError as error:
        raise Invalid(
            Sentence(zh=f"Kafka 选项有误：{error}", en=f"A Kafka option is wrong: {error}")
        ) from error
