"""What readers cost the page: `python -m benchmarks.page [EVENTS]`, CPU seconds of its process alone.

The readers run in another process; each holds a stream open and reads every event. Then the front page: made
for one reader, and asked for by fifty at once.
"""

import asyncio
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import aiohttp
import msgspec

from marsad.web.memory import Memory
from marsad.web.query import Query
from tests.browser.sample import publish, sample, served

READERS = (0, 1, 50)
EVENTS = 1_000

READER = """
import asyncio, sys, aiohttp
async def read(client, site, last):
    async with client.get(site + "/events?since=") as stream:
        await stream.content.readuntil(last)
async def main(site, readers, last):
    limits = dict(connector=aiohttp.TCPConnector(limit=0), read_bufsize=1 << 26)
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(None), **limits) as client:
        await asyncio.gather(*(read(client, site, last.encode()) for _ in range(readers)))
asyncio.run(main(sys.argv[1], int(sys.argv[2]), sys.argv[3]))
"""


@contextmanager
def measured(name: str, among: int) -> Iterator[None]:
    """Print the CPU time of the block, in all and for one of `among`."""
    started = time.process_time()
    yield
    spent = time.process_time() - started
    print(f"{name:<44} {spent:7.2f} s CPU  {1000 * spent / among:8.3f} ms each")


async def streamed(readers: int, events: int) -> None:
    """Publish events to a page with that many readers, until all of them have read all."""
    memory = await sample()
    some = [known.event for known in memory.board.newest(Query())]
    async with served(memory) as site:
        last = f'"event_id":"n{events - 1}"'
        command = (sys.executable, "-c", READER, site, str(readers), last)
        process = await asyncio.create_subprocess_exec(*command)
        while len(memory.readers) < readers:
            await asyncio.sleep(0.05)
        with measured(f"{events} events, {readers} readers", events):
            await _publish(memory, some, events)
            assert await process.wait() == 0


async def _publish(memory: Memory, some: list, events: int) -> None:  # type: ignore[type-arg]
    for number in range(events):
        model = some[number % len(some)]
        names = {"event_id": f"n{number}", "article_id": f"a{number}", "story_id": f"s{number}"}
        publish(memory, msgspec.structs.replace(model, **names))
        await asyncio.sleep(0.002)


async def front_page() -> None:
    """Ask for the front page of a full board."""
    memory = await sample()
    await _publish(memory, [known.event for known in memory.board.newest(Query())], 2_000)
    async with served(memory) as site, aiohttp.ClientSession() as client:
        await (await client.get(site)).read()
        memory.board.version += 1
        with measured("front page of 2,000 events, one reader", 1):
            await (await client.get(site)).read()
        memory.board.version += 1
        with measured("front page, fifty readers at once", 50):
            answers = await asyncio.gather(*(client.get(site) for _ in range(50)))
            assert {answer.status for answer in answers} == {200}


async def main(events: int) -> None:
    """Print all of it."""
    for readers in READERS:
        await streamed(readers, events)
    await front_page()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else EVENTS))
