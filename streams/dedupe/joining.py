"""Which stories a new article clearly belongs to.

It joins the story of the recent article that is most like it by TF-IDF of light stems over title and
beginning (the best plain measure on Arabic, ARABIC.md 3.3) with what is specific to both (sameness.py), if
the likeness is clear and the facts do not speak against it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from math import log2

from events.times import parse_instant
from streams.dedupe.candidates import Candidates
from streams.dedupe.conflict import conflicts
from streams.dedupe.entry import Entry, StoryState
from streams.dedupe.relation import Refused, facts_of, overlap
from streams.dedupe.sameness import MOST_WORTH, MOST_WORTH_IN_PHRASES, lost_by_time, shared
from streams.dedupe.sight import Sight
from streams.dedupe.terms import Vector

_SHORT_NEEDS, _OTHER_NAMES = 0.25, 0.10
_OWN_WORDS, _PHRASES = 0.12, 0.30
_DRIFT = 0.02
_ROUNDED = 1e-6


def joinable(sight: Sight, found: Candidates, refused: list[Refused]) -> list[StoryState]:
    """Give the latest states of the stories that a new article clearly belongs to, the likest first.

    More than one only where the article is so like articles of each that the stories are one.

    `refused` are texts that read alike but tell of other things: their stories are not this one's.
    """
    barred = {_story_id(twin.entry) for twin in refused if _bars(sight, twin.entry, twin.kinds)}
    alike = sorted(_alike(sight, found, barred), key=lambda each: (-each.score, -each.cosine))
    least = sight.settings.merge_cosine
    merging = {each.story.story_id for each in alike if each.cosine >= least} - barred
    best: dict[str, _Alike] = {}
    for each in alike:
        story_id = each.story.story_id
        # Facts are dear to compare: only where the answer can still count.
        wanted = story_id not in best if story_id in merging else not best
        if wanted and not _contradicted(sight, each):
            best[story_id] = each
    return [
        each.story for place, each in enumerate(best.values())
        if not place or (each.cosine >= least and each.story.story_id not in barred)
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Alike:
    """A remembered article for which enough speaks, facts apart; `needed` is how much that is."""

    entry: Entry
    story: StoryState
    cosine: float
    score: float
    needed: float
    own_words: bool


def _alike(sight: Sight, found: Candidates, barred: set[str]) -> Iterator[_Alike]:
    stories: dict[str, StoryState | None] = {}  # of one event most candidates are of one story
    for entry in map(sight.read, found.alike):
        if entry is None or _story_id(entry) in barred or not _near(sight, entry):
            continue
        cosine = round(sight.keys.weighed.cosine(sight.memory, Vector.remembered(entry)), 9)
        if cosine < sight.settings.story_cosine:
            continue
        if _story_id(entry) not in stories:
            stories[_story_id(entry)] = sight.latest_of_story(entry)
        story = stories[_story_id(entry)]
        if story is None or not _open(sight, story):
            continue
        alike = _scored(sight, entry, story, cosine)
        if alike is not None:
            yield alike


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


def _scored(sight: Sight, entry: Entry, story: StoryState, cosine: float) -> _Alike | None:
    """Give how much speaks for one event; None where it is too little."""
    assert entry.content is not None  # noqa: S101 - candidates have content
    remembered = entry.content.words
    short = min(len(sight.features.words), remembered) < sight.settings.short_words
    # Titles alone and short items must be much more alike (ARABIC.md 1.7).
    needed = sight.settings.story_score + (_SHORT_NEEDS if short else 0.0)
    _, mine, theirs = overlap(sight.features, entry.content)
    # What is shared as whole phrases is a beat's or a template's, before it is an event's.
    needed += _PHRASES * max(0.0, max(mine, theirs) - _OWN_WORDS)
    own_words, lost = max(mine, theirs) < _OWN_WORDS, lost_by_time(sight.at - entry.at)
    if cosine + (MOST_WORTH if own_words else MOST_WORTH_IN_PHRASES) - lost < needed - _ROUNDED:
        return None
    both = shared(sight.features.facts, facts_of(entry, sight.article.lang))
    worth = both.worth + (both.in_own_words if own_words else 0.0)
    score = round(cosine + worth - lost, 9)
    if score < max(needed, _crowded(sight, story)):
        return None
    return _Alike(entry, story, cosine, score, needed, own_words)


def _contradicted(sight: Sight, alike: _Alike) -> bool:
    """Say whether the facts speak against two articles that seem to tell of one event."""
    kinds = conflicts(sight.features.facts, facts_of(alike.entry, sight.article.lang))
    if not alike.own_words or "contrary" in kinds:
        return _bars(sight, alike.entry, kinds)
    # In own words, names and figures stand alike by chance, perhaps; more than one kind of them hardly.
    if kinds == {"names"}:
        return alike.score < alike.needed + _OTHER_NAMES
    return not kinds <= {"figures"}
