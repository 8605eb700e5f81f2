"""Traces: one through all stages, by the header alone; nothing of it where nobody asked."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any

import orjson
from faust.types import TP
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from events import topics
from streams.engine.agent import StageLoop
from streams.engine.contiguity import ContiguityGuard
from streams.engine.records import Outgoing
from streams.engine.steps import NormalizeStep, Step, TagStep
from streams.engine.tracing import Trace, no_trace, open_telemetry
from tests.pipeline import corpus

PREFIX = topics.DEFAULT_PREFIX
STRANGER = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


class Start:
    def committed_position(self, tp: TP) -> int | None:
        return None


async def through(step: Step, stage: str, trace: Trace, value: bytes, headers: Any = ()) -> list[Outgoing]:
    """What the loop of a stage publishes for one record."""
    out: list[Outgoing] = []

    async def publish(record: Outgoing) -> asyncio.Future[Any]:
        out.append(record)
        done: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        done.set_result(SimpleNamespace(offset=0))
        return done

    async def events() -> AsyncIterator[Any]:
        message = SimpleNamespace(
            tp=TP("in", 0), topic="in", partition=0, offset=0, timestamp=1.0, key=b"", value=value,
            headers=headers,
        )  # fmt: skip
        yield SimpleNamespace(message=message, ack=lambda: None)

    loop = StageLoop(stage, step, publish, lambda *_: None, ContiguityGuard(Start(), {}), trace=trace)
    await loop.run(events())
    await loop.close()
    return out


def recorded() -> tuple[Trace, InMemorySpanExporter]:
    provider, exporter = TracerProvider(), InMemorySpanExporter()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    return open_telemetry(provider), exporter


async def test_one_trace_goes_through_the_stages() -> None:
    trace, exporter = recorded()
    normalize = NormalizeStep(PREFIX)
    raw = orjson.dumps(corpus.raw(1))
    (article,) = await through(normalize, "normalize", trace, raw, (("traceparent", STRANGER.encode()),))
    carried = dict(article.headers)["traceparent"].decode()
    assert carried.split("-")[1] == STRANGER.split("-")[1]
    await through(normalize, "normalize", trace, article.value or b"", article.headers)
    first, second = exporter.get_finished_spans()
    assert first.parent is not None and second.parent is not None
    assert f"{first.parent.span_id:016x}" == STRANGER.split("-")[2]
    assert second.parent.span_id == first.context.span_id
    assert first.context.trace_id == second.context.trace_id
    assert first.attributes is not None
    assert (first.attributes["news.outcome"], first.attributes["messaging.kafka.offset"]) == ("normalized", 0)


async def test_a_record_without_the_header_or_with_nonsense_begins_a_trace() -> None:
    trace, exporter = recorded()
    for headers in ((), (("traceparent", b"\xff nonsense"),)):
        (out,) = await through(
            NormalizeStep(PREFIX), "normalize", trace, orjson.dumps(corpus.raw(1)), headers
        )
        assert dict(out.headers)["traceparent"]
    assert [span.parent for span in exporter.get_finished_spans()] == [None, None]


async def test_a_dead_letter_stays_as_it_was_refused() -> None:
    trace, exporter = recorded()
    (letter,) = await through(
        TagStep(PREFIX), "tag", trace, b"no json", (("traceparent", STRANGER.encode()),)
    )
    assert [value for name, value in letter.headers if name == "traceparent"] == [STRANGER.encode()]
    (span,) = exporter.get_finished_spans()
    assert span.attributes is not None
    assert span.attributes["news.outcome"] == "dead_letter"


async def test_nothing_is_added_where_nobody_asked() -> None:
    (out,) = await through(NormalizeStep(PREFIX), "normalize", no_trace, orjson.dumps(corpus.raw(1)))
    assert "traceparent" not in dict(out.headers)


def test_opentelemetry_is_not_even_loaded() -> None:
    code = "import sys, marsad.engine, streams.engine.worker; sys.exit('opentelemetry' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
