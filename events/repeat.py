"""Repeats: raw records that said nothing new. They are counted, and this is the receipt."""

from events.article import SCHEMA_VERSION, Value


class Repeat(Value, frozen=True, kw_only=True):
    """The receipt of a raw record that repeats a known revision, key `article_id`."""

    schema_version: int = SCHEMA_VERSION
    article_id: str
    revision: int
    source_id: str
    url: str | None
    fetched_at: str
    reasons: tuple[str, ...]
