"""What comes out of the sample feeds: the right-hand column of seeds/README.md, item by item."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import orjson
import pytest

from connectors.feeds.pollonce import gather_sources, poll_sources
from events.article import Casualties, EnrichedArticle, RawArticle, Value
from events.repeat import Repeat
from events.wire import raw_article
from streams.local import Chain

SEEDS = Path(__file__).parents[2] / "seeds"
FILES = ("ayn-dijla.rss.xml", "nabd-alfurat.atom.xml", "sada-alashar.1256.rss.xml", "tigris-ledger.rss.xml")
ITEM = re.compile(r"<!-- ([a-z0-9-]+): .*? -->\s*<(?:item|entry)[ >]", re.S)
FETCHED = "2026-11-21T15:00:00.000Z"


@dataclass(frozen=True)
class Outcomes:
    """The raw article and the event of each item, by the item's name."""

    raw: dict[str, RawArticle]
    events: dict[str, EnrichedArticle]


def processed(raws: Iterable[RawArticle]) -> list[Value]:
    chain = Chain.up_to("all")
    return [chain.run(raw, f"seeds/0/{number}").value for number, raw in enumerate(raws)]


def slugs() -> list[str]:
    texts = ((SEEDS / name).read_bytes().decode("cp1256" if "1256" in name else "utf-8") for name in FILES)
    return [slug for text in texts for slug in ITEM.findall(text)]


@pytest.fixture(scope="module")
async def outcomes() -> Outcomes:
    sources, refused = gather_sources([], [SEEDS / "feeds.opml"])
    raws: list[RawArticle] = []
    summary = await poll_sources(sources, on_article=raws.append, on_refusal=pytest.fail)
    assert not refused and not summary.refused
    raws = [msgspec.structs.replace(raw, fetched_at=FETCHED) for raw in raws]
    made = processed(raws)
    assert all(isinstance(event, EnrichedArticle) for event in made)
    names = slugs()
    assert len(names) == len(raws)
    return Outcomes(dict(zip(names, raws, strict=True)), dict(zip(names, made, strict=True)))  # type: ignore[arg-type]


def toll(casualties: Casualties | None) -> dict[str, int | None]:
    if casualties is None:
        return {}
    counts = {"killed": casualties.killed, "injured": casualties.injured, "missing": casualties.missing}
    return {name: count.exact for name, count in counts.items() if count}


RELATED = {
    "toll-rises": ("revision", "toll-first"),
    "round-up": ("partial", "kashida-in-boilerplate"),
    "agency-copy": ("copy", "agency-copy-original"),
    "english-casualties": ("copy", "english-copy"),
}


def test_only_what_is_related_is_called_so(outcomes: Outcomes) -> None:
    assert {slug: event.relation for slug, event in outcomes.events.items()} == {
        slug: RELATED.get(slug, ("new", ""))[0] for slug in outcomes.events
    }


@pytest.mark.parametrize("slug", RELATED)
def test_relation_names_the_other_article(outcomes: Outcomes, slug: str) -> None:
    relates, other = outcomes.events[slug].relates_to, outcomes.events[RELATED[slug][1]]
    assert relates
    assert (relates.article_id, relates.revision) == (other.article_id, other.revision)
    assert outcomes.events[slug].story_id == other.story_id


def test_stories(outcomes: Outcomes) -> None:
    """Copies share a story and one independent source; own words on one event share it too; twins never."""
    events = outcomes.events
    assert events["same-event"].story_id == events["toll-first"].story_id
    assert events["same-event"].story.independent_sources == 2
    assert events["agency-copy"].story.independent_sources == 1
    assert events["template-twin-first"].story_id != events["template-twin-second"].story_id


TOLLS: dict[str, dict[str, int | None]] = {
    "toll-first": {"killed": 3, "injured": 7},
    "toll-rises": {"killed": 5, "injured": 9},
    "same-event": {"killed": 5, "injured": 9},
    "arabic-indic-digits": {"killed": 4, "injured": 12},
    "background-toll": {"killed": 2, "injured": 3},
    "hamza-less": {"killed": 2, "injured": 11},
    "english-copy": {"killed": 4, "injured": None},
    "english-casualties": {"killed": 4, "injured": None},
}


def test_tolls_and_no_others(outcomes: Outcomes) -> None:
    found = {slug: toll(event.casualties) for slug, event in outcomes.events.items()}
    assert found == {slug: TOLLS.get(slug, {}) for slug in found}


def test_bounds_and_background(outcomes: Outcomes) -> None:
    injured = outcomes.events["english-copy"].casualties.injured  # type: ignore[union-attr]
    assert injured and (injured.min, injured.max) == (9, None)
    others = {
        slug: event.casualties_other for slug, event in outcomes.events.items() if event.casualties_other
    }
    assert others.keys() == {"background-toll"}
    (other,) = others["background-toll"]
    assert (other.role, toll(other)) == ("background", {"killed": 11})


def test_rising_toll_is_told_as_a_change(outcomes: Outcomes) -> None:
    relates = outcomes.events["toll-rises"].relates_to
    assert relates and {"title", "figure"} <= {change.kind for change in relates.changes}


