"""What dedupe may be told: windows, limits and thresholds, one frozen value."""

from dataclasses import dataclass

HOUR_MS = 60 * 60 * 1000
DAY_MS = 24 * HOUR_MS


@dataclass(frozen=True, slots=True)
class DedupeSettings:
    """Windows are milliseconds of event time (`fetched_at`), shares are from 0 to 1.

    Defaults: windows from guide/ARCHITECTURE.md; thresholds from guide/ARABIC.md 3.2, lowered where the
    facts are checked afterwards and raised where they cannot be (short texts).
    """

    copy_window_ms: int = 72 * HOUR_MS
    identity_window_ms: int = 14 * DAY_MS
    repeat_window_ms: int = 24 * HOUR_MS
    story_window_ms: int = 72 * HOUR_MS
    update_window_ms: int = 12 * HOUR_MS
    """Within it, an outlet's text with other figures is an update; after it, the next daily report."""
    margin_ms: int = 24 * HOUR_MS
    """How much longer than its window an entry is kept: a replay must meet what its first pass met."""
    max_clock_step_ms: int = 24 * HOUR_MS
    """A source alone moves the shard's clock at most this far beyond the others (clock.py)."""
    max_entries: int = 1_200_000
    """Articles remembered per shard whatever their times say; the oldest give way."""
    kept_for_redelivery: int = 20_000
    """Nothing leaves before so many later records were decided, whatever times they tell: in a backfill a
    month may pass while a record is in flight, and what a crash brings again must meet its first decision."""
    evictions_per_event: int = 4

    newest_per_key: int = 24
    """How many articles one band or anchor leads to: the newest ones."""
    newest_per_term: int = 12
    verify_best: int = 6
    """How many candidates are read back and compared exactly."""
    story_best: int = 5

    min_words: int = 8
    """Shorter texts are copies only with the same title, word for word, and within the update window."""
    short_words: int = 30
    copy_jaccard: float = 0.30
    short_jaccard: float = 0.55
    copy_containment: float = 0.60
    partial_containment: float = 0.70
    alias_containment: float = 0.50
    story_cosine: float = 0.15
    """How like two articles must be by their words alone before anything else is looked at."""
    story_score: float = 0.41
    """How much must speak for one event: the cosine, and what is specific to both (sameness.py)."""
    merge_cosine: float = 0.60
    """How like articles of two stories one article must be for the two to be one story."""
    volatile_articles: int = 3
    """How many articles of a source must have changed in one line alone for that line to count no more."""
