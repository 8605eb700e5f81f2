"""RawArticle -> Article: what a feed wrote, as text that can be read, compared and tagged.

Guarantees: pure and deterministic; never raises on any content of a text field (only `Rejected` for a time
that names no instant); every passage that leaves the text is in `removed`, whole; the result holds no
control or bidi characters and no lone surrogates. Does not guarantee: that boilerplate no table names is
found.
"""

from collections.abc import Callable

from events.article import Article, RawArticle
from events.identity import article_id
from events.urls import canonical_url
from streams.normalize.boilerplate import cut_boilerplate
from streams.normalize.bylines import take_by_line
from streams.normalize.dateline import credit_agency, take_dateline
from streams.normalize.dates import published, wired
from streams.normalize.draft import Draft, Line, removal
from streams.normalize.fingerprint import fingerprint
from streams.normalize.foot import cut_foot
from streams.normalize.html import Block, blocks, plain, title_text
from streams.normalize.language import direction, language
from streams.normalize.quotes import quotes
from streams.normalize.repeats import cut_repeats
from streams.normalize.structure import headings, items, joined
from streams.normalize.teaser import cut_teaser
from streams.text.display import display
from streams.text.fold import match, matches

Step = Callable[[Draft], Draft]

STEPS: tuple[Step, ...] = (
    # Before anything is compared, since a share bar or a read-also line between two passes would part them.
    cut_boilerplate,
    cut_foot,
    # Before the dateline goes: the second pass begins with the dateline of the first, and must equal it.
    cut_teaser,
    cut_repeats,
    # It stands over the dateline.
    take_by_line,
    # Only now is the first line the first line of the news.
    take_dateline,
    # Last: a dateline's agency comes before a credit's.
    credit_agency,
)

MAX_LINES = 2_000
"""Lines that are looked at one by one; no news item has more, and each costs every step its time."""

MAX_TITLE = 2_000
"""Characters of a title that count; feeds have been seen to put whole articles there."""


def normalize(raw: RawArticle) -> Article:
    """Give the normalized article of `raw`; raises `Rejected("bad_time")` for its `fetched_at`."""
    draft = read(raw)
    for step in STEPS:
        draft = step(draft)
    return _article(draft)


def read(raw: RawArticle) -> Draft:
    """Give the draft of a raw article: lines in display and match form, and its language."""
    title = display(title_text((raw.title or "")[:MAX_TITLE])).replace("\n", " ")
    body = _body(raw)
    shown = [(display(block.text), block) for block in body]
    text = "\n".join(text for text, block in shown if not block.cut)
    lang = language(f"{text[:4000]}\n{title}" if len(text) < 200 else text, raw.lang)
    removed = tuple(removal(block.cut, text) for text, block in shown if block.cut and text)
    return Draft(raw=raw, title=title, lines=_lines(shown, lang), lang=lang, removed=removed)


def _lines(shown: list[tuple[str, Block]], lang: str) -> tuple[Line, ...]:
    """Give the lines of all blocks that stay; those past `MAX_LINES` are one line that keeps its breaks."""
    parts = [(line, block) for text, block in shown if not block.cut for line in text.split("\n") if line]
    rest = "\n".join(line for line, _ in parts[MAX_LINES:])
    del parts[MAX_LINES:]
    folded = matches([line for line, _ in parts], lang)
    lines = tuple(
        Line(line, match_form, block.kind, block.linked)
        for (line, block), match_form in zip(parts, folded, strict=True)
    )
    return (*lines, Line(rest, match(rest, lang))) if rest else lines


def _body(raw: RawArticle) -> tuple[Block, ...]:
    """Give the blocks of the fullest field: the content, and the summary where there is none."""
    for field, reader in ((raw.content_html, blocks), (raw.content_text, plain), (raw.summary_html, blocks)):
        if field and field.strip():
            found = reader(field)
            if any(block.text.strip() for block in found):
                return found
    return ()


def _article(draft: Draft) -> Article:
    raw = draft.raw
    text = joined(draft.lines)
    address = canonical_url(raw.url) if raw.url else None
    published_at, source = published(raw)
    folded_body = "\n".join(line.folded for line in draft.lines if line.folded)
    return Article(
        article_id=article_id(raw),
        source_id=raw.source_id,
        source_name=raw.source_name,
        feed_url=raw.feed_url,
        item_id=raw.item_id,
        # A reader clicks on it: `javascript:` and the like are no addresses of articles.
        url=raw.url if address else None,
        canonical_url=address,
        title=draft.title,
        text=text,
        headings=headings(draft.lines),
        items=items(draft.lines, draft.dateline is not None, raw.source_name),
        dateline=draft.dateline,
        removed=draft.removed,
        lang=draft.lang,
        dir=direction(draft.lang),
        authors=_clean((*(raw.authors or ()), *draft.by_line)),
        categories=_clean(raw.categories),
        agency=draft.agency,
        quotes=quotes(text),
        published_at=published_at,
        published_source=source,
        published_raw=raw.published_raw,
        updated_at=wired(raw.updated_at),
        fetched_at=raw.fetched_at,
        shard=draft.lang.partition("-")[0],
        fingerprint=fingerprint(match(draft.title, draft.lang), folded_body),
    )


def _clean(names: tuple[str, ...] | None) -> tuple[str, ...]:
    shown = (display(title_text(name[:MAX_TITLE])).replace("\n", " ") for name in names or ())
    return tuple(dict.fromkeys(name for name in shown if name))
