"""What an error of kafka-python means to an operator, as a sentence that says what to do.

The library tells a caller that it could not connect in time, whatever kept it: it goes on trying, and logs the reason.
`WatchedConnections` keeps the reason, so that a refused password is not taken for a broker that is away.
"""

import re
import ssl
from collections.abc import Callable

from kafka.errors import (
    AuthorizationError,
    IllegalSaslStateError,
    IncompatibleBrokerVersion,
    KafkaError,
    SaslAuthenticationFailedError,
    UnrecognizedBrokerVersion,
    UnsupportedSaslMechanismError,
    UnsupportedVersionError,
)
from kafka.net.connection import KafkaConnection
from kafka.net.manager import KafkaConnectionManager
from kafka.net.transport import KafkaTCPTransport

#: The first release that tells the identity of a topic, by which one made anew is known.
OLDEST = (2, 8)

#: What the library puts before the broker's own words.
_CODE = re.compile(r"^(\[Error \d+\] ?)?(\w+Error(: |$))*")

_NOT_LET_IN = (SaslAuthenticationFailedError, UnsupportedSaslMechanismError, IllegalSaslStateError)
_OTHER_VERSION = (UnsupportedVersionError, IncompatibleBrokerVersion, UnrecognizedBrokerVersion)


class TooOldError(KafkaError):
    """The broker is of a release that lacks what we need."""


class WatchedConnections(KafkaConnectionManager):
    """The library's connections, each of which tells once what became of it: None where it stands, else why not."""

    def __init__(
        self, net: object, *, told: Callable[[BaseException | None], object], **configuration: object
    ) -> None:
        """Connect to nothing yet. told: called in the library's network thread."""
        super().__init__(net, **configuration)
        self._told = told

    async def _build_transport(self, node: object, **more: object) -> KafkaTCPTransport:
        """A transport that hears last words: the library drops what comes together with the end of a connection.

        That is how Kafka tells of a wrong password: an answer, and the end.
        """
        transport = await super()._build_transport(node, **more)
        receive = transport._sock_recv  # noqa: SLF001  the library has no door for this

        def received() -> tuple[bytes, BaseException | None]:
            data, error = receive()
            return data, None if data else error  # the end is still there at the next look

        transport._sock_recv = received  # noqa: SLF001  see above
        return transport

    async def _connect(self, node: object, conn: KafkaConnection, **more: object) -> None:
        await super()._connect(node, conn, **more)
        if conn.connected and conn.broker_version is not None and conn.broker_version < OLDEST:
            self._told(TooOldError(".".join(map(str, conn.broker_version))))
        elif conn.connected:
            self._told(None)
        elif conn.init_future.is_done and conn.init_future.exception is not None:
            self._told(conn.init_future.exception)


def is_refusal(error: BaseException | None) -> bool:
    """Whether somebody answered and turned us away: trying again helps only after an operator's hand."""
    return isinstance(error, (*_NOT_LET_IN, *_OTHER_VERSION, AuthorizationError, TooOldError)) or (
        _of_tls(error) is not None
    )


def sentence(servers: str, error: BaseException) -> str:
    """What is wrong with the cluster at `servers`, and what to do."""
    kafka, reason = f"Apache Kafka at {servers}", str(error).strip().rstrip(".") or type(error).__name__
    if isinstance(error, _NOT_LET_IN):
        said = _CODE.sub("", reason) or type(error).__name__
        return (
            f"{kafka} refuses us: {said}. Put name, password and mechanism in TONGXING_KAFKA right, or let its"
            " administrator give this password to that name."
        )
    if isinstance(error, AuthorizationError):
        return (
            f"{kafka} forbids this service what it needs: {reason}. Let its administrator grant what"
            " tongxing topics acls lists."
        )
    if isinstance(error, TooOldError):
        return (
            f"{kafka} is of release {error.args[0]}, which is too old: Tongxing needs {'.'.join(map(str, OLDEST))}"
            " or newer. Upgrade it, or name another one in TONGXING_BROKER."
        )
    if isinstance(error, _OTHER_VERSION):
        return f"{kafka} does not know what we ask it, so its release is not one that we can use: {reason}."
    if (tls := _of_tls(error)) is not None:
        return (
            f"{kafka} and we do not trust each other: {tls}. Let ssl_cafile in TONGXING_KAFKA be the authority that"
            " signed its certificate, and TONGXING_BROKER a port that speaks TLS."
        )
    return f"{kafka} does not answer: {reason}. Look whether it runs and TONGXING_BROKER names it."


def _of_tls(error: BaseException | None) -> str | None:
    """What TLS says, where that is why the connection failed: the library puts its error into one of its own."""
    cause = None if error is None else error.__cause__ or error.__context__
    tls = next((one for one in (error, cause) if isinstance(one, ssl.SSLError)), None)
    return None if tls is None else str(tls.reason or tls)
