"""Urgency as the source marks it: a word at the head of the headline or of the text, apart from what follows.

"عاجل: …", "#عاجل …", "BREAKING - …", "… (عاجل)". An urgent request, "طلب عاجل", marks nothing.
"""

import re
from functools import cache

from events.article import DedupedArticle, Evidence, Field, Urgency
from streams.tag.tables import settings

_LEVELS = ("flash", "urgent")
_HEAD = 60
"""Characters of a field that are looked at."""
_SIGNS = ' \n#[(«"|*.-'


@cache
def _marks() -> re.Pattern[str]:
    """Give the pattern of a mark: after "#" or in brackets, or with a sign after it, or alone on its line."""
    table = settings("cues.toml")["urgency"]
    levels = "|".join(
        f"(?P<{level}>{'|'.join(sorted(map(re.escape, table[level]), key=len, reverse=True))})"
        for level in _LEVELS
    )
    return re.compile(
        rf"(?:(?<=#)|(?<![^\s\[(«\"|]))(?:{levels})(?P<after>\s?[\])»\"]|\s*[:|/!…–—\-]|\s*(?:\n|\Z)|\b)",
        re.I,
    )


def urgency(article: DedupedArticle) -> Urgency | None:
    """Give the level that headline or text begins with, or the headline ends with; None for most articles."""
    fields: tuple[tuple[Field, str], ...] = (("title", article.title), ("text", article.text))
    found = [
        (level, mark) for field, text in fields for level, mark in [_mark(field, text)] if level and mark
    ]
    if not found:
        return None
    level = min((level for level, _ in found), key=_LEVELS.index)
    return Urgency(level="flash" if level == "flash" else "urgent", evidence=tuple(mark for _, mark in found))


def _mark(field: Field, text: str) -> tuple[str, Evidence | None]:
    for found in _marks().finditer(text[:_HEAD]):
        sign, after = text[found.start() - 1 : found.start()], found["after"]
        at_head, at_end = not text[: found.start()].strip(_SIGNS), found.end() >= len(text)
        closing = field == "title" and at_end and sign != "" and sign in "([«" and after.strip() != ""
        if closing or (at_head and (sign == "#" or after != "" or at_end)):
            level = next(one for one in _LEVELS if found[one])
            start, end = found.span(level)
            rule = f"urgency:{level}"
            return level, Evidence(field=field, start=start, end=end, surface=text[start:end], rule=rule)
    return "", None
