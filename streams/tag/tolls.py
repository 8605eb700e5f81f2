"""What one sentence says of the dead, the wounded and the missing: statements with numbers and words."""

from collections.abc import Sequence

from streams.tag.headcount import Statement, added, people, single, way
from streams.tag.numbers import Quantity, is_number, quantity
from streams.tag.outcomes import counted, toll
from streams.tag.tollwords import KINDS, Words, peeled, words

_REACH = 6
_KIND_OF: dict[str | None, str] = {"died": "killed"}


def statements(sentence: Sequence[str]) -> list[Statement]:
    """Give the statements of a sentence in reading order; each reader looks only a few words ahead."""
    table, found, at = words(), [], 0
    while at < len(sentence):
        read = toll(table, sentence, at) or _cue(table, sentence, at) or counted(table, sentence, at)
        if read and not _denied(table, sentence, at):
            found.append(read)
        at = max(at + 1, read.end if read else 0)
    return found if len(found) > 1 else [one for one in found if not one.loose]


def _denied(table: Words, sentence: Sequence[str], at: int) -> bool:
    """Tell whether the words just before deny it, or speak of a plan, a threat or a film."""
    near = sentence[max(0, at - 3) : at]
    return table.sets["negations"].within(near) or table.sets["unreal"].within(sentence[max(0, at - 5) : at])


def _cue(table: Words, sentence: Sequence[str], at: int) -> Statement | None:
    kinds, end = _cue_kinds(table, sentence, at)
    if not kinds:
        return _idiom(table, sentence, at)
    number = people(table, sentence, end)
    few = None if number else _few(table, sentence, at, end)
    active = any(
        sentence[at].lstrip("وف") in table.active[kind] or sentence[at] in table.active[kind]
        for kind in kinds
    )
    if active and (number is None or number.low == 1) and not _passive(table, sentence, at):
        number = _object(table, sentence, end) or number
    told = number or few
    if told is None or (number is None and "missing" in kinds):
        return None
    rule = f"casualties:{kinds[0]}-{kinds[1] if len(kinds) > 1 else way(told)}"
    return Statement(kinds, told, at, told.end, rule, loose=number is None and told.high is None)


def _cue_kinds(table: Words, sentence: Sequence[str], at: int) -> tuple[tuple[str, ...], int]:
    """Give the kinds that the verb at `at` tells of and where it ends; "مقتل وإصابة" tells of two at once."""
    kind = _verb_kind(table, sentence, at)
    if kind is None:
        return (), at
    following = at + 1
    if following < len(sentence) and sentence[following] in ("and", "or") and len(sentence) > following + 1:
        following += 1
    other = _verb_kind(table, sentence, following) if following < len(sentence) else None
    joined = following > at + 1 or (following < len(sentence) and sentence[following][:1] in "وا")
    joined = joined and not sentence[at].endswith("وا")
    if other and other != kind and joined and not _starts_number(sentence, at + 1):
        return (kind, other), following + 1
    return (kind,), at + 1


def _starts_number(sentence: Sequence[str], at: int) -> bool:
    return at < len(sentence) and is_number(sentence[at])


def _verb_kind(table: Words, sentence: Sequence[str], at: int) -> str | None:
    kind = table.verb_kind(sentence[at])
    return None if kind == "died" and not _is_toll(table, sentence, at + 1) else _KIND_OF.get(kind, kind)


def _is_toll(table: Words, sentence: Sequence[str], at: int) -> bool:
    """Tell a toll from a natural death: a number, or "وفاة امرأة" where the sentence tells by what."""
    if quantity(sentence, at) is not None:
        return True
    if single(table, sentence, at, definite=False) is None:
        return False
    return table.sets["means"].within(sentence) or _many_cues(table, sentence)


def _passive(table: Words, sentence: Sequence[str], at: int) -> bool:
    return at > 0 and sentence[at - 1] in table.sets["auxiliaries"].words


def _few(table: Words, sentence: Sequence[str], at: int, end: int) -> Quantity | None:
    """Read a toll without a number: "مقتل جندي" is one, "طفلين" two, "آخرين" two or more.

    قتل رجل is also "killing a man": after such verbs one person counts only where the sentence tells by what,
    and never as an object (رجلا) or with the article (الرجل).
    """
    cue = sentence[at].lstrip("وفب")
    named = cue in table.sets["named"].words
    few = single(table, sentence, end, definite=named)
    if few is None or few.low != 1 or named or sentence[end] in table.sets["also_more"].words:
        return added(table, sentence, few) if few else None
    accusative = sentence[end].endswith("ا") and not sentence[end].isascii()
    if accusative or not (table.sets["means"].within(sentence) or _many_cues(table, sentence)):
        return None
    return added(table, sentence, few)


def _many_cues(table: Words, sentence: Sequence[str]) -> bool:
    """Tell whether a sentence tells of several kinds: "قتل شخص وجرح ثلاثة"."""
    kinds = {
        kind for kind in KINDS for word in sentence for _, rest in peeled(word) if rest in table.verbs[kind]
    }
    return len(kinds) > 1


def _object(table: Words, sentence: Sequence[str], at: int) -> Quantity | None:
    """Read the object of an active verb: "قتل مسلحون خمسة جنود", "airstrikes killed"."""
    for place in range(at, min(at + _REACH, len(sentence))):
        if table.sets["breaks"].at(sentence, place) or _stops(table, sentence, place):
            return None
        number = quantity(sentence, place)
        if number and number.end < len(sentence) and table.person(sentence[number.end]):
            return added(table, sentence, number._replace(end=number.end + 1))
    return None


def _stops(table: Words, sentence: Sequence[str], at: int) -> bool:
    return any(rest in table.verbs[kind] for _, rest in peeled(sentence[at]) for kind in KINDS)


def _idiom(table: Words, sentence: Sequence[str], at: int) -> Statement | None:
    """Read "لقي 5 أشخاص مصرعهم", "أودى بحياة 12 شخصا", "راح ضحيته 7"."""
    word = sentence[at].removeprefix("و")
    sets = table.sets
    if word in sets["met"].words:
        number = people(table, sentence, at + 1) or single(table, sentence, at + 1, definite=True)
        tail = sentence[number.end : number.end + _REACH] if number else ()
        met = next((step for step, other in enumerate(tail) if other in sets["met_with"].words), None)
        if number and met is not None:
            return Statement(("killed",), number, at, number.end + met + 1, "casualties:killed-idiom")
        return None
    width = sets["lives"].at(sentence, at)
    claimed = width and sets["lives_verbs"].within(sentence[max(0, at - 3) : at])
    if claimed or word in sets["victims"].words:
        number = people(table, sentence, at + max(width, 1))
        if number:
            return Statement(("killed",), number, at, number.end, "casualties:killed-idiom")
    return None
