"""Traces: one id from the request through outbox and broker to the last consumer (W3C Trace Context).

A trace id costs a few microseconds and is always there: it ties the log lines of all services together. Spans
are recorded and exported only where OTEL_EXPORTER_OTLP_ENDPOINT says whereto. Measured per consumed event on
two cores: a recording span of the SDK 14 µs, ours without an exporter 6 µs, which is why the SDK is not even
imported until it is needed.
"""

import os
import random
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module

import structlog
from opentelemetry import context as otel_context
from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.trace import NonRecordingSpan, SpanContext, TraceFlags, Tracer
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

_W3C = TraceContextTextMapPropagator()
_SAMPLED = TraceFlags(TraceFlags.SAMPLED)
_NOWHERE = Context()
_exporting: list[Tracer] = []  # none or one; set once, when the process starts


@contextmanager
def span(name: str, *, traceparent: str | None = None) -> Iterator[None]:
    """Do the block as one span of the trace in `traceparent`, of the current one, or of a new one.

    A `traceparent` that is no valid one begins a new trace: it came from outside, and nothing depends on it.
    """
    parent = (
        _W3C.extract({"traceparent": traceparent}, _NOWHERE) if traceparent else otel_context.get_current()
    )
    if _exporting:
        with _exporting[0].start_as_current_span(name, context=parent):
            yield
        return
    above = trace.get_current_span(parent).get_span_context()
    here = SpanContext(
        trace_id=above.trace_id if above.is_valid else _random_id(128),
        span_id=_random_id(64),
        is_remote=False,
        # We record nothing, but a process further on may: whether it should is the parent's to say.
        trace_flags=above.trace_flags if above.is_valid else _SAMPLED,
        trace_state=above.trace_state,
    )
    token = otel_context.attach(trace.set_span_in_context(NonRecordingSpan(here), parent))
    try:
        yield
    finally:
        otel_context.detach(token)


def current_traceparent() -> str | None:
    """The `traceparent` to hand on from here; None outside of every span."""
    here = trace.get_current_span().get_span_context()
    if not here.is_valid:
        return None
    return f"00-{here.trace_id:032x}-{here.span_id:016x}-{here.trace_flags:02x}"


def current_ids() -> tuple[str, str] | None:
    """The trace's and the span's id in hex, for log lines and error pages; None outside of every span."""
    here = trace.get_current_span().get_span_context()
    return (f"{here.trace_id:032x}", f"{here.span_id:016x}") if here.is_valid else None


def export_spans(service: str) -> bool:
    """Record and export spans if the environment names an OTLP endpoint; answers whether it does.

    Call it in the process that will export (after a fork: the exporter has a thread). The exporter is the
    package opentelemetry-exporter-otlp-proto-http, which whoever wants traces adds to the image.
    """
    if not os.environ.get("OTEL_EXPORTER_OTLP_ENDPOINT"):
        return False
    try:
        otlp = import_module("opentelemetry.exporter.otlp.proto.http.trace_exporter")
    except ModuleNotFoundError:
        structlog.stdlib.get_logger(__name__).warning(
            "OTEL_EXPORTER_OTLP_ENDPOINT is set, but opentelemetry-exporter-otlp-proto-http is not installed: "
            "no spans are exported."
        )
        return False
    sdk = import_module("opentelemetry.sdk.trace")
    resources = import_module("opentelemetry.sdk.resources")
    batches = import_module("opentelemetry.sdk.trace.export")
    provider = sdk.TracerProvider(resource=resources.Resource.create({"service.name": service}))
    provider.add_span_processor(batches.BatchSpanProcessor(otlp.OTLPSpanExporter()))
    _exporting[:] = [provider.get_tracer("tongxing")]
    return True


def _random_id(bits: int) -> int:
    while True:
        if id_ := random.getrandbits(bits):  # all zeros means "no trace"
            return id_
