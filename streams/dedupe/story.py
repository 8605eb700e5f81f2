"""Which story an article belongs to, and how that story stands after it.

Copies, parts and revisions belong to the story of what they relate to. A new article joins the story of the
recent article that is most like it by TF-IDF of light stems over title and beginning (the best plain measure
on Arabic, ARABIC.md 3.3) with what is specific to both (sameness.py), if the likeness is clear and the facts
do not speak against it; else it founds a story of its own. A story that nobody adds to for the story window
is over.

Independent sources are counted by voice: a copy has the voice of its original, agency text that of its
agency.
"""

import re
from collections.abc import Iterator
from datetime import timedelta
from math import log2

from events.article import Article
from events.identity import digest
from events.story import Story
from events.times import parse_instant, wire_time
from streams.dedupe import tally
from streams.dedupe.candidates import Candidates
from streams.dedupe.conflict import conflicts
from streams.dedupe.entry import Entry, StoryState
from streams.dedupe.relation import Refused, facts_of, overlap
from streams.dedupe.sameness import MOST_WORTH, lost_by_time, shared
from streams.dedupe.sight import Sight
from streams.dedupe.terms import Vector
from streams.dedupe.words import tables, word
from streams.text.fold import match

_SHORT_NEEDS, _OTHER_NAMES = 0.25, 0.10
_OWN_WORDS, _PHRASES = 0.12, 0.30
_DRIFT = 0.02
MAX_NAMES, MAX_NAME, MAX_TITLE = 16, 80, 1_000
_WORDS = re.compile(r"\w+")
LAST_TIME = "9999-12-31T23:59:59.999Z"


def voice_of(article: Article) -> str:
    """Give who speaks in `article`: its agency where it credits one, else its source."""
    agency = match(article.agency, article.lang) if article.agency else ""
    return f"agency:{agency}" if agency else f"source:{article.source_id}"


def founded(
    sight: Sight, article_id: str, voice: str, revision: int = 1, split_from: str | None = None
) -> StoryState:
    """Give the story that the article at hand founds, with a later revision by leaving another one."""
    article = sight.article
    sources, source_counts = tally.pack({tally.member(article.source_id): 1})
    voices, voice_counts = tally.pack({tally.member(voice): 1})
    again = () if revision == 1 else (str(revision),)
    return StoryState(
        story_id=digest("story", article.shard, article_id, *again),
        title=article.title,
        articles=1,
        sources=sources,
        voices=voices,
        first_seen_at=article.fetched_at,
        last_changed_at=article.fetched_at,
        last_article_id=article_id,
        origins=(origin_of(voice),),
        places=places_of(sight),
        source_counts=source_counts,
        voice_counts=voice_counts,
        split_from=split_from,
    )


def joined(story: StoryState, sight: Sight, article_id: str, voice: str, *, new: bool) -> StoryState:
    """Give `story` with one more article in it, or (`new` false) with another revision of one."""
    article = sight.article
    came = {tally.member(article.source_id): int(new)}
    sources, source_counts = tally.pack(tally.plus(tally.read(story.sources, story.source_counts), came))
    spoke = {tally.member(voice): 1} if new else {}
    voices, voice_counts = tally.pack(tally.plus(tally.read(story.voices, story.voice_counts), spoke))
    return StoryState(
        story_id=story.story_id,
        title=story.title or article.title,
        articles=story.articles + new,
        sources=sources,
        voices=voices,
        first_seen_at=min(story.first_seen_at, article.fetched_at),
        last_changed_at=max(story.last_changed_at, article.fetched_at),
        last_article_id=article_id,
        origins=_some((*story.origins, origin_of(voice))) if new else story.origins,
        places=_placed(story.places + places_of(sight)),
        source_counts=source_counts,
        voice_counts=voice_counts,
        split_from=story.split_from,
    )


def united(stories: list[StoryState]) -> tuple[StoryState, StoryState | None]:
    """Give the story that goes on and the one that becomes part of it, of the first two that differ.

    The earlier one goes on; of two that began at one moment, the one whose id is smaller.
    """
    first = stories[0]
    other = next((story for story in stories if story.story_id != first.story_id), None)
    if other is None:
        return first, None
    kept, gone = sorted((first, other), key=lambda story: (story.first_seen_at, story.story_id))
    return _merged(kept, gone), gone


