"""Traces across stages by the record header `traceparent` (W3C): off, and not even loaded, unless asked for.

Faust reads through its own fetcher, so opentelemetry-instrumentation-aiokafka never
sees a record come in: one span a record and stage, made here. Each output carries the span on; a raw record
without the header begins a trace. Dead letters and changelogs stay as they are, byte for byte.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from events.topics import DEAD_LETTER_SUFFIX
from streams.engine.records import Header, Incoming, Outgoing

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider

TRACE_HEADER = "traceparent"
CHANGELOG = "-changelog"


@dataclass(frozen=True, slots=True)
class Hop:
    """One record's way through one stage: what its outputs carry on, and how it ends."""

    headers: tuple[Header, ...] = ()
    end: Callable[[str], None] = lambda outcome: None


Trace = Callable[[str, Incoming], Hop]
NO_HOP = Hop()


def no_trace(stage: str, incoming: Incoming) -> Hop:
    """Trace nothing."""
    return NO_HOP


def onward(record: Outgoing, hop: Hop) -> Outgoing:
    """Give the output with the span of its cause."""
    if not hop.headers or record.topic.endswith((DEAD_LETTER_SUFFIX, CHANGELOG)):
        return record
    return replace(record, headers=record.headers + hop.headers)


def open_telemetry(provider: "TracerProvider") -> Trace:
    """Give a trace into `provider`; names and attributes as in OpenTelemetry's conventions for Kafka."""
    from opentelemetry.trace import SpanKind, set_span_in_context  # noqa: PLC0415  (an extra, and slow to load)
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator  # noqa: PLC0415

    tracer, wire = provider.get_tracer("marsad"), TraceContextTextMapPropagator()

    def begin(stage: str, incoming: Incoming) -> Hop:
        said = incoming.header(TRACE_HEADER)
        before = wire.extract({TRACE_HEADER: said} if said else {})
        attributes: dict[str, str | int] = {
            "messaging.system": "kafka",
            "messaging.operation.type": "process",
            "messaging.destination.name": incoming.topic,
            "messaging.destination.partition.id": str(incoming.partition),
            "messaging.kafka.offset": incoming.offset,
            "news.stage": stage,
        }
        span = tracer.start_span(f"process {incoming.topic}", before, SpanKind.CONSUMER, attributes)
        carried: dict[str, str] = {}
        wire.inject(carried, set_span_in_context(span))

        def end(outcome: str) -> None:
            span.set_attribute("news.outcome", outcome)
            span.end()

        return Hop(((TRACE_HEADER, carried[TRACE_HEADER].encode()),) if carried else (), end)

    return begin


def exported(service: str, version: str) -> Trace:
    """Give a trace sent by OTLP over HTTP, as the OTEL_* variables say; ImportError without the extra."""
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415
    from opentelemetry.sdk.resources import Resource  # noqa: PLC0415
    from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
    from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415

    provider = TracerProvider(resource=Resource.create({"service.name": service, "service.version": version}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    return open_telemetry(provider)
