"""A page with something on it: our sample articles through the real stages and rules, feeds in all states.

Also what the screenshots in docs/ show (`make screenshots`).
"""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from aiohttp import web

from connectors.feeds.pollonce import gather_sources, poll_sources
from events.article import EnrichedArticle, RawArticle
from events.feed import Feed
from events.wire import decode, encode
from marsad.lag import Lag
from marsad.web.board import entry
from marsad.web.memory import Memory
from marsad.web.server import application
from marsad.web.watch import Watch
from streams.alert import read_rules
from streams.alert.trial import Trial
from streams.local import Chain
from tests.web.making import FOLLOWED, connected, told

SEEDS = Path(__file__).parents[2] / "seeds"
FETCHED = "2026-11-21T15:00:00.000Z"
NOW = datetime(2026, 11, 21, 15, 4, tzinfo=UTC)

RULES = """
rules:
  - id: toll
    name: حصيلة قتلى ترتفع
    query: killed:>=4 AND lang:ar
    severity: critical
    labels: {team: iraq-desk}
    annotations: {summary: "{title}: {killed} قتيل في {place}"}
  - id: blasts
    name: Blasts
    query: topic:"medtop:20000055" OR bomb
    severity: warning
    labels: {team: security}
"""

replace = msgspec.structs.replace
STATES: tuple[Feed, ...] = (
    replace(FOLLOWED, feed_id="ayn", feed_url="https://ayn-dijla.example/rss.xml", source_name="عين دجلة",
            last_new_at="2026-11-21T14:52:00.000Z", next_poll_at="2026-11-21T15:10:00.000Z"),
    replace(FOLLOWED, feed_id="tigris", feed_url="https://tigris-ledger.example/rss.xml",
            source_name="Tigris Ledger", next_poll_at="2026-11-21T15:12:00.000Z"),
    replace(FOLLOWED, feed_id="nabd", feed_url="https://nabd-alfurat.example/atom.xml",
            source_name="نبض الفرات", status="failing", errors=4, last_error="HTTP 503: Service Unavailable",
            failing_since="2026-11-21T13:20:00.000Z", next_poll_at="2026-11-21T15:30:00.000Z"),
    replace(FOLLOWED, feed_id="sada", feed_url="https://sada-alashar.example/rss.xml",
            source_name="صدى العشار", status="silent", silent_since="2026-11-19T06:00:00.000Z",
            last_new_at="2026-11-19T06:00:00.000Z", next_poll_at="2026-11-21T15:20:00.000Z"),
    replace(FOLLOWED, feed_id="old", feed_url="https://old.example/feed", source_name="Old Bulletin",
            status="gone", last_error="HTTP 410: Gone", failing_since="2026-11-20T09:00:00.000Z",
            next_poll_at=None),
)  # fmt: skip


async def _raws() -> list[RawArticle]:
    sources, _ = gather_sources([], [SEEDS / "feeds.opml"])
    raws: list[RawArticle] = []
    await poll_sources(sources, on_article=raws.append, on_refusal=print)
    raws = [replace(raw, fetched_at=FETCHED) for raw in raws]
    lines = (SEEDS / "later-fetches.jsonl").read_bytes().splitlines()
    return [*(decode(line, RawArticle) for line in lines), *raws]


def _some(raws: list[RawArticle], most: int | None) -> list[RawArticle]:
    """Give the first and the last: later fetches of one article at one end, English at the other."""
    return raws if most is None else raws[: most // 2] + raws[-most // 2 :]


def _events(raws: Iterable[RawArticle]) -> list[EnrichedArticle]:
    chain = Chain.up_to("all")
    made = (chain.run(raw, f"seeds/0/{number}").value for number, raw in enumerate(raws))
    return [event for event in made if isinstance(event, EnrichedArticle)]


async def _lags() -> list[Lag]:
    return [
        Lag("normalize", "marsad-normalize", "news.articles.raw.v1", 0, 0.0),
        Lag("dedupe", "marsad-dedupe", "news.articles.normalized.v1", 41, 1.7),
        Lag("tag", "marsad-tag", "news.articles.deduped.v1", 3, 0.2),
        Lag("alert", "marsad-alert", "news.articles.enriched.v1,news.alerts.matches.v1", 0, 0.0),
    ]


async def sample(most: int | None = None) -> Memory:
    """Give a page's memory with all of it, or with no more than `most` articles."""
    memory = connected(clock=lambda: NOW, watch=Watch(_lags, clock=lambda: NOW))
    trial = Trial(read_rules(RULES).rules)
    for event in _events(_some(await _raws(), most)):
        publish(memory, event)
        told(memory, *trial.take(event))
    told(memory, *STATES)
    return memory


def publish(memory: Memory, event: EnrichedArticle) -> None:
    """Let an event come in, as from the log."""
    offset = memory.board.position.get(0, -1) + 1
    made = entry(event, 0, offset, len(encode(event)))
    if memory.board.add(made):
        memory.readers.tell(made)


@asynccontextmanager
async def served(memory: Memory, port: int = 0) -> AsyncIterator[str]:
    """Serve a page's memory on loopback; gives its address."""
    runner = web.AppRunner(application(memory), access_log=None, shutdown_timeout=0.2)
    await runner.setup()
    keeper = asyncio.create_task(memory.watch.keep())
    try:
        await web.TCPSite(runner, "127.0.0.1", port).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        keeper.cancel()
        await runner.cleanup()
