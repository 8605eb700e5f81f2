"""The stream of the page: what it tells, resumes and leaves out; slow readers, and fifty."""

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack
from typing import Any

import msgspec
import orjson
import pytest
from aiohttp import ClientResponse

from marsad.web.memory import Memory
from marsad.web.sse import MAX_WAITING, frame, position_text, read_position
from tests.web.making import PAGED, Add, Open, Told, story
from tests.web.making import told as told_of


async def test_alerts_are_streamed_and_resumed(opened: Open, memory: Memory) -> None:
    told_of(memory, PAGED)
    client = await opened()
    async with client.get("/events/alerts") as answer:
        await _until(lambda: len(memory.alert_readers) == 1)
        told_of(memory, msgspec.structs.replace(PAGED, alert_id="al1", severity="info"))
        kind, position, data = await told(answer)
    assert (kind, position, data["alert_id"]) == ("alert", "0:1", "al1")
    told_of(memory, msgspec.structs.replace(PAGED, alert_id="al2"))
    resumed = {"Last-Event-ID": "0:0"}
    async with client.get("/events/alerts?severity=critical", headers=resumed) as answer:
        assert (await told(answer))[1:] == ("0:2", {**data, "alert_id": "al2", "severity": "critical"})


async def test_stream_of_one_story(opened: Open, add: Add, memory: Memory) -> None:
    add("1")
    add("2")
    add("3", story_id="s1")
    told_of(memory, story("s1", status="merged", merged_into="s2"))
    client = await opened()
    async with client.get("/events?story=s1&since=") as answer:
        assert [(await told(answer))[2]["article_id"] for _ in range(3)] == ["a1", "a2", "a3"]
    document = await (await client.get("/api/articles?story=s2")).json()
    assert document["total"] == 3


def test_frames_keep_to_the_format() -> None:
    assert frame("article", b"a\nb\r\nc\rd", "0:1") == (
        b"event: article\nid: 0:1\ndata: a\ndata: b\ndata: c\ndata: d\n\n"
    )


@pytest.mark.parametrize(
    "text", ["x", "0", "0:", "0:1,", "0:-1", "٠:١", "0:1 ", "0:1\n", "0:" + "9" * 30, "1:1," * 9_999]
)
def test_position_that_is_none(text: str) -> None:
    assert read_position(text) is None


def test_position_survives_its_text() -> None:
    assert read_position(position_text({1: 5, 0: 12})) == {0: 12, 1: 5}
    assert read_position("") == {}
    assert read_position(None) is None


async def told(answer: ClientResponse) -> tuple[str, str, dict[str, Any]]:
    """The next event of a stream: kind, id, data."""
    fields: dict[str, str] = {}
    async with asyncio.timeout(60):
        while line := (await answer.content.readline()).decode().rstrip("\n") or not fields:
            name, _, value = str(line).partition(": ")
            if name in ("event", "id", "data"):
                fields[name] = value
    return fields["event"], fields["id"], orjson.loads(fields["data"])


async def test_stream_tells_what_comes_in(opened: Open, add: Add, readers: Told) -> None:
    add("1")
    client = await opened()
    async with client.get("/events") as answer:
        assert answer.headers["Content-Type"] == "text/event-stream"
        await _until(lambda: len(readers) == 1)
        readers.tell(add("2", title="عاجل\nسطر"))
        kind, position, data = await told(answer)
    assert (kind, position, data["article_id"], data["title"]) == ("article", "0:1", "a2", "عاجل\nسطر")


async def test_stream_resumes_where_the_reader_left(opened: Open, add: Add) -> None:
    for number in range(4):
        add(str(number), partition=number % 2)
    client = await opened()
    async with client.get("/events?since=0:0,1:0", headers={"Last-Event-ID": "0:0,1:1"}) as answer:
        assert (await told(answer))[1:2] == ("0:1,1:1",)
    async with client.get("/events?since=") as answer:
        positions = [(await told(answer))[1] for _ in range(4)]
    assert positions == ["0:0", "0:0,1:0", "0:1,1:0", "0:1,1:1"]


async def test_stream_is_filtered_but_counts_on(opened: Open, add: Add, readers: Told) -> None:
    client = await opened()
    async with client.get("/events?lang=en") as answer:
        await _until(lambda: len(readers) == 1)
        readers.tell(add("1"))
        readers.tell(add("2", lang="en"))
        assert (await told(answer))[1] == "0:1"


async def test_reader_of_a_log_that_is_gone_reloads(opened: Open, add: Add) -> None:
    add("1")
    client = await opened()
    async with client.get("/events", headers={"Last-Event-ID": "0:900"}) as answer:
        assert (await told(answer))[:2] == ("gap", "0:0")


async def test_stream_waits_until_the_backlog_is_there(opened: Open, add: Add, readers: Told) -> None:
    readers.opened.clear()
    client = await opened()
    async with client.get("/events", headers={"Last-Event-ID": "0:0"}) as answer:
        add("1")
        add("2")
        readers.opened.set()
        assert (await told(answer))[:2] == ("article", "0:1")


async def test_slow_reader_is_told_to_reload(add: Add, readers: Told) -> None:
    with readers.reading() as queue:
        for number in range(MAX_WAITING + 1):
            readers.tell(add(str(number)))
        assert queue.get_nowait() is None
        assert queue.empty()


async def test_fifty_readers_are_told_the_same(opened: Open, add: Add, readers: Told) -> None:
    client = await opened()
    async with AsyncExitStack() as stack:
        streams = [await stack.enter_async_context(client.get("/events")) for _ in range(50)]
        await _until(lambda: len(readers) == 50)
        for number in range(20):
            readers.tell(add(str(number)))
        positions = {tuple([(await told(stream))[1] for _ in range(20)]) for stream in streams}
    assert positions == {tuple(f"0:{number}" for number in range(20))}


async def test_closed_page_leaves_no_reader(opened: Open, add: Add, readers: Told) -> None:
    client = await opened()
    async with client.get("/events"):
        await _until(lambda: len(readers) == 1)
    readers.tell(add("1"))
    await _until(lambda: len(readers) == 0)


async def _until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not holds():
            await asyncio.sleep(0.01)
