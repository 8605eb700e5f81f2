"""The keys under which an article is known: its id, and hints at it that need the texts to agree."""

from functools import lru_cache

from events.article import Article
from events.identity import canonical_address, identity_address
from streams.dedupe.table import key64

_MIN_PATH = 7


@lru_cache(maxsize=64)  # asked for three times of one article
def own_key(article_id: str) -> int:
    """Give the key of an article's id."""
    return key64("id", article_id)


def hint_keys(article: Article) -> dict[int, str]:
    """Give the further keys under which the article may be known, each with its reason."""
    hints: dict[int, str] = {}
    item = identity_address(article.item_id)
    if article.item_id:
        hints[key64("item", article.source_id, item or article.item_id)] = "same_guid"
    canonical = article.canonical_url
    path = _path(canonical_address(canonical) if canonical else identity_address(article.url)) or _path(item)
    if path:
        hints[key64("path", article.source_id, path)] = "same_path"
    return hints


def _path(address: str | None) -> str | None:
    """Give the part of an address after its host, if it is long enough to name a page."""
    if not address:
        return None
    _, slash, path = address.partition("/")
    return slash + path if len(path) >= _MIN_PATH else None
