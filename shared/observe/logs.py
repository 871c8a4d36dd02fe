"""Logs: one JSON object a line on stderr, a readable form where stderr is a terminal.

Every line carries what ties it to the others: the service, the event being answered, the trace. They are bound
around a piece of work (`bound`), never passed along. The standard library's logging (kafka, gunicorn, alembic)
takes the same way out.
"""

import logging
import sys
from collections.abc import MutableMapping
from contextlib import AbstractContextManager
from typing import Any, TextIO, cast

import structlog
from structlog.contextvars import bound_contextvars, merge_contextvars
from structlog.typing import FilteringBoundLogger, Processor

from shared.observe.masking import mask
from shared.observe.traces import current_ids

#: Libraries that tell their inner life at INFO; heard from WARNING up unless we debug.
_TALKATIVE = ("alembic", "urllib3", "werkzeug", "asyncio")

#: Says at ERROR, dozens of times a second, that a broker is away: we say so once, in our own words.
_RAVING = "kafka"


def configure(*, level: str = "info", service: str | None = None, stream: TextIO | None = None) -> None:
    """Send everything that this process logs to `stream` (stderr), at `level` and above.

    service: the name on lines that are not bound to another one; a process that runs several binds each.
    Calling it again replaces what was set before, as after a fork.
    """
    out = stream or sys.stderr
    handler = logging.StreamHandler(out)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=_common(service),
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *_rendering(out)],
        )
    )
    number = logging.getLevelNamesMapping()[level.upper()]
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(number)
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(number if number <= logging.DEBUG else max(number, logging.WARNING))
    logging.getLogger(_RAVING).setLevel(number if number <= logging.DEBUG else logging.CRITICAL)
    structlog.configure(
        processors=[*_common(service), structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,  # a module's logger must follow a later `configure`
    )


def logger(name: str) -> FilteringBoundLogger:
    """The logger of the module `name`; it follows a later `configure`."""
    return cast("FilteringBoundLogger", structlog.stdlib.get_logger(name))


def bound(**fields: str | None) -> AbstractContextManager[None]:
    """Put these fields on every line logged inside the block, in this thread; None leaves a field out."""
    return bound_contextvars(**{name: value for name, value in fields.items() if value is not None})


def _common(service: str | None) -> list[Processor]:
    def name_service(
        _logger: object, _method: str, line: MutableMapping[str, Any]
    ) -> MutableMapping[str, Any]:
        if service is not None:
            line.setdefault("service", service)
        return line

    return [
        merge_contextvars,
        name_service,
        _add_trace,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
    ]


def _rendering(out: TextIO) -> list[Processor]:
    # The trace of an exception is made text before masking: it may quote a connection URL.
    to_text: list[Processor] = [
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
        mask,
    ]
    if out.isatty():
        console = structlog.dev.ConsoleRenderer(
            timestamp_key="time", exception_formatter=structlog.dev.plain_traceback
        )
        return [*to_text, console]
    # Named `message`, because an event is something else here.
    return [
        *to_text,
        structlog.processors.EventRenamer("message"),
        structlog.processors.JSONRenderer(ensure_ascii=False),
    ]


def _add_trace(_logger: object, _method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    ids = current_ids()
    if ids is not None:
        line["trace_id"], line["span_id"] = ids
    return line
