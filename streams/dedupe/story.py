"""How a story stands, and how it stands after one more article.

Copies, parts and revisions belong to the story of what they relate to. A new article joins a story that it
clearly belongs to (joining.py), else it founds a story of its own. A story that nobody adds to for the story
window is over.

Independent sources are counted by voice: a copy has the voice of its original, agency text that of its
agency.
"""

import re
from collections.abc import Iterator
from datetime import timedelta

from events.article import Article
from events.identity import digest
from events.story import Story
from events.times import parse_instant, wire_time
from streams.dedupe import tally
from streams.dedupe.entry import Entry, StoryState
from streams.dedupe.sight import Sight
from streams.dedupe.words import tables, word
from streams.text.fold import match, matches

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
    words = _WORDS.findall(article.title[:MAX_TITLE])
    for written, text in zip(words, matches(words, article.lang), strict=True):
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
