"""Tolls without a number: "مقتل جندي" is one, "وفاة طفلين" two, "آخرين" two or more."""

from streams.tag.headcount import Statement, added
from streams.tag.named import by_name
from streams.tag.numbers import Quantity, quantity
from streams.tag.singles import ONE_OF_THEM, single
from streams.tag.tollwords import Words

_REACH = 6
_TWO = 2
_DUAL_VERBS = frozenset(["قتلا", "استشهدا", "اصيبا", "توفيا"])


def past_time(table: Words, sentence: tuple[str, ...], at: int) -> int:
    """Pass over "اليوم", "فجر الأحد", "على إثره" between a verb and whom it befell."""
    while at < len(sentence) - 1 and (width := table.sets["in_between"].at(sentence, at)):
        at += width  # وقتل اليوم جنديان
    return at


def is_toll(table: Words, sentence: tuple[str, ...], at: int) -> bool:
    """Tell a toll from a natural death: a number, or "وفاة امرأة" where the sentence tells by what."""
    anew = sentence[max(0, at - 2) : at - 1] != ("علي",)  # مرور سنوات على وفاة الفنان
    at = past_time(table, sentence, at)
    if quantity(sentence, at) is not None or table.sets["of_wounds"].at(sentence, at):
        return True
    told = single(table, sentence, at, definite=anew) or by_name(table, sentence, at)
    if told is None or told.low == _TWO or sentence[at] in ONE_OF_THEM:
        return told is not None
    hurt = any(word[0] == "و" and "injured" in table.verbs_tell(word) for word in sentence)
    return hurt or _is_told_by_what(table, sentence)


def few_or_one(table: Words, sentence: tuple[str, ...], at: int, end: int) -> Quantity | None:
    """Read a toll without a number: "مقتل جندي" is one, "طفلين" two, "آخرين" two or more.

    قتل رجل is also "killing a man": after such verbs one person counts only where the sentence tells by what,
    and never as an object (رجلا) or with the article (الرجل).
    """
    cue = sentence[at].lstrip("وفب")
    named, died = cue in table.sets["named"].words, table.verb_kind(sentence[at]) == "died"
    if table.sets["of_wounds"].at(sentence, end) and not cue.endswith("وا"):
        return Quantity(1, 1, at, end + 1)  # توفي متأثرا بجراحه
    few = by_name(table, sentence, end) if named or died else None
    few = few or single(table, sentence, end, definite=named or died)
    if few is None or few.low != 1 or named or _counts_alone(table, sentence[end]):
        return added(table, sentence, few) if few else None
    accusative = sentence[end].endswith("ا") and not sentence[end].isascii()
    if accusative or not (died or _is_told_by_what(table, sentence)):
        return None
    return added(table, sentence, few)


def of_him(table: Words, sentence: tuple[str, ...], at: int) -> Statement | None:
    """Read "ما أدى إلى مقتله": of one who was told of before; where the sentence tells no other number."""
    kind, count = table.his.get(sentence[at], ("", 0))
    came = table.sets["outcome_verbs"].within(sentence, at - 3, at)
    by_what = kind == "killed" or table.sets["wounds_with"].at(sentence, at + 1)
    if not kind or not came or not by_what:
        return None
    number = Quantity(count, count, at, at + 1)
    return Statement((kind,), number, at, at + 1, f"casualties:{kind}-number", weak=True)


def _counts_alone(table: Words, word: str) -> bool:
    return word in table.sets["also_more"].words or word in table.kin or word in ONE_OF_THEM


def _is_told_by_what(table: Words, sentence: tuple[str, ...]) -> bool:
    """Tell whether a sentence tells by what, or of several kinds: "قتل شخص وجرح ثلاثة"."""
    if table.tells_by_what(sentence):
        return True
    return len(frozenset().union(*map(table.verbs_tell, sentence))) > 1


def both(table: Words, sentence: tuple[str, ...], at: int) -> Quantity | None:
    """Read "جنديين من الجيش قتلا": a verb in the dual tells of two named before."""
    if sentence[at].lstrip("وف") not in _DUAL_VERBS:
        return None
    before = sentence[max(0, at - _REACH) : at]
    two = table.two | table.two_or_more
    return None if two.isdisjoint(before) else Quantity(2, 2, at, at + 1)


def themselves(table: Words, sentence: tuple[str, ...], at: int) -> Quantity | None:
    """Read "killed himself and seven others"."""
    if sentence[at : at + 1] not in (("himself",), ("herself",)) or sentence[at + 1 : at + 2] != ("and",):
        return None
    return added(table, sentence, Quantity(1, 1, at, at + 1))