REMOVED = {
    "kashida-in-boilerplate": ["read_also", "read_also"],
    "body-twice": ["repeated"],
    "share-bar": ["share_bar", "share_bar"],
    "credit": ["credit", "credit", "self_promo"],
    "kashida-and-marks": ["read_also"],
    "english-boilerplate": ["read_also", "self_promo", "share_bar"],
}


def test_boilerplate_and_nothing_else_is_cut(outcomes: Outcomes) -> None:
    found = {
        slug: sorted(cut.kind for cut in event.removed if cut.kind != "dateline")
        for slug, event in outcomes.events.items()
    }
    assert found == {slug: REMOVED.get(slug, []) for slug in found}


DATELINES = {
    "kashida-in-boilerplate": ("صلاح الدين", "عين دجلة"),
    "body-twice": ("الموصل", "عين دجلة"),
    "toll-first": ("الأنبار", "عين دجلة"),
    "arabic-indic-digits": ("الكوت", "عين دجلة"),
    "agency-copy-original": ("بغداد", "واع"),
    "dateline-with-date": ("النجف", "نبض الفرات"),
    "background-toll": ("ديالى", "نبض الفرات"),
    "hamza-less": ("البصرة", "صدى العشار"),
    "english-casualties": ("KIRKUK", "Tigris Ledger"),
    "share-bar": None,
    "round-up": None,
}


@pytest.mark.parametrize("slug", DATELINES)
def test_dateline(outcomes: Outcomes, slug: str) -> None:
    dateline = outcomes.events[slug].dateline
    assert (dateline and (dateline.place, dateline.agency)) == DATELINES[slug]


def test_headings(outcomes: Outcomes) -> None:
    found = {
        slug: [one.text for one in event.headings]
        for slug, event in outcomes.events.items()
        if event.headings
    }
    assert found == {"sub-headings": ["بساتين تتراجع", "سدّ لم يبدأ بعد"]}
    event = outcomes.events["sub-headings"]
    assert [event.text[one.start : one.end] for one in event.headings] == found["sub-headings"]


def test_quotations_with_mixed_marks(outcomes: Outcomes) -> None:
    event = outcomes.events["mixed-quotes"]
    assert [quote.text.split()[0] for quote in event.quotes] == ["لن", "الكتل", "لجنة", "ما"]
    assert (event.quotes[0].speaker or "").endswith("عادل الخفاجي")


def test_texts_are_clean(outcomes: Outcomes) -> None:
    events = outcomes.events
    assert (
        events["double-escaped-title"].title == 'عاجل | إغلاق منفذ "الشلامجة" مؤقتاً أمام المسافرين & الشاحنات'
    )
    assert events["titleless"].title == ""
    assert events["headline-only"].text == ""
    assert events["presentation-forms"].title == "محكمة جنايات بابل تصدر حكماً بحق مهرّب آثار"
    assert len(events["body-twice"].text.split("\n")) == 4
    for event in events.values():
        odd = "[\u0640\ufe70-\ufeff\u202a-\u202e\u2066-\u2069\u200e\u200f\u00a0]"
        assert not re.search(odd, event.title + event.text)
        assert "&amp;" not in event.title and "<" not in event.title


def test_identity_without_guid_or_link(outcomes: Outcomes) -> None:
    raw = outcomes.raw
    assert (raw["no-guid"].url, raw["neither-guid-nor-link"].url) == (
        "https://ayn-dijla.example/economy/48125/",
        None,
    )
    assert raw["neither-guid-nor-link"].item_id
    assert raw["dateline-with-date"].url == "https://nabd-alfurat.example/news/7701"


def test_arabic_month_names_are_a_date(outcomes: Outcomes) -> None:
    event = outcomes.events["arabic-month-date"]
    assert (event.published_at[:10], event.published_source) == ("2026-11-21", "feed")
    assert event.published_raw == "السبت 21 تشرين الثاني 2026 - 09:40"


def test_languages(outcomes: Outcomes) -> None:
    english = {slug for slug, event in outcomes.events.items() if event.lang.startswith("en")}
    assert english == {
        "english-copy",
        "english-casualties",
        "english-boilerplate",
        "headline-only",
        "markets",
    }
    assert {outcomes.events[slug].dir for slug in english} == {"ltr"}


def changes(made: Any) -> list[str]:
    return sorted({change.kind for change in made.relates_to.changes}) if made.relates_to else []


def test_later_fetches() -> None:
    lines = (SEEDS / "later-fetches.jsonl").read_bytes().splitlines()
    made = processed(raw_article(orjson.loads(line)) for line in lines)
    assert isinstance(made[1], Repeat)
    told = [(event.relation, event.revision) for event in made if isinstance(event, EnrichedArticle)]
    assert told == [("new", 1), ("revision", 2), ("revision", 3), ("revision", 4), ("revision", 5)]
    assert changes(made[2]) == ["typo"]
    assert changes(made[3]) == ["figure", "title"]
    assert changes(made[4]) == ["text"]
    assert "withdrawn" in changes(made[5])