def _merged(kept: StoryState, gone: StoryState) -> StoryState:
    (sources, source_counts), (voices, voice_counts) = (
        tally.pack(tally.plus(tally.read(*mine), tally.read(*other)))
        for mine, other in (
            ((kept.sources, kept.source_counts), (gone.sources, gone.source_counts)),
            ((kept.voices, kept.voice_counts), (gone.voices, gone.voice_counts)),
        )
    )
    return StoryState(
        story_id=kept.story_id,
        title=kept.title or gone.title,
        articles=kept.articles + gone.articles,
        sources=sources,
        voices=voices,
        first_seen_at=kept.first_seen_at,
        last_changed_at=max(kept.last_changed_at, gone.last_changed_at),
        last_article_id=kept.last_article_id,
        origins=_some(kept.origins + gone.origins),
        places=_placed(kept.places + gone.places),
        source_counts=source_counts,
        voice_counts=voice_counts,
        split_from=kept.split_from,
    )


def origin_of(voice: str) -> str:
    """Give the name of a voice, `agency:NAME` or `source:ID`, at a bounded length."""
    return voice[:MAX_NAME]


def _some(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))[:MAX_NAMES]


def _placed(places: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    """Give each place once, under the name it had first."""
    first: dict[str, str] = {}
    for key, name in places:
        first.setdefault(key, name)
    return tuple(first.items())[:MAX_NAMES]


def places_of(sight: Sight) -> tuple[tuple[str, str], ...]:
    """Give the places of an article's dateline and title, each by its stem and its name as written."""
    article, found = sight.article, list[tuple[str, str]]()
    if article.dateline and article.dateline.place:
        name = article.dateline.place[:MAX_NAME]
        found.append((" ".join(word(text).stem for text in match(name, article.lang).split()), name))
    if not tables().places.isdisjoint([word(text).stem for text in sight.features.title_words]):
        found.extend(_title_places(article))
    return _placed(tuple(found))


def _title_places(article: Article) -> Iterator[tuple[str, str]]:
    """Give the names of the table in a title: whole words, but for a و, ب or ل before them."""
    for written in _WORDS.findall(article.title[:MAX_TITLE]):
        text = match(written, article.lang)
        stem = word(text).stem
        if stem not in tables().places or stem in tables().names:
            continue
        name = tables().place_names[stem]
        if text.endswith(name):
            # Written as the article writes it, unless marks on its letters make it longer.
            yield stem, written[-len(name) :] if len(written) == len(text) else name
        elif text.startswith("لل") and name == f"ال{text[2:]}":
            yield stem, name


def story_event(state: StoryState, lang: str, window_ms: int, merged_into: str | None = None) -> Story:
    """Give the value that goes to the stories topic; the story is over `window_ms` after its last article."""
    counts = state.counts()
    return Story(
        story_id=state.story_id,
        title=state.title,
        lang=lang,
        articles=counts.articles,
        sources=counts.sources,
        independent_sources=counts.independent_sources,
        first_seen_at=state.first_seen_at,
        last_changed_at=state.last_changed_at,
        last_article_id=state.last_article_id,
        origins=state.origins,
        places=tuple(name for _, name in state.places),
        status="merged" if merged_into else "open",
        split_from=state.split_from,
        merged_into=merged_into,
        ends_at=state.last_changed_at if merged_into else later(state.last_changed_at, window_ms),
    )


def merged_event(entry: Entry, lang: str) -> Story | None:
    """Give the last event of the story that `entry` made part of another one, if it did."""
    if entry.merged is None or entry.story is None:
        return None
    return story_event(entry.merged, lang, 0, entry.story.story_id)


def later(wire: str, milliseconds: int) -> str:
    """Give the wire time so much after another; the last one there is, where that lies beyond it."""
    try:
        return wire_time(parse_instant(wire) + timedelta(milliseconds=milliseconds))
    except OverflowError:
        return LAST_TIME


def joinable(sight: Sight, found: Candidates, refused: list[Refused]) -> list[StoryState]:
    """Give the latest states of the stories that a new article clearly belongs to, the likest first.

    More than one only where the article is so like articles of each that the stories are one.

    `refused` are texts that read alike but tell of other things: their stories are not this one's.
    """
    barred = {_story_id(twin.entry) for twin in refused if _bars(sight, twin.entry, twin.kinds)}
    best: dict[str, tuple[float, float, StoryState]] = {}
    for entry in map(sight.read, found.alike):
        if entry is None or _story_id(entry) in barred or not _near(sight, entry):
            continue
        cosine = round(sight.keys.weighed.cosine(sight.memory, Vector.remembered(entry)), 9)
        score = _score(sight, entry, cosine)
        story = sight.latest_of_story(entry) if score is not None else None
        if score is None or story is None or not _open(sight, story):
            continue
        if score < _crowded(sight, story):
            continue
        if (score, cosine) > best.get(story.story_id, (0.0, 0.0))[:2]:
            best[story.story_id] = (score, cosine, story)
    ranked = sorted(best.values(), key=lambda scored: -scored[0])
    return [
        story for place, (_, cosine, story) in enumerate(ranked)
        if not place or (cosine >= sight.settings.merge_cosine and story.story_id not in barred)
    ]  # fmt: skip


def _story_id(entry: Entry) -> str:
    return entry.story.story_id if entry.story else ""


def _near(sight: Sight, entry: Entry) -> bool:
    return sight.within(entry, sight.settings.story_window_ms)


def _crowded(sight: Sight, story: StoryState) -> float:
    """Give what is needed for a story of many articles: one by one they drift from an event to a topic."""
    return sight.settings.story_score + _DRIFT * log2(story.articles)


def _open(sight: Sight, story: StoryState) -> bool:
    """Say whether the article's time lies within the story, or at most a window before or after it.

    The story as a whole counts: an article of its first day may come late, on its fifth.
    """
    window = timedelta(milliseconds=sight.settings.story_window_ms)
    at = parse_instant(sight.article.fetched_at)
    before, after = parse_instant(story.first_seen_at) - at, at - parse_instant(story.last_changed_at)
    return before <= window and after <= window


def _bars(sight: Sight, entry: Entry, kinds: frozenset[str]) -> bool:
    """Say whether an article whose facts differ in `kinds` tells of another event.

    Other figures alone are a toll that rose, but not half a day later: that is the next report of its kind.
    """
    if kinds == {"figures"}:
        return not sight.within(entry, sight.settings.update_window_ms)
    return bool(kinds)


def _score(sight: Sight, entry: Entry, cosine: float) -> float | None:
    """Give how much speaks for one event; None where it is too little, or the facts speak against it."""
    assert entry.content is not None  # noqa: S101 - candidates have content
    remembered = entry.content.words
    short = min(len(sight.features.words), remembered) < sight.settings.short_words
    # Titles alone and short items must be much more alike (ARABIC.md 1.7).
    needed = sight.settings.story_score + (_SHORT_NEEDS if short else 0.0)
    if cosine < max(sight.settings.story_cosine, needed - MOST_WORTH):
        return None
    _, mine, theirs = overlap(sight.features, entry.content)
    # What is shared as whole phrases is a beat's or a template's, before it is an event's.
    needed += _PHRASES * max(0.0, max(mine, theirs) - _OWN_WORDS)
    facts, others = sight.features.facts, facts_of(entry, sight.article.lang)
    both, own_words = shared(facts, others), max(mine, theirs) < _OWN_WORDS
    worth = both.worth + (both.in_own_words if own_words else 0.0)
    score = round(cosine + worth - lost_by_time(sight.at - entry.at), 9)
    if score < needed:
        return None
    kinds = conflicts(facts, others)
    if not own_words or "contrary" in kinds:
        return None if _bars(sight, entry, kinds) else score
    # In own words, names and figures stand alike by chance, perhaps; more than one kind of them hardly.
    if kinds == {"names"}:
        return score if score >= needed + _OTHER_NAMES else None
    return score if kinds <= {"figures"} else None
