"""Alerts, health of the feeds and lag as pages and as JSON."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from events.alert import Pair, Toll
from events.article import Count
from marsad.lag import Lag
from marsad.web.alerts import AlertQuery
from marsad.web.memory import Memory
from marsad.web.panels import FeedQuery, alerts_page, feeds_page, lag_page
from marsad.web.query import Query
from marsad.web.render import page
from marsad.web.texts import LANGUAGES, texts
from marsad.web.watch import Watch
from tests.web.document import HOSTILE, Document, assert_inert
from tests.web.making import FOLLOWED, PAGED, Add, connected, told

NOW = datetime(2026, 11, 21, 8, 5, tzinfo=UTC)
replace = msgspec.structs.replace


@pytest.fixture
def memory() -> Memory:
    return connected(clock=lambda: NOW)


def alerts(memory: Memory, query: AlertQuery | None = None, lang: str = "en") -> Document:
    return Document(alerts_page(memory, query or AlertQuery(), texts(lang)))


def feeds(memory: Memory, query: FeedQuery | None = None, lang: str = "en") -> Document:
    return Document(feeds_page(memory, query or FeedQuery(), texts(lang)))


def test_alert_tells_all_it_has_to(memory: Memory) -> None:
    killed = Toll(killed=Count(min=7, max=7, exact=7))
    told(memory, replace(PAGED, casualties=killed, reason="toll_rises"))
    document = alerts(memory)
    for word in (
        "critical",
        "حصيلة",
        "the toll rises",
        "killed 7",
        "team",
        "iraq",
        "summary",
        "ارتفعت الحصيلة",
    ):
        assert word in document.text, word
    assert any(one["href"] == "/stories/s0" for one in document.named("a"))
    assert any(one["href"] == "/alerts?rule=toll" for one in document.named("a"))
    assert "حرج" in alerts(memory, lang="ar").text


def test_alerts_newest_first_and_once(memory: Memory) -> None:
    later = replace(PAGED, alert_id="al1", title="later", occurred_at="2026-11-21T08:01:00.000Z")
    told(memory, later, PAGED, PAGED)
    assert [one.title for one in memory.alerts.newest(AlertQuery())] == ["later", "خبر"]


def test_alerts_are_filtered_by_address(memory: Memory) -> None:
    told(memory, PAGED, replace(PAGED, alert_id="al1", rule_id="road", severity="info", title="طريق"))
    assert "طريق" not in alerts(memory, AlertQuery(severity="critical")).text
    assert [one["selected"] for one in alerts(memory, AlertQuery(rule="road")).named("option")
            if one["value"] == "road"] == [None]  # fmt: skip
    assert "No alerts match" in alerts(memory, AlertQuery(rule="none")).text


def test_front_page_tells_the_newest_alerts(memory: Memory, add: Add) -> None:
    for number in range(5):
        told(memory, replace(PAGED, alert_id=f"al{number}", occurred_at=f"2026-11-21T07:0{number}:00.000Z"))
    document = Document(page(memory, Query(), texts("en")))
    assert len(document.named("ul", "alerts")) == 1
    assert len(document.named("li", "story")) == 3


def test_feed_that_fails_says_what_since_when_and_what_next(memory: Memory) -> None:
    failing = replace(
        FOLLOWED, feed_id="f1", source_name="نبض", status="failing", errors=3, last_error="HTTP 503",
        failing_since="2026-11-21T07:00:00.000Z",
    )  # fmt: skip
    told(memory, FOLLOWED, failing)
    document = feeds(memory)
    assert "HTTP 503 (3 times in a row)" in document.text
    assert document.text.index("نبض") < document.text.index("عين")  # what is wrong comes first
    assert "2026-11-21 07:00 UTC" in document.text
    assert "2026-11-21 08:10 UTC" in document.text
    assert "1 with faults" in document.text
    assert len(document.named("li", "well")) == len(document.named("li", "faulty")) == 1
    assert "متعثرة" in feeds(memory, lang="ar").text


def test_feeds_say_the_words_of_the_command(memory: Memory) -> None:
    gone = replace(FOLLOWED, status="gone", last_error="HTTP 410", failing_since=FOLLOWED.last_polled_at)
    told(memory, gone)
    (row,) = memory.feeds.rows(NOW)
    from marsad.subscriptions import row as listed

    assert row.as_dict() == listed(gone, NOW)
    assert row.said.wrong in feeds(memory).text


@pytest.mark.parametrize(
    ("fault", "changes", "arabic"),
    [
        ("gone", {"status": "gone", "last_error": "HTTP 410"}, "(HTTP 410)"),
        (
            "blocked",
            {"status": "blocked", "errors": 2, "last_error": "HTTP 403"},
            "الخادم يرفضنا: HTTP 403 (عدد المرات المتتالية: 2)",
        ),
        ("failing", {"status": "failing", "errors": 1, "last_error": "timed out"}, "تعذّر الجلب: timed out"),
        ("overdue", {"next_poll_at": "2026-11-21T07:00:00.000Z"}, "ولا يفحصها أحد"),
        ("unpolled", {"last_polled_at": None}, "لم تُفحص بعد"),
        ("silent", {"silent_since": "2026-11-19T06:00:00.000Z"}, "خلافاً لعادتها"),
        ("moved", {"moved_to": "https://new.example/"}, "انتقلت إلى https://new.example/"),
    ],
)
def test_every_fault_has_words_in_both_languages(
    memory: Memory, fault: str, changes: dict[str, object], arabic: str
) -> None:
    told(memory, replace(FOLLOWED, **changes))
    (row,) = memory.feeds.rows(NOW)
    assert row.said.fault == fault
    assert row.said.wrong in feeds(memory).text
    assert arabic in feeds(memory, lang="ar").text


def test_feeds_are_filtered_by_address(memory: Memory) -> None:
    told(
        memory,
        FOLLOWED,
        replace(FOLLOWED, feed_id="f1", feed_url="https://other.example/", source_name="Ledger"),
    )
    assert len(feeds(memory, FeedQuery(q="ledger")).named("li", "feed")) == 1
    assert feeds(memory, FeedQuery(status="gone")).named("li", "feed") == []
    assert "No feeds match" in feeds(memory, FeedQuery(status="gone")).text


def test_removed_feed_is_no_longer_shown(memory: Memory) -> None:
    from tests.web.making import FeedRecord

    told(memory, FOLLOWED)
    memory.feeds.hear(FeedRecord(b"f0", None))
    assert len(memory.feeds) == 0


LAGS = [Lag("normalize", "marsad-normalize", "news.articles.raw.v1", 12, 3.4),
        Lag("dedupe", "marsad-dedupe", "news.articles.normalized.v1", 0, 0.0)]  # fmt: skip


async def measured(watch: Watch) -> None:
    """Run a watch until it has measured once."""
    keeping = asyncio.create_task(watch.keep(every=3600))
    await watch.fresh(patience=60)
    keeping.cancel()


async def test_lag_tells_records_and_seconds_of_each_stage() -> None:
    async def measure() -> Sequence[Lag]:
        return LAGS

    memory = connected(watch=Watch(measure, clock=lambda: NOW))
    await measured(memory.watch)
    document = Document(lag_page(memory, "", texts("en")))
    assert len(document.named("tr")) == 3
    for word in ("normalize", "12", "3.4", "news.articles.raw.v1", "2026-11-21 08:05 UTC"):
        assert word in document.text
    assert "Lag 12" in document.text
    assert "التطبيع" in Document(lag_page(memory, "", texts("ar"))).text


@pytest.mark.parametrize("error", [OSError("the broker is away"), ZeroDivisionError("a bug")])
async def test_lag_that_cannot_be_measured_says_so_and_keeps_the_old(error: Exception) -> None:
    answers = iter([LAGS])

    async def measure() -> Sequence[Lag]:
        for found in answers:
            return found
        raise error

    clock = [NOW]
    memory = connected(watch=Watch(measure, clock=lambda: clock[0]))
    assert "not been measured" in Document(lag_page(memory, "", texts("en"))).text
    await measured(memory.watch)
    clock[0] = NOW + timedelta(minutes=5)
    await measured(memory.watch)
    document = Document(lag_page(memory, "", texts("en")))
    assert "figures are old" in document.text
    assert "12" in document.text


@pytest.mark.parametrize("lang", LANGUAGES)
async def test_hostile_records_stay_text(memory: Memory, lang: str) -> None:
    pair = (Pair(name=HOSTILE, value=HOSTILE),)
    told(
        memory,
        replace(
            PAGED, alert_id=HOSTILE, rule_id=HOSTILE, rule_name=HOSTILE, title=HOSTILE, lang=HOSTILE,
            labels=pair, annotations=pair, story_id=HOSTILE, occurred_at=HOSTILE, source_name=HOSTILE,
            deliver_after=HOSTILE, url="javascript:alert(1)",
        ),
        replace(
            FOLLOWED, feed_url="javascript:alert(1)//" + HOSTILE, source_name=HOSTILE, status="gone",
            last_error=HOSTILE, failing_since=HOSTILE, last_new_at=HOSTILE,
        ),
    )  # fmt: skip

    async def measure() -> Sequence[Lag]:
        return [Lag(HOSTILE, HOSTILE, HOSTILE, 1, 1.0)]

    memory.watch = Watch(measure)
    await measured(memory.watch)
    for document in (
        alerts(memory, AlertQuery(severity=HOSTILE, rule=HOSTILE), lang),
        alerts(memory, None, lang),
        feeds(memory, FeedQuery(q=HOSTILE, status=HOSTILE), lang),
        feeds(memory, None, lang),
        Document(lag_page(memory, HOSTILE, texts(lang))),
        Document(page(memory, Query(), texts(lang))),
    ):
        assert_inert(document)
