"""One story as HTML: its articles with their evidence, what changed in them, and their copies folded away."""

from collections.abc import Iterable

from markupsafe import Markup, escape

from events.article import Casualties, Count, EnrichedArticle
from marsad.web.board import Entry, StoryView
from marsad.web.marks import attributes, clean, difference, highlighted, is_web, isolated, link, spans
from marsad.web.query import Query
from marsad.web.texts import Texts

Label = tuple[str, str, str | None]
"""Id, name, Arabic name."""

OPEN_PARAGRAPHS = 1
CLIP = 400
"""Characters of one side of a change that are shown; the text itself stands below it."""
MAX_TEXT = 20_000
"""Characters of an article that the page shows; the API gives all of it."""
NOTHING = Markup("")
LEAD, FURTHER = Markup("h2"), Markup("h3")
PARAGRAPH = Markup("<p>{}</p>\n")
SUBHEADING = Markup('<p class="subheading">{}</p>\n')


def story(shown: StoryView, query: Query, words: Texts) -> Markup:
    """Give one story: the newest article with own text first, then the others, then the copies."""
    lead, *others = shown.articles
    label = f"s-{lead.event.event_id}"
    return Markup(
        '<section class="story" aria-labelledby="{label}">\n{counts}{lead}{others}{copies}</section>\n'
    ).format(
        label=label,
        counts=_counts(shown, words),
        lead=_article(lead.event, shown, query, words, label),
        others=Markup("").join(_article(one.event, shown, query, words) for one in others),
        copies=_copies(shown.copies, words),
    )


def _counts(shown: StoryView, words: Texts) -> Markup:
    story = shown.widest.event.story
    if story.articles == 1:
        return NOTHING
    counts = (
        ("independent", story.independent_sources),
        ("sources", story.sources),
        ("articles", story.articles),
    )
    told = Markup(" · ").join(Markup("{}: <b>{}</b>").format(words[name], count) for name, count in counts)
    return Markup('<p class="counts">{}</p>\n').format(told)


def _article(event: EnrichedArticle, shown: StoryView, query: Query, words: Texts, label: str = "") -> Markup:
    heading = LEAD if label else FURTHER
    return Markup(
        "<article{attributes}>\n<{h}{id}>{title}</{h}>\n{meta}{changes}{casualties}{text}{tags}{removed}</article>\n"
    ).format(
        attributes=attributes(event.lang, event.dir),
        h=heading,
        id=Markup(' id="{}"').format(label) if label else NOTHING,
        title=_title(event, words),
        meta=_meta(event, words),
        changes=_history(event, shown, words),
        casualties=_casualties(event, words),
        text=_text(event, words),
        tags=_tags(event, query, words),
        removed=_removed(event, words),
    )


def _title(event: EnrichedArticle, words: Texts) -> Markup:
    title = highlighted(event.title, spans(event, "title"))
    return link(event.url, title if clean(event.title).strip() else Markup("{}").format(words["untitled"]))


def _own(words: Texts) -> Markup:
    """Give the attributes of a line that is ours, inside an article in another language."""
    return attributes(words.lang, words["dir"])


def _meta(event: EnrichedArticle, words: Texts) -> Markup:
    relation = words.of("relations", event.relation)
    parts = [
        Markup('<span class="badge {}">{}</span>').format(event.relation, relation),
        isolated(event.source_name or event.source_id),
        _time(event.published_at),
    ]
    if event.agency:
        parts.append(isolated(event.agency))
    if event.dateline and event.dateline.place:
        parts.append(isolated(event.dateline.place))
    parts += [isolated(author) for author in event.authors[:3]]
    return Markup('<p class="meta"{}>{}</p>\n').format(_own(words), Markup(" · ").join(parts))


def _time(instant: str) -> Markup:
    """Give a time that is right as it stands (UTC) and that the script turns into local time."""
    shown = f"{instant[:10]} {instant[11:16]} UTC"
    return Markup('<time datetime="{}" dir="ltr">{}</time>').format(instant, shown)


def _history(event: EnrichedArticle, shown: StoryView, words: Texts) -> Markup:
    """Give what changed, revision by revision, the newest first."""
    known = [event, *(one.event for one in shown.history if one.event.article_id == event.article_id)]
    told = Markup("").join(_revision(one, words) for one in known)
    if not told:
        return NOTHING
    heading = Markup("<h4{}>{}</h4>\n").format(_own(words), words["changes"])
    return Markup('<div class="changes">{}{}</div>\n').format(heading, told)


def _revision(event: EnrichedArticle, words: Texts) -> Markup:
    changes = event.relates_to.changes if event.relation == "revision" and event.relates_to else ()
    if not changes:
        return NOTHING
    kinds: dict[tuple[str, str], list[str]] = {}
    for change in changes:  # one sentence may have changed in several ways
        kinds.setdefault((change.before, change.after), []).append(words.of("kinds", change.kind))
    lines = Markup("").join(_change(" · ".join(kind), *sides, words) for sides, kind in kinds.items())
    return Markup("<p{}>{} {} · {}</p>\n<dl>{}</dl>\n").format(
        _own(words), words["revision_n"], event.revision, _time(event.fetched_at), lines
    )


