"""Totals: "toll rises to 25", and a total beside its part: "two more died, bringing the toll to nine"."""

from streams.tag.counting import counted_people
from streams.tag.headcount import Statement
from streams.tag.numbers import Quantity, quantity
from streams.tag.numberwords import is_number
from streams.tag.tollwords import Words

_REACH = 4
_FARTHEST_LINK = 13
_FARTHEST_BROUGHT = 8
_PERIODS = (("this",), ("since",), ("منذ",), ("خلال",), ("in",))
_HEADS = frozenset(["the", "عدد", "حصيله"])
_AFTER = frozenset(["بعد", "عقب", "اثر", "after", "following"])
_OF_THE_DEAD = frozenset(["الضحايا", "ضحايا", "victims", "drowned"])
_TO = (("الي",), ("to",))
_ORDINALS = {
    word: place for place, word in enumerate("ثان ثالث رابع خامس سادس سابع ثامن تاسع عاشر".split(), 2)
}


def without_parts(table: Words, sentence: tuple[str, ...], found: list[Statement]) -> list[Statement]:
    """Drop what a raised toll of the same sentence holds already; a running total holds nothing."""
    totals = [
        one for one in found if one.rule.endswith(("-toll", "-noun")) and _is_raised(table, sentence, one)
    ]
    if not totals or table.sets["cumulative"].within(sentence):
        return found
    return [one for one in found if not any(_holds(sentence, total, one) for total in totals)]


def counted_on(sentence: tuple[str, ...], found: list[Statement]) -> list[Statement]:
    """Read "ثم انتشال جثمان خامس" after four: the toll is five."""
    exact = {one.number.exact for one in found if one.kinds == ("killed",)}

    def counted(one: Statement) -> Statement:
        ordinal = _ORDINALS.get("".join(sentence[one.end : one.end + 1]), 0)
        if one.kinds != ("killed",) or one.number.exact != 1 or ordinal - 1 not in exact:
            return one
        number = Quantity(ordinal, ordinal, one.number.start, one.end + 1)
        return one._replace(number=number, end=one.end + 1, rule="casualties:killed-toll", weak=False)

    return [counted(one) for one in found]


def with_own_death(table: Words, sentence: tuple[str, ...], found: list[Statement]) -> list[Statement]:
    """Add who kills others and then himself: "قتل زوجته وطفلتيه ثم انتحر"."""
    last = next((one for one in reversed(found) if one.kinds == ("killed",)), None)
    if last is None or table.sets["own_death"].find(sentence, last.end) is None:
        return found
    number = last.number
    low, high = (None if bound is None else bound + 1 for bound in (number.low, number.high))
    more = last._replace(number=number._replace(low=low, high=high))
    return [more if one is last else one for one in found]


def _is_raised(table: Words, sentence: tuple[str, ...], toll: Statement) -> bool:
    """Tell "bringing the toll to nine" and "ارتفاع عدد الوفيات إلى 19" from the toll of a whole war."""
    if table.sets["wars"].within(sentence, toll.start, toll.end):
        return False
    if sentence[toll.end - 1] in _ORDINALS:
        return True
    linked = sentence[toll.start - 1 : toll.start] in _TO  # ارتفعت حصيلة انهيار المبنى السكني إلى 11 وفاة
    start, end = 0 if linked else toll.start - _REACH, toll.start + 1
    return any(table.sets[name].within(sentence, start, end) for name in ("raisers", "rises"))


def _holds(sentence: tuple[str, ...], total: Statement, part: Statement) -> bool:
    if part is total or part.kinds != total.kinds or part.number.high is None:
        return False
    follows = part.start > total.start
    after = not follows or any(word in _AFTER for word in sentence[part.start - 2 : part.start])
    return after and part.number.high <= (total.number.low or 0)


