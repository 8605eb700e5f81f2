"""The stories as HTML: whole on the server, so that the page says all it has to say without a script."""

from dataclasses import dataclass

from markupsafe import Markup

from marsad.web.alerts import AlertQuery
from marsad.web.board import Board, StoryView
from marsad.web.marks import clean, isolated
from marsad.web.memory import Memory
from marsad.web.panels import alert_items
from marsad.web.query import Query
from marsad.web.shell import Frame, choice, document, hidden, live, main, note
from marsad.web.sse import position_text
from marsad.web.story import forebears, story
from marsad.web.texts import Texts

PAGE_STORIES = 30
FRONT_ALERTS = 3
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


def page(memory: Memory, query: Query, words: Texts) -> str:
    """Give the front page for `query` in the interface language of `words`."""
    shown, board = view(memory.board, query), memory.board
    frame = Frame("stories", query.url(ui=words.other), query.ui, stream=query.url("/events", page=1))
    inner = Markup("").join((
        _notice(board, shown, words), _alerts(memory, query, words),
        *(story(one, query, words, board.lineage) for one in shown.stories), _pages(shown, words),
    ))  # fmt: skip
    parts = (_filters(board, query, words), live(frame, words), main(inner, position_text(board.position)))
    return document(frame, memory, words, parts)


def story_page(memory: Memory, query: Query, words: Texts) -> str | None:
    """Give the page of the story that `query` names; None where nobody has told of it."""
    board = memory.board
    known, shown = board.lineage.get(query.story), board.stories(query)
    if known is None and not shown:
        return None
    path = Query(story=query.story).story_path
    title = shown[0].articles[0].event.title if shown else known.title if known else ""
    address = Query(ui=words.other).url(path)
    frame = Frame("", address, query.ui, title or words["untitled"], query.url("/events"))
    if shown:
        inner = Markup("").join(story(one, query, words, board.lineage) for one in shown)
    else:
        inner = _bare(query.story, title, board, words)
    return document(
        frame, memory, words, (live(frame, words), main(inner, position_text(board.position)))
    )  # fmt: skip


def _bare(story_id: str, title: str, board: Board, words: Texts) -> Markup:
    """Give a story whose articles the page no longer, or not yet, has."""
    heading = Markup("<h2>{}</h2>\n").format(isolated(title or words["untitled"]))
    return heading + note(words["story_gone"]) + forebears(story_id, board.lineage, words)


def _filters(board: Board, query: Query, words: Texts) -> Markup:
    relations = {one: words.of("relations", one) for one in RELATIONS}
    kept = (("tag", query.tag), ("story", query.story), ("ui", query.ui))
    fields = (
        _search(query, words),
        choice("lang", words["lang"], query.lang, {one: one for one in board.languages()}, words["any"]),
        choice("relation", words["relation"], query.relation, relations, words["any"]),
        choice("source", words["source"], query.source, board.sources(), words["any"]),
        *(hidden(name, value) for name, value in kept if value),
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


def _notice(board: Board, shown: View, words: Texts) -> Markup:
    told = Markup("") if board.connected else note(words["kafka_down"])
    if shown.query.story and not shown.stories:
        return told + note(words["no_story"])
    if not len(board):
        return told + note(words["waiting"])
    return told if shown.stories else told + note(words["nothing"])


def _alerts(memory: Memory, query: Query, words: Texts) -> Markup:
    """Give the newest alerts, on the first page alone."""
    if query.filtered or query.page > 1 or not len(memory.alerts):
        return Markup("")
    shown = AlertQuery(ui=query.ui)
    newest = [alert for alert, _ in zip(memory.alerts.newest(shown), range(FRONT_ALERTS), strict=False)]
    return Markup('<section class="panel" aria-labelledby="newest-alerts">\n'
                  '<h2 id="newest-alerts">{}</h2>\n{}<p><a href="{}">{}</a></p>\n</section>\n').format(
        words["newest_alerts"], alert_items(newest, shown, words, brief=True), shown.url(),
        words["all_alerts"],
    )  # fmt: skip


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
