"""One article before one memory: its time, its features, and reading what is remembered. Changes nothing."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from events.article import Article
from events.times import parse_instant
from streams.dedupe.aliases import hint_keys
from streams.dedupe.candidates import Keys, keys_of
from streams.dedupe.clock import moved
from streams.dedupe.entry import Entry, StoryState
from streams.dedupe.features import Features, features_of
from streams.dedupe.memory import ShardMemory
from streams.dedupe.settings import DedupeSettings
from streams.dedupe.table import key64


def latest_of_story(
    story_id: str, memory: ShardMemory, read: Callable[[int | None], Entry | None]
) -> StoryState | None:
    """Give how a story stands now, or the one that it became part of, through every merge since."""
    while True:
        latest = read(memory.stories.get(key64(story_id)))
        if latest is None or latest.story is None:
            return None
        for state in (latest.story, latest.left):
            if state is not None and state.story_id == story_id:
                return state
        story_id = latest.story.story_id


@dataclass(frozen=True, eq=False)
class Sight:
    """What a decision looks at. `read_entry` gives an entry of a shard by its number."""

    article: Article
    origin: str
    memory: ShardMemory
    read_entry: Callable[[str, int], Entry | None]
    settings: DedupeSettings

    @cached_property
    def at(self) -> int:
        """Give the article's own time, milliseconds since 1970."""
        return round(parse_instant(self.article.fetched_at, "fetched_at").timestamp() * 1000)

    @cached_property
    def clock(self) -> int:
        """Give the shard's clock after this article: it never goes back, and no source alone moves it far."""
        before, told = self.memory.clock, self.memory.witnesses.told
        if before is None:
            return self.at
        return moved(before, self.at, self.article.source_id, told, self.settings.max_clock_step_ms)

    @cached_property
    def hints(self) -> dict[int, str]:
        """Give the further keys under which the article may be known, each with its reason."""
        return hint_keys(self.article)

    @cached_property
    def features(self) -> Features:
        """Give what is compared of the article."""
        return features_of(self.article)

    @cached_property
    def keys(self) -> Keys:
        """Give where the article is looked up and will be found."""
        return keys_of(self.features, self.memory)

    @property
    def copy_window_ms(self) -> int:
        """How far apart copies may be: a flash of a few words says the same of tomorrow's event."""
        short = len(self.features.words) < self.settings.min_words
        return self.settings.update_window_ms if short else self.settings.copy_window_ms

    def within(self, entry: Entry, window_ms: int) -> bool:
        """Whether the article and `entry` are at most a window apart, by their own times."""
        return abs(self.at - entry.at) <= window_ms

    def read(self, seq: int | None) -> Entry | None:
        """Give the entry of that number, or None."""
        return None if seq is None else self.read_entry(self.article.shard, seq)

    def latest_of_story(self, entry: Entry) -> StoryState | None:
        """Give how the story that `entry` belongs to stands now, or the one that it became part of."""
        return latest_of_story(entry.story.story_id, self.memory, self.read) if entry.story else None

    def latest_story(self, entry: Entry) -> StoryState:
        """Give how the story that `entry`, an article's, belongs to stands now."""
        state = self.latest_of_story(entry) or entry.story
        assert state is not None  # noqa: S101 - every article has a story
        return state
