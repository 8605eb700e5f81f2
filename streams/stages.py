"""The whole way on one screen.

    raw ─ normalize ─► normalized ─ dedupe(index) ─► deduped ─ tag ─► enriched
                                          └─► repeat (counted, not emitted)

The same three functions run in the engine on Kafka, in `marsad process` and here, on the plain JSON
values of the topics, for embedding and for measuring. Each raises `events.Rejected(reason)` for a
record it refuses; `dedupe` gives None for a repeat.
"""

from typing import Any

import streams.dedupe
import streams.normalize
import streams.tag
from events.article import Article, DedupedArticle
from events.rejected import Rejected
from events.wire import convert, encode, raw_article, to_dict

STAGES = ("normalize", "dedupe", "tag")


class Index(streams.dedupe.Index):
    """The memory of `dedupe`: starts empty, and every article given to it is a record of its own."""

    calls = 0

    def next_origin(self) -> str:
        """Give the next record's position, counted in the order they come, as a log would."""
        self.calls += 1
        return f"local/0/{self.calls - 1}"


def normalize(raw: dict[str, Any]) -> dict[str, Any]:
    """Give the normalized article for a raw record."""
    if not isinstance(raw, dict):
        raise Rejected("not_object", f"the value is a {type(raw).__name__}, not an object")
    article = raw_article(raw)
    try:
        encode(article)
    except (TypeError, ValueError) as error:
        # Half of a surrogate pair: `json.loads` lets it pass, UTF-8 has no bytes for it.
        raise Rejected("not_json", str(error)) from error
    return to_dict(streams.normalize.normalize(article))


def dedupe(index: Index, article: dict[str, Any]) -> dict[str, Any] | None:
    """Decide what a normalized article is, remember it in `index`, and give it; None for a repeat."""
    decision = index.decide(convert(article, Article), index.next_origin())
    index.apply(decision.changes)
    return None if decision.article is None else to_dict(decision.article)


def tag(article: dict[str, Any]) -> dict[str, Any]:
    """Give the public event for a deduped article."""
    return to_dict(streams.tag.tag(convert(article, DedupedArticle)))
