"""When an article leaves its story: its page now tells of something else altogether.

A running page that is used anew, a wrong text put right: the revision shares no phrase, no name and hardly a
word with what was there before. Nothing else splits a story. What was joined by likeness and developed apart
cannot be told by a stream from what belongs together, and ids that move to and fro are worse for readers.
"""

from msgspec.structs import replace

from events.article import RelatesTo
from streams.dedupe import tally
from streams.dedupe.entry import StoryState
from streams.dedupe.identity import Known
from streams.dedupe.relation import Likeness, facts_of
from streams.dedupe.sameness import shared
from streams.dedupe.sight import Sight
from streams.dedupe.terms import Vector

_TITLE, _PHRASES, _WORTH = 0.2, 0.1, 0.06


def parts(sight: Sight, known: Known, alike: Likeness, relates_to: RelatesTo, story: StoryState) -> bool:
    """Say whether a revision tells of another event than its article did, whose story others share."""
    short = min(len(sight.features.words), known.content.words) < sight.settings.short_words
    if story.articles < 2 or short or any(change.kind == "withdrawn" for change in relates_to.changes):
        return False
    if alike.same_body or alike.title >= _TITLE or alike.containment >= _PHRASES:
        return False
    cosine = sight.keys.weighed.cosine(sight.memory, Vector.remembered(known.entry))
    if cosine >= sight.settings.story_cosine:
        return False
    return shared(sight.features.facts, facts_of(known.entry, sight.article.lang)).worth < _WORTH


def without(story: StoryState, source_id: str, voice: str) -> StoryState:
    """Give `story` as it stands when one article of `source_id`, told by `voice`, has left it."""
    sources, source_counts = tally.pack(tally.less(tally.read(story.sources, story.source_counts), source_id))
    voices, voice_counts = tally.pack(tally.less(tally.read(story.voices, story.voice_counts), voice))
    return replace(
        story, articles=story.articles - 1, sources=sources, source_counts=source_counts, voices=voices,
        voice_counts=voice_counts,
    )  # fmt: skip
