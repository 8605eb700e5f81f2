"""What changed in an article, revision by revision: what stayed, what went, what came."""

from markupsafe import Markup, escape

from events.article import EnrichedArticle
from marsad.web.board import StoryView
from marsad.web.marks import difference, moment, own
from marsad.web.texts import Texts

CLIP = 400
"""Characters of one side of a change that are shown; the text itself stands below it."""
NOTHING = Markup("")
MARKED = {"del": Markup("<del>{}{}</del>"), "ins": Markup("<ins>{}{}</ins>")}


def history(event: EnrichedArticle, shown: StoryView, words: Texts) -> Markup:
    """Give what changed, revision by revision, the newest first."""
    known = [event, *(one.event for one in shown.history if one.event.article_id == event.article_id)]
    told = Markup("").join(_revision(one, words) for one in known)
    if not told:
        return NOTHING
    heading = Markup('<p class="changed"{}>{}</p>\n').format(own(words), words["changes"])
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
        own(words), words["revision_n"], event.revision, moment(event.fetched_at), lines
    )


def _change(kind: str, before: str, after: str, words: Texts) -> Markup:
    """Give one change as a line: what stayed, what went, what came."""
    pieces = Markup(" ").join(
        piece
        for same, gone, come in difference(clip(before), clip(after))
        for piece in (escape(same), _told("del", "before", gone, words), _told("ins", "after", come, words))
        if piece
    )
    return Markup("<dt{}>{}</dt><dd>{}</dd>").format(own(words), kind, pieces)


def _told(tag: str, side: str, text: str, words: Texts) -> Markup:
    """Mark what went or came, with a word for those who hear the page: `del` has no name of its own."""
    if not text:
        return NOTHING
    heard = Markup('<span class="heard"{}>{}: </span>').format(own(words), words[side])
    return MARKED[tag].format(heard, text)


def clip(text: str) -> str:
    """Give `text`, shortened to CLIP characters."""
    return text if len(text) <= CLIP else text[:CLIP].rstrip() + "…"
