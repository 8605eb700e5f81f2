"""A total told beside its part: "two more died, bringing the toll to nine" tells of nine, not of eleven."""

from streams.tag.headcount import Statement
from streams.tag.tollwords import Words

_REACH = 4


def without_parts(table: Words, sentence: tuple[str, ...], found: list[Statement]) -> list[Statement]:
    """Drop what a raised toll of the same sentence holds already; a running total holds nothing."""
    totals = [one for one in found if one.rule.endswith("-toll") and _is_raised(table, sentence, one)]
    if not totals or table.sets["cumulative"].within(sentence):
        return found
    return [one for one in found if not any(_holds(sentence, total, one) for total in totals)]


def _is_raised(table: Words, sentence: tuple[str, ...], toll: Statement) -> bool:
    """Tell "bringing the toll to nine" and "ارتفاع عدد الوفيات إلى 19" from the toll of a whole war."""
    if table.sets["wars"].within(sentence, toll.start, toll.end):
        return False
    start, end = toll.start - _REACH, toll.start + 1
    return any(table.sets[name].within(sentence, start, end) for name in ("raisers", "rises"))


def _holds(sentence: tuple[str, ...], total: Statement, part: Statement) -> bool:
    if part is total or part.kinds != total.kinds or part.number.high is None:
        return False
    follows = part.start > total.start
    after = not follows or sentence[part.start - 1] in ("بعد", "عقب", "اثر", "after")
    return after and part.number.high <= (total.number.low or 0)