def toll(table: Words, sentence: tuple[str, ...], at: int) -> Statement | None:
    """Read "ارتفعت حصيلة القتلى إلى 25", "death toll rises to 25"."""
    kind = _toll_kind(table, sentence, at)
    if kind is None:
        return None
    both = sentence[at + 1 : at + 2] in (("والجرحي",), ("والمصابين",))
    kinds = (kind, "injured") if both and kind == "killed" else (kind,)
    brought = _brought_to(table, sentence, at)
    if brought:
        return Statement(kinds, brought, brought.start, at + 1, f"casualties:{kind}-toll")
    links = table.sets["toll_links"]
    for place in range(at + 1, min(at + _FARTHEST_LINK, len(sentence))):
        width = links.at(sentence, place)
        number = _after_link(table, sentence, place + 1) if width else quantity(sentence, place)
        if number and not width:
            near = place == at + 1 or _is_reached(table, sentence, at)
            number = _verb_before(sentence, at, number) if near else number
            number = number if number and (number.bounded or near) else None
        if number is None:
            continue
        unreal = table.sets["toll_unreal"].within(sentence, at, place)
        if unreal or _is_of_others(table, sentence, number, kinds):
            return None
        end = counted_people(table, sentence, number.end) if number and number.low else None
        if number and end is not None:
            return Statement(kinds, number._replace(end=end), at, end, f"casualties:{kind}-toll")
    return None


def _brought_to(table: Words, sentence: tuple[str, ...], at: int) -> Quantity | None:
    """Read "bringing to 37 the number of those drowned"; not "the number killed this week"."""
    if sentence[at + 1 : at + 2] in _PERIODS:
        return None
    for place in range(max(1, at - _FARTHEST_BROUGHT), at - 1):
        if sentence[place : place + 1] in _TO and table.sets["raisers"].within(sentence, place - 1, place):
            number = quantity(sentence, place + 1)
            return number if number and sentence[number.end] in _HEADS else None
    return None


def _is_of_others(table: Words, sentence: tuple[str, ...], number: Quantity, kinds: tuple[str, ...]) -> bool:
    """Tell whether a number counts those whom something else befell: "9 قتلى و11 جريحا"."""
    told = table.noun_kind(sentence[number.end]) if number.end < len(sentence) else None
    return told is not None and told not in kinds


def _is_reached(table: Words, sentence: tuple[str, ...], at: int) -> bool:
    """Tell "بلغ عدد قتلى الاحتجاجات 600": the verb stands before, so the first number is the toll's."""
    before = [word.removeprefix("و") for word in sentence[max(0, at - 2) : at]]
    return not all(table.sets[name].words.isdisjoint(before) for name in ("toll_links", "passed"))


def _after_link(table: Words, sentence: tuple[str, ...], at: int) -> Quantity | None:
    """Read the number after "بلغ", words of time between them passed over."""
    for place in range(at, min(at + 4, len(sentence))):
        number = quantity(sentence, place)
        if number or not table.sets["in_between"].at(sentence, place):
            return number
    return None


def _verb_before(sentence: tuple[str, ...], at: int, number: Quantity) -> Quantity:
    """Read a number right after its toll: "عدد القتلى 12", "تجاوز عدد الجرحى 90"."""
    for place in range(max(0, at - 3), at):
        bound = quantity((sentence[place].removeprefix("و"), "1"), 0)
        if bound and bound.bounded and bound.end == 2:
            return number._replace(high=None, bounded=True) if bound.high is None else number
    return number


_TOLLS = frozenset("death the confirmed overall final official total initial latest earlier previous".split())


def _toll_kind(table: Words, sentence: tuple[str, ...], at: int) -> str | None:
    """Give the kind of a definite plural that a toll is told of: حصيلة القتلى, والجرحى إلى, death toll."""
    word = sentence[at]
    rising = table.sets["rises"].at(sentence, at + 1)
    if word == "toll" and (at == 0 or rising or sentence[at - 1] in _TOLLS):
        return "killed"
    bare = word if word in table.sets["toll_of"].words else word.removeprefix("و")
    rises = table.sets["rises"]
    if bare == "الحصيله" and rises.within(sentence[max(0, at - 2) : at] + sentence[at + 1 : at + 2]):
        return "killed"
    if bare not in table.sets["toll_of"].words:
        return None
    near = [word.removeprefix("و") for word in sentence[max(0, at - 3) : at]]
    headed = any(head in near or "ال" + head in near for head in table.sets["toll_heads"].words)
    told = word.startswith("ال") and at + 1 < len(sentence) and is_number(sentence[at + 1])  # القتلى 9
    if not headed and not told and not word.startswith(("والجرحي", "والمصابين")):
        return None
    if bare in _OF_THE_DEAD:
        return "killed"
    return table.noun_kind(bare)
