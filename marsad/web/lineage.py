"""What became of stories: which was merged into which, and which came out of another (`news.stories.v1`)."""

from events.story import Story
from marsad.web.log import Position

MOST = 10_000
"""Stories remembered; one that was told longest ago is forgotten first."""
FARTHEST = 32
"""Merges followed from one story to the next; a ring of them ends here."""


class Lineage:
    """The latest state of each story, by id."""

    def __init__(self, most: int = MOST) -> None:
        self.connected = False
        self.version = 0
        self.position: Position = {}
        self._most = most
        self._stories: dict[str, Story] = {}
        self._merged: dict[str, dict[str, None]] = {}
        self._split: dict[str, dict[str, None]] = {}

    def add(self, story: Story) -> None:
        """Take in a story as it now is."""
        self._forget(story.story_id)
        self._stories[story.story_id] = story
        self.version += 1
        for there, told in ((story.merged_into, self._merged), (story.split_from, self._split)):
            if there and there != story.story_id:
                told.setdefault(there, {})[story.story_id] = None
        while len(self._stories) > self._most:
            self._forget(next(iter(self._stories)))

    def clear(self) -> None:
        """Forget everything: the log that it came from is another one now."""
        for kept in (self._stories, self._merged, self._split, self.position):
            kept.clear()
        self.version += 1

    def _forget(self, story_id: str) -> None:
        gone = self._stories.pop(story_id, None)
        if gone is None:
            return
        for there, told in ((gone.merged_into, self._merged), (gone.split_from, self._split)):
            if there and there in told:
                told[there].pop(story_id, None)
                if not told[there]:
                    del told[there]

    def get(self, story_id: str) -> Story | None:
        """Give a story as it was told last."""
        return self._stories.get(story_id)

    def now(self, story_id: str) -> str:
        """Give the story that `story_id` has become part of by now, itself where it was not merged."""
        for _ in range(FARTHEST):
            known = self._stories.get(story_id)
            if known is None or not known.merged_into:
                break
            story_id = known.merged_into
        return story_id

    def merged_into(self, story_id: str) -> list[str]:
        """Give the stories that turned out to be this one, one step away or several."""
        found: dict[str, None] = {}
        waiting = [story_id]
        while waiting:
            for one in self._merged.get(waiting.pop(), {}):
                if one not in found and one != story_id:
                    found[one] = None
                    waiting.append(one)
        return list(found)

    def split_from(self, story_id: str) -> str | None:
        """Give the story that this one's first article left."""
        known = self._stories.get(story_id)
        return known.split_from if known else None

    def split_off(self, story_id: str) -> list[str]:
        """Give the stories that articles of this one founded when their pages told of something else."""
        return list(self._split.get(story_id, {}))
