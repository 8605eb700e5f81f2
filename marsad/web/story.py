"""One story as HTML: its articles with their evidence, what changed in them, and their copies folded away."""

from collections.abc import Iterable

from markupsafe import Markup

from events.article import EnrichedArticle
from marsad.web.board import Entry, StoryView
from marsad.web.changes import clip, history
from marsad.web.lineage import Lineage
from marsad.web.marks import (
    MAX_LINE,
    attributes,
    clean,
    highlighted,
    is_web,
    isolated,
    link,
    moment,
    one_line,
    own,
    spans,
)
from marsad.web.query import Query
from marsad.web.texts import Texts
from marsad.web.tolls import casualties

Label = tuple[str, str, str | None]
"""Id, name, Arabic name."""

OPEN_PARAGRAPHS = 1
MAX_KIN = 20
MAX_TEXT = 20_000
"""Characters of an article that the page shows; the API gives all of it."""
NOTHING = Markup("")
LEAD, FURTHER = Markup("h2"), Markup("h3")
PARAGRAPH = Markup("<p>{}</p>\n")
SUBHEADING = Markup('<p class="subheading">{}</p>\n')


def story(shown: StoryView, query: Query, words: Texts, lineage: Lineage) -> Markup:
    """Give one story: the newest article with own text first, then the others, then the copies."""
    lead, *others = shown.articles
    label = f"s-{lead.event.event_id}"
    return Markup(
        '<section class="story" aria-labelledby="{label}">\n{counts}{lead}{others}{copies}{kin}</section>\n'
    ).format(
        label=label,
        counts=_counts(shown, query, words),
        lead=_article(lead.event, shown, query, words, label),
        others=Markup("").join(_article(one.event, shown, query, words) for one in others),
        copies=_copies(shown.copies, words),
        kin=forebears(shown.story_id, lineage, words, query.ui),
    )


def forebears(story_id: str, lineage: Lineage, words: Texts, ui: str = "") -> Markup:
    """Say which stories turned out to be this one, which it came out of, and which came out of it."""
    came_from = lineage.split_from(story_id)
    told = (
        ("merged", lineage.merged_into(story_id)),
        ("split_from", [came_from] if came_from else []),
        ("split_off", lineage.split_off(story_id)),
    )
    lines = (_kin(kind, ids, lineage, words, ui) for kind, ids in told if ids)
    return Markup("").join(lines)


def _kin(kind: str, ids: list[str], lineage: Lineage, words: Texts, ui: str) -> Markup:
    items = Markup("").join(_kinsman(kind, one, lineage, words, ui) for one in ids[:MAX_KIN])
    return Markup('<div class="kin"><p>{}: <b>{}</b></p><ul>{}</ul></div>\n').format(
        words.of("kin", kind), len(ids), items
    )


def _kinsman(kind: str, story_id: str, lineage: Lineage, words: Texts, ui: str) -> Markup:
    """Name a story by its title; what was merged has no page of its own any more, so no link."""
    known = lineage.get(story_id)
    title = isolated(known.title, known.lang) if known and known.title else isolated(story_id, "", "ltr")
    if kind == "merged":
        when = Markup(" · {}").format(moment(known.last_changed_at)) if known else NOTHING
        return Markup('<li id="{}">{}{}</li>').format(f"m-{story_id}", title, when)
    href = Query(ui=ui).url(Query(story=story_id).story_path)
    return Markup('<li><a href="{}">{}</a></li>').format(href, title)


def _counts(shown: StoryView, query: Query, words: Texts) -> Markup:
    counts = (
        ("independent", shown.counts.independent_sources),
        ("sources", shown.counts.sources),
        ("articles", shown.counts.articles),
    )
    pieces = [Markup("{}: <b>{}</b>").format(words[name], count) for name, count in counts]
    told = pieces if shown.counts.articles > 1 else []
    if not shown.whole:
        href = Query(ui=query.ui).url(Query(story=shown.story_id).story_path)
        whole = Markup('<a href="{}" aria-label="{}: {}">{}</a>')
        title = one_line(shown.articles[0].event.title)
        told.append(whole.format(href, words["whole_story"], title, words["whole_story"]))
    return Markup('<p class="counts">{}</p>\n').format(Markup(" · ").join(told)) if told else NOTHING


def _article(event: EnrichedArticle, shown: StoryView, query: Query, words: Texts, label: str = "") -> Markup:
    heading = LEAD if label else FURTHER
    return Markup(
        "<article{attributes}{key}>\n<{h}{id}>{title}</{h}>\n{meta}{changes}{casualties}{text}{tags}{removed}</article>\n"
    ).format(
        attributes=attributes(event.lang, event.dir),
        key=Markup(' id="{}"').format(f"a-{event.article_id}"),
        h=heading,
        id=Markup(' id="{}"').format(label) if label else NOTHING,
        title=_title(event, words),
        meta=_meta(event, words),
        changes=history(event, shown, words),
        casualties=casualties(event, words),
        text=_text(event, shown.whole, words),
        tags=_tags(event, query, words),
        removed=_removed(event, words),
    )


def _title(event: EnrichedArticle, words: Texts) -> Markup:
    more = Markup("…") if len(event.title) > MAX_LINE else NOTHING
    title = highlighted(event.title, spans(event, "title"), 0, MAX_LINE) + more
    return link(event.url, title if clean(event.title).strip() else Markup("{}").format(words["untitled"]))


def _meta(event: EnrichedArticle, words: Texts) -> Markup:
    relation = words.of("relations", event.relation)
    parts = [
        Markup('<span class="badge {}">{}</span>').format(event.relation, relation),
        isolated(event.source_name or event.source_id),
        moment(event.published_at),
    ]
    if event.agency:
        parts.append(isolated(event.agency))
    if event.dateline and event.dateline.place:
        parts.append(isolated(event.dateline.place))
    parts += [isolated(author) for author in event.authors[:3]]
    return Markup('<p class="meta"{}>{}</p>\n').format(own(words), Markup(" · ").join(parts))


def _text(event: EnrichedArticle, whole: bool, words: Texts) -> Markup:
    paragraphs = list(_paragraphs(event))
    if not paragraphs:
        return NOTHING
    open_ones = len(paragraphs) if whole else OPEN_PARAGRAPHS
    shown, rest = paragraphs[:open_ones], paragraphs[open_ones:]
    folded = Markup('<details class="rest"><summary{}>{}</summary>\n{}</details>\n').format(
        own(words), words["more"], Markup("").join(rest)
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
    return Markup('<div class="tags"{}>{}</div>\n').format(own(words), Markup("").join(lists))


def _tag_list(kind: str, tags: list[Label], query: Query, words: Texts) -> Markup:
    arabic = words.lang == "ar"
    items = Markup("").join(
        Markup('<li><a href="{}">{}</a></li>').format(
            query.url(tag=tag, story=""), isolated((arabic and name_ar) or name)
        )
        for tag, name, name_ar in tags
    )
    return Markup('<p class="kind">{}</p><ul class="{}">{}</ul>').format(words[kind], kind, items)


def _removed(event: EnrichedArticle, words: Texts) -> Markup:
    if not event.removed:
        return NOTHING
    items = Markup("").join(
        Markup("<li><span{}>{}:</span> {}</li>").format(
            own(words), words.of("removals", one.kind), isolated(clip(one.text))
        )
        for one in event.removed
    )
    return Markup('<details class="removed"><summary{}>{}</summary><ul>{}</ul></details>\n').format(
        own(words), words["removed"], items
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
        moment(event.published_at),
        alike,
    )
