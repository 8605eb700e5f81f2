"""Which article a record is a fetch of: its address, its guid, its path on another host, its very text.

The id of the record (`events.identity`: the address, else the guid) is taken at its word. Guids and paths
are only hints: feeds give one guid to many items, and move items to new slugs and hosts under an old guid
(PEERS.md section 3 point 2). So a hint counts only where the texts agree. Where address and guid are both
made anew, the same title and text in the same source within the copy window are the same article.
"""

from dataclasses import dataclass
from urllib.parse import urlsplit

from events.article import Article
from events.identity import identity_address
from streams.dedupe.entry import Content, Entry
from streams.dedupe.facts import conflicts
from streams.dedupe.relation import facts_of, likeness
from streams.dedupe.sight import Sight
from streams.dedupe.table import key64
from streams.text.fold import match

_MIN_TITLE_WORDS = 3
_MIN_PATH = 8
_OTHER_ARTICLE = frozenset(("names", "places", "contrary"))


@dataclass(frozen=True, slots=True)
class Known:
    """The latest entry of the article at hand, and how that was seen."""

    entry: Entry
    content: Content
    reason: str


def own_key(article_id: str) -> int:
    """Give the key of an article's id."""
    return key64("id", article_id)


def hint_keys(article: Article) -> dict[int, str]:
    """Give the further keys under which the article may be known, each with its reason."""
    hints: dict[int, str] = {}
    if article.item_id:
        item = identity_address(article.item_id) or article.item_id
        hints[key64("item", article.source_id, item)] = "same_guid"
    path = _path(article.url) or _path(article.item_id)
    if path:
        hints[key64("path", article.source_id, path)] = "same_path"
    return hints


def _path(url: str | None) -> str | None:
    """Give the part of an address after its host, if it is long enough to name a page."""
    address = identity_address(url)
    if not address:
        return None
    parts = urlsplit(f"//{address}")
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    return path if len(path) >= _MIN_PATH else None


def identified(sight: Sight) -> Known | None:
    """Give the article that `sight` is a further fetch of, or None."""
    articles = sight.memory.articles
    known = _known(sight, articles.get(own_key(sight.article.article_id)), "same_id")
    if known is not None:
        return known
    for key, reason in hint_keys(sight.article).items():
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
    if len(sight.features.words) < sight.settings.min_words:
        return None
    seq = sight.memory.exact.get(key64(sight.article.source_id, fingerprint.exact))
    known = _known(sight, seq, "same_text")
    if known is None or known.content.version != fingerprint.version:
        return None
    return known if sight.within(known.entry, sight.settings.copy_window_ms) else None
