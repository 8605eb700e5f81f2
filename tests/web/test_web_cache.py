"""A page is made once for those who ask at the same time, and anew for every change."""

from aiohttp.test_utils import TestClient, TestServer

from marsad.web.cache import LONGEST, MOST, Cache
from marsad.web.memory import Memory
from marsad.web.server import application
from tests.web.making import PAGED, Add, story, told


def test_made_once_until_something_changes_or_time_passes() -> None:
    clock, made = [100.0], list[int]()

    def make() -> str:
        made.append(1)
        return str(len(made))

    cache = Cache(clock=lambda: clock[0])
    assert [cache.get("a", 1, make), cache.get("a", 1, make), cache.get("b", 1, make)] == ["1", "1", "2"]
    assert cache.get("a", 2, make) == "3"
    clock[0] += LONGEST + 1
    assert cache.get("a", 2, make) == "4"


def test_bounded_by_number() -> None:
    cache = Cache()
    for number in range(3 * MOST):
        cache.get(number, 1, lambda: "page")
    assert len(cache._kept) <= MOST


async def test_every_change_is_seen_at_once(memory: Memory, add: Add) -> None:
    async with TestClient(TestServer(application(memory), host="127.0.0.1")) as client:

        async def shown() -> str:
            return await (await client.get("/?ui=en")).text()

        add("1", title="first")
        assert "first" in await shown()
        add("2", title="second")
        assert "second" in await shown()
        told(memory, story("s1", title="taken in", status="merged", merged_into="s2"))
        assert "taken in" in await shown()
        told(memory, PAGED)
        assert "Newest alerts" in await shown()
        memory.board.connected = False
        assert "No connection to Kafka" in await shown()
        assert "الأخبار كما تصل" in await (await client.get("/?ui=ar")).text()
        memory.board.clear()
        assert "second" not in await shown()
