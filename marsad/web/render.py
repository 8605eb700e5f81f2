"""The page as HTML: whole on the server, so that it says all it has to say without a script."""

from dataclasses import dataclass

from markupsafe import Markup

from marsad.web.board import Board, StoryView
from marsad.web.marks import clean, isolated
from marsad.web.query import Query
from marsad.web.sse import position_text
from marsad.web.story import story
from marsad.web.texts import LANGUAGES, Texts

PAGE_STORIES = 30
RELATIONS = ("new", "revision", "copy", "partial")


@dataclass(frozen=True, slots=True)
class View:
    """What one request shows: the stories of this page, and whether there are more."""

    query: Query
    stories: tuple[StoryView, ...]
    more: bool


def view(board: Board, query: Query) -> View:
    """Give the stories on the page that `query` asks for."""
    first = (query.page - 1) * PAGE_STORIES
    stories = board.stories(query)[first : first + PAGE_STORIES + 1]
    return View(query, tuple(stories[:PAGE_STORIES]), len(stories) > PAGE_STORIES)


def page(board: Board, query: Query, words: Texts) -> str:
    """Give the whole document for `query` in the interface language of `words`."""
    shown = view(board, query)
    return Markup(
        '<!doctype html>\n<html lang="{lang}" dir="{dir}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n<title>{title}</title>\n'
        '<link rel="icon" href="/static/icon.svg" type="image/svg+xml">\n'
        '<link rel="stylesheet" href="/static/page.css">\n<script src="/static/page.js" defer></script>\n'
        "</head>\n<body>\n{body}</body>\n</html>\n"
    ).format(
        lang=words.lang,
        dir=words["dir"],
        title=f"{words['title']} – {words['tagline']}",
        body=_header(query, words) + _filters(board, query, words) + _live(board, query, words)
        + _main(board, shown, words),
    )  # fmt: skip


def _header(query: Query, words: Texts) -> Markup:
    other = next(lang for lang in LANGUAGES if lang != words.lang)
    return Markup(
        '<a class="skip" href="#stories">{skip}</a>\n<header>\n<h1><a href="{home}">{title}</a></h1>\n'
        '<p>{tagline}</p>\n<a href="{other_url}" lang="{other}" hreflang="{other}">{other_name}</a>\n'
        "</header>\n"
    ).format(
        skip=words["skip"], home=Query(ui=query.ui).url(), title=words["title"], tagline=words["tagline"],
        other_url=query.url(ui=other), other=other, other_name=words["other_language"],
    )  # fmt: skip


def _filters(board: Board, query: Query, words: Texts) -> Markup:
    fields = (
        _search(query, words),
        _choice("lang", query.lang, {lang: lang for lang in board.languages()}, words),
        _choice("relation", query.relation, {one: words.of("relations", one) for one in RELATIONS}, words),
        _choice("source", query.source, board.sources(), words),
        *(_hidden(name, value) for name, value in (("tag", query.tag), ("ui", query.ui)) if value),
    )
    clear = Markup(' <a href="{}">{}</a>').format(Query(ui=query.ui).url(), words["clear"])
    tag = Markup("<p>{}: {}</p>\n").format(words["tag"], isolated(query.tag)) if query.tag else Markup("")
    return Markup(
        '<form class="filters" role="search" method="get" action="/">\n{}\n'
        '<button type="submit">{}</button>{}\n{}</form>\n'
    ).format(Markup("\n").join(fields), words["show"], clear if query.filtered else "", tag)


def _search(query: Query, words: Texts) -> Markup:
    return Markup(
        '<label>{} <input type="search" name="q" value="{}" placeholder="{}" maxlength="200" dir="auto">'
        "</label>"
    ).format(words["search"], clean(query.q), words["search_hint"])


def _hidden(name: str, value: str) -> Markup:
    return Markup('<input type="hidden" name="{}" value="{}">').format(name, value)


def _choice(name: str, chosen: str, options: dict[str, str], words: Texts) -> Markup:
    known = options if not chosen or chosen in options else {**options, chosen: chosen}
    items = Markup("").join(
        Markup('<option value="{}"{}>{}</option>').format(
            value, Markup(" selected") if value == chosen else "", clean(label)
        )
        for value, label in {"": words["any"], **known}.items()
    )
    return Markup('<label>{} <select name="{}">{}</select></label>').format(words[name], name, items)


def _live(board: Board, query: Query, words: Texts) -> Markup:
    """Give the line that the script brings to life; hidden without it."""
    return Markup(
        '<div class="live" id="live" hidden data-stream="{stream}" data-fresh="{fresh}" data-lost="{lost}" '
        'data-pause="{pause}" data-paused="{paused}" data-resume="{resume}" data-updated="{updated}">\n'
        '<span class="dot" aria-hidden="true"></span> <span id="state" role="status">{live}</span>\n'
        '<button type="button" id="show" hidden></button>\n'
        '<button type="button" id="pause">{pause}</button>\n</div>\n'
    ).format(
        stream=query.url("/events", page=1), fresh=words["fresh"], lost=words["lost"], pause=words["pause"],
        paused=words["paused"], resume=words["resume"], updated=words["newest_update"], live=words["live"],
    )  # fmt: skip


def _main(board: Board, shown: View, words: Texts) -> Markup:
    return Markup('<main id="stories" data-position="{}" tabindex="-1">\n{}{}{}</main>\n').format(
        position_text(board.position), _notice(board, shown, words),
        Markup("").join(story(one, shown.query, words) for one in shown.stories), _pages(shown, words),
    )  # fmt: skip


def _notice(board: Board, shown: View, words: Texts) -> Markup:
    told = Markup("") if board.connected else _note(words["kafka_down"])
    if not len(board):
        return told + _note(words["waiting"])
    return told if shown.stories else told + _note(words["nothing"])


def _note(text: str) -> Markup:
    return Markup('<p class="note">{}</p>\n').format(text)


def _pages(shown: View, words: Texts) -> Markup:
    query = shown.query
    steps = []
    if query.page > 1:
        newer = query.url(page=query.page - 1)
        steps.append(Markup('<a rel="prev" href="{}">{}</a>').format(newer, words["newer"]))
    if shown.more:
        older = query.url(page=query.page + 1)
        steps.append(Markup('<a rel="next" href="{}">{}</a>').format(older, words["older"]))
    api = Markup('<a href="{}">{}</a>').format(query.url("/api/articles", page=query.page), words["api"])
    return Markup('<nav aria-label="{}">{}</nav>\n').format(words["pages"], Markup(" ").join([*steps, api]))
