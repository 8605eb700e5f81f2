"""Enriched events to show, made by hand so that each test says what it is about."""

from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest
from aiohttp.test_utils import TestClient, TestServer

from events.article import EnrichedArticle, RelatesTo
from marsad.web.board import Board, Entry, entry
from marsad.web.memory import Memory
from marsad.web.server import application
from tests.web.making import PLAIN, Add, Client, Make, Open, Told, connected


@pytest.fixture
def make() -> Make:
    """An event that differs from a plain one in what is given; `name` stands for all its ids."""

    def made(name: str = "0", **changes: Any) -> EnrichedArticle:
        ids = {"event_id": f"e{name}", "article_id": f"a{name}", "story_id": f"s{name}"}
        if changes.get("relation", "new") != "new":
            changes.setdefault("relates_to", RelatesTo(article_id="a0", revision=1, similarity=0.97))
        return msgspec.structs.replace(PLAIN, **(ids | changes))

    return made


@pytest.fixture
def memory() -> Memory:
    """What the page knows, with every backlog read."""
    return connected()


@pytest.fixture
def board(memory: Memory) -> Board:
    return memory.board


@pytest.fixture
def add(board: Board, make: Make) -> Add:
    """Put an event on the board, in partition 0 at the next offset unless told otherwise."""

    def added(name: str = "0", partition: int = 0, offset: int | None = None, **changes: Any) -> Entry:
        here = board.position.get(partition, -1) + 1 if offset is None else offset
        new = entry(make(name, **changes), partition, here, 1_000)
        board.add(new)
        return new

    return added


@pytest.fixture
def readers(memory: Memory) -> Told:
    return memory.readers


@pytest.fixture
async def opened(memory: Memory) -> AsyncIterator[Open]:
    clients: list[Client] = []

    async def open_client(token: str | None = None) -> Client:
        clients.append(TestClient(TestServer(application(memory, token), host="127.0.0.1")))
        await clients[-1].start_server()
        return clients[-1]

    yield open_client
    for client in clients:
        await client.close()
