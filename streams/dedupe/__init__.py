"""(memory, Article) -> (changes to memory, DedupedArticle or repeat).

One article once, across outlets; an edit told as an edit; how many independent outlets carry a story.
"""

from streams.changes import Changes
from streams.dedupe.index import Decision, Index
from streams.dedupe.settings import DedupeSettings

__all__ = ["Changes", "Decision", "DedupeSettings", "Index"]
