"""Casualties as a line: the toll of the event, and the other tolls that a text tells."""

from markupsafe import Markup

from events.alert import Toll
from events.article import Casualties, Count, EnrichedArticle
from marsad.web.marks import own
from marsad.web.texts import Texts


def casualties(event: EnrichedArticle, words: Texts) -> Markup:
    """Give every toll that an article tells."""
    lines = []
    if event.casualties:
        lines.append(toll(words["casualties"], event.casualties, words))
    for other in event.casualties_other:
        role = words.of("roles", other.role)
        lines.append(toll(f"{words['casualties_other']} ({role})", other, words))
    return Markup("").join(lines)


def toll(label: str, told: Casualties | Toll, words: Texts) -> Markup:
    """Give one toll: killed, injured, missing."""
    counts = (("killed", told.killed), ("injured", told.injured), ("missing", told.missing))
    parts = [f"{words[name]} {_count(count, words)}" for name, count in counts if count]
    return Markup('<p class="toll"{}><b>{}:</b> {}</p>\n').format(own(words), label, " · ".join(parts))


def _count(count: Count, words: Texts) -> str:
    if count.exact is not None:
        return str(count.exact)
    if count.min is not None and count.max is not None:
        return f"{count.min}–{count.max}"
    if count.min is not None:
        return f"{words['at_least']} {count.min}"
    return f"{words['at_most']} {count.max}" if count.max is not None else "?"