def _change(kind: str, before: str, after: str, words: Texts) -> Markup:
    """Give one change as a line: what stayed, what went, what came."""
    pieces = Markup(" ").join(
        piece
        for same, gone, come in difference(_clip(before), _clip(after))
        for piece in (
            escape(same),
            Markup('<del aria-label="{}">{}</del>').format(words["before"], gone) if gone else NOTHING,
            Markup('<ins aria-label="{}">{}</ins>').format(words["after"], come) if come else NOTHING,
        )
        if piece
    )
    return Markup("<dt{}>{}</dt><dd>{}</dd>").format(_own(words), kind, pieces)


def _clip(text: str) -> str:
    return text if len(text) <= CLIP else text[:CLIP].rstrip() + "…"


def _casualties(event: EnrichedArticle, words: Texts) -> Markup:
    lines = []
    if event.casualties:
        lines.append(_toll(words["casualties"], event.casualties, words))
    for other in event.casualties_other:
        role = words.of("roles", other.role)
        lines.append(_toll(f"{words['casualties_other']} ({role})", other, words))
    return Markup("").join(lines)


def _toll(label: str, toll: Casualties, words: Texts) -> Markup:
    counts = (("killed", toll.killed), ("injured", toll.injured), ("missing", toll.missing))
    parts = [f"{words[name]} {_count(count, words)}" for name, count in counts if count]
    return Markup('<p class="toll"{}><b>{}:</b> {}</p>\n').format(_own(words), label, " · ".join(parts))


def _count(count: Count, words: Texts) -> str:
    if count.exact is not None:
        return str(count.exact)
    if count.min is not None and count.max is not None:
        return f"{count.min}–{count.max}"
    if count.min is not None:
        return f"{words['at_least']} {count.min}"
    return f"{words['at_most']} {count.max}" if count.max is not None else "?"


def _text(event: EnrichedArticle, words: Texts) -> Markup:
    paragraphs = list(_paragraphs(event))
    if not paragraphs:
        return NOTHING
    shown, rest = paragraphs[:OPEN_PARAGRAPHS], paragraphs[OPEN_PARAGRAPHS:]
    folded = Markup('<details class="rest"><summary{}>{}</summary>\n{}</details>\n').format(
        _own(words), words["more"], Markup("").join(rest)
    )
    return Markup('<div class="text">{}{}</div>\n').format(
        Markup("").join(shown), folded if rest else NOTHING
    )


def _paragraphs(event: EnrichedArticle) -> Iterable[Markup]:
    text, marked = event.text[:MAX_TEXT], spans(event, "text")
    headings = {(heading.start, heading.end) for heading in event.headings}
    here = 0
    for line in text.split("\n"):
        end = here + len(line)
        if line.strip():
            form = SUBHEADING if (here, end) in headings else PARAGRAPH
            yield form.format(highlighted(text, marked, here, end))
        here = end + 1


def _tags(event: EnrichedArticle, query: Query, words: Texts) -> Markup:
    groups: tuple[tuple[str, list[Label]], ...] = (
        ("topics", [(one.id, one.label, one.label_ar) for one in event.topics]),
        ("places", [(one.id, one.name, one.name_ar) for one in event.places]),
        ("organisations", [(one.id or one.name, one.name, one.name_ar) for one in event.organisations]),
        ("people", [(one.id or one.name, one.name, one.name_ar) for one in event.people]),
    )
    lists = [_tag_list(kind, tags, query, words) for kind, tags in groups if tags]
    if not lists:
        return NOTHING
    return Markup('<div class="tags"{}>{}</div>\n').format(_own(words), Markup("").join(lists))


def _tag_list(kind: str, tags: list[Label], query: Query, words: Texts) -> Markup:
    arabic = words.lang == "ar"
    items = Markup("").join(
        Markup('<li><a href="{}">{}</a></li>').format(
            query.url(tag=tag), isolated((arabic and name_ar) or name)
        )
        for tag, name, name_ar in tags
    )
    return Markup('<p class="kind">{}</p><ul class="{}">{}</ul>').format(words[kind], kind, items)


def _removed(event: EnrichedArticle, words: Texts) -> Markup:
    if not event.removed:
        return NOTHING
    items = Markup("").join(
        Markup("<li><span{}>{}:</span> {}</li>").format(
            _own(words), words.of("removals", one.kind), isolated(_clip(one.text))
        )
        for one in event.removed
    )
    return Markup('<details class="removed"><summary{}>{}</summary><ul>{}</ul></details>\n').format(
        _own(words), words["removed"], items
    )


def _copies(copies: tuple[Entry, ...], words: Texts) -> Markup:
    if not copies:
        return NOTHING
    items = Markup("").join(_copy(one.event, words) for one in copies)
    return Markup(
        '<details class="copies"><summary>{}: <b>{}</b></summary>\n<ul>{}</ul></details>\n'
    ).format(words["copies"], len(copies), items)  # fmt: skip


def _copy(event: EnrichedArticle, words: Texts) -> Markup:
    title = isolated(event.title or words["untitled"], event.lang, event.dir)
    similar = event.relates_to.similarity if event.relates_to else None
    alike = f" · {words['similarity']} {similar:.2f}" if similar is not None else ""
    return Markup("<li>{} · {} · {}{}</li>\n").format(
        isolated(event.source_name or event.source_id),
        link(event.url, title) if is_web(event.url or "") else title,
        _time(event.published_at),
        alike,
    )
