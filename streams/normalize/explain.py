"""What normalize did to one item and why, for a person to read.

Takes a raw article, gives lines of plain text: the language and the dates with their source, each cut with
the step that made it, what was found, and the match form. Not for machines: the records carry it as fields.
"""

from collections.abc import Iterator

from events.article import Article, RawArticle
from streams.normalize import STEPS, normalize, read
from streams.normalize.boilerplate import named_by
from streams.normalize.draft import Line
from streams.text.fold import match

# Why each step cuts, in the words of the person who reads it.
_WHY = {
    "cut_boilerplate": "phrases.toml names such lines",
    "cut_foot": "phrases.toml names such ends of an item",
    "cut_teaser": "the next line begins with it",
    "cut_repeats": "it was told before",
    "take_by_line": "it says who wrote",
    "take_dateline": "it stands before the first sentence: where, who, when",
    "credit_agency": "it names the agency",
}


def explain(raw: RawArticle) -> Iterator[str]:
    """Give the account of one item, line by line; raises `Rejected` as `normalize` does."""
    article = normalize(raw)
    yield f"article   {article.article_id}  {article.canonical_url or article.item_id or ''}"
    yield f"language  {article.lang}, {article.dir}; the feed says {raw.lang or 'nothing'}"
    stated = raw.published_at or raw.published_raw
    unread = ", which names no instant" if stated and article.published_source == "fetched" else ""
    yield (
        f"published {article.published_at}, {article.published_source}; "
        f"the feed says {stated or 'nothing'}{unread}"
    )
    yield from _cuts(raw)
    yield from _found(article)
    yield f"title     {article.title}"
    yield f"folded    {match(article.title, article.lang)}"
    for number, line in enumerate(article.text.split("\n"), start=1):
        yield f"{number:>4}      {line}"
        yield f"folded    {match(line, article.lang)}".replace("\n", " | ")


def _cuts(raw: RawArticle) -> Iterator[str]:
    draft = read(raw)
    yield from (
        f"cut       {cut.kind}: {cut.text} (its element or class in the markup)" for cut in draft.removed
    )
    for step in STEPS:
        known, draft = len(draft.removed), step(draft)
        for cut in draft.removed[known:]:
            phrase = named_by(Line(cut.text, match(cut.text, draft.lang))) if step is STEPS[0] else ""
            why = _WHY[step.__name__] + (f": {phrase}" if phrase else "")
            yield f"cut       {cut.kind}: {cut.text} ({why})".replace("\n", " | ")


def _found(article: Article) -> Iterator[str]:
    if article.dateline:
        place, agency, day = article.dateline.place, article.dateline.agency, article.dateline.date
        yield f"dateline  place {place or '-'}, agency {agency or '-'}, date {day or '-'}"
    if article.authors:
        yield f"authors   {', '.join(article.authors)}"
    if article.agency:
        yield f"agency    {article.agency}"
    for heading in article.headings:
        yield f"heading   {heading.start}-{heading.end} {heading.text}"
    for item in article.items or ():
        yield f"item      {item.start}-{item.end} {article.text[item.start : item.end][:60]}"
    for quote in article.quotes:
        yield f"quote     {quote.start}-{quote.end} {quote.speaker or '(no speaker named)'}: {quote.text}"
    if article.fingerprint.figures:
        yield f"figures   {' '.join(article.fingerprint.figures)}"
