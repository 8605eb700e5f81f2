"""Which article a record is a fetch of: its address, its guid, its path on another host, its very text.

The id of the record (`events.identity`: the address, else the guid) is taken at its word. Guids and paths
are only hints: feeds give one guid to many items, and move items to new slugs and hosts under an old guid
(PEERS.md section 3 point 2). So a hint counts only where the texts agree. Where address and guid are both
made anew, the same title and text in the same source within the copy window are the same article.
"""

from dataclasses import dataclass

from streams.dedupe.aliases import own_key
from streams.dedupe.conflict import conflicts
from streams.dedupe.entry import Content, Entry
from streams.dedupe.relation import facts_of, likeness, tells_enough
from streams.dedupe.sight import Sight
from streams.dedupe.table import key64
from streams.text.fold import match

_MIN_TITLE_WORDS = 3
_OTHER_ARTICLE = frozenset(("names", "places", "contrary"))


@dataclass(frozen=True, slots=True)
class Known:
    """The latest entry of the article at hand, and how that was seen."""

    entry: Entry
    content: Content
    reason: str


def identified(sight: Sight) -> Known | None:
    """Give the article that `sight` is a further fetch of, or None."""
    articles = sight.memory.articles
    known = _known(sight, articles.get(own_key(sight.article.article_id)), "same_id")
    if known is not None:
        return known
    for key, reason in sight.hints.items():
        known = _known(sight, articles.get(key), reason)
        if known is not None and _agrees(sight, known):
            return known
    return _same_text(sight)


def _known(sight: Sight, seq: int | None, reason: str) -> Known | None:
    """Give the article's latest entry if identity still holds.

    A guid may lead to an older revision, that had it last. The arrival of an entry counts, not its own time,
    so that no lying time makes a known article new.
    """
    found = sight.read(seq)
    entry = sight.read(sight.memory.articles.get(found.keys[0])) if found is not None else None
    if entry is None or entry.content is None:
        return None
    if sight.clock - entry.clock > sight.settings.identity_window_ms:
        return None
    return Known(entry, entry.content, reason)


def _agrees(sight: Sight, known: Known) -> bool:
    """Whether an article under the same guid or path is the same one: guids are shared, texts are not."""
    features, lang = sight.features, sight.article.lang
    old_title = match(known.content.texts()[0], lang)
    if old_title == features.title and len(features.title_words) >= _MIN_TITLE_WORDS:
        return True
    if min(len(features.words), known.content.words) < sight.settings.min_words:
        return False
    alike = likeness(features, known.content, old_title)
    if alike.containment < sight.settings.alias_containment:
        return False
    return not conflicts(features.facts, facts_of(known.entry, lang)) & _OTHER_ARTICLE


def _same_text(sight: Sight) -> Known | None:
    fingerprint = sight.article.fingerprint
    if len(sight.features.words) < sight.settings.min_words and not tells_enough(sight.features):
        return None
    seq = sight.memory.exact.get(key64(sight.article.source_id, fingerprint.exact))
    known = _known(sight, seq, "same_text")
    if known is None or known.content.version != fingerprint.version:
        return None
    return known if sight.within(known.entry, sight.copy_window_ms) else None
