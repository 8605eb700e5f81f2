"""What befell an English subject: "12 people were killed", "Soldier killed, another wounded"."""

from streams.tag.counting import counted_people
from streams.tag.headcount import Statement, added, people, way
from streams.tag.numbers import Quantity, quantity
from streams.tag.participles import HURT, LOST, is_age, participle
from streams.tag.singles import POSSESSIVES, english_one, single
from streams.tag.subjects import is_was, past_of, past_words, whole
from streams.tag.tollwords import Words

_THEM = frozenset(["them"])
_REACH_OF_VERB = 7
_FURTHER = frozenset(["third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"])
"""A fifth person has died: one more of those told before, no toll of one."""
_STATES = frozenset(["condition", "care", "ill"])
"""Ends of "in critical condition": of those who were hurt, unless no other number of them is told."""
ACTIVE = frozenset(["killed", "wounded", "injured", "hurt"])
"""English participles that are also verbs with an object."""
_OBJECTS = POSSESSIVES | {"the", "himself", "herself", "themselves", "a", "an", "dozens"}
_HEADLINE_SUBJECT = 6
_NO_HEADLINE = _OBJECTS | {"another", "one", "of", "its", "this", "that", "by", "for", "no"}


def some(table: Words, sentence: tuple[str, ...], at: int) -> Statement | None:
    """Read what befell a number of people; "one other" is one person too."""
    if not any(map(str.isalpha, filter(str.isascii, sentence[at:]))):
        return None  # two numbers of an Arabic sentence, one after the other
    if sentence[at - 1 : at] == ("aged",):
        return None
    told = people(table, sentence, at)
    told = told or _of_a_people(table, sentence, at)
    if told is None and sentence[at] == "one":
        return one(table, sentence, at)
    return befell(table, sentence, _with_others(table, sentence, told))


def _of_a_people(table: Words, sentence: tuple[str, ...], at: int) -> Quantity | None:
    """Read "170 Afghans died", "500 Rohingya have drowned": those who are counted and die, but animals."""
    number = quantity(sentence, at)
    if number is None or number.low == 0 or number.end + 1 >= len(sentence):
        return None
    noun, end = sentence[number.end], number.end + 1
    if (
        not noun.isalpha()
        or noun in table.sets["animals"].words
        or participle(table, sentence, number.end)[0]
    ):
        return None
    if table.sets["not_followers"].at(sentence, number.end) or table.sets["auxiliaries"].at(
        sentence, number.end
    ):
        return None
    verb = end + (sentence[end] in ("have", "had", "were", "was", "are"))
    lost = sentence[verb : verb + 1] and sentence[verb] in LOST
    lost = lost or (verb > end and participle(table, sentence, verb)[0] is not None)
    return number._replace(end=end) if lost else None


def _with_others(table: Words, sentence: tuple[str, ...], told: Quantity | None) -> Quantity | None:
    """Add a second group before the verb: "nine militants and two soldiers killed"."""
    if told is None or told.exact is None or sentence[told.end : told.end + 1] != ("and",):
        return told
    more = quantity(sentence, told.end + 1)
    end = _end_of_group(table, sentence, more.end) if more else None
    if more is None or more.exact is None or end in (None, more.end):
        return told
    kind = participle(table, sentence, end)[0] if end else None
    total = told.exact + more.exact
    return Quantity(total, total, told.start, end or told.end) if kind else told


def _end_of_group(table: Words, sentence: tuple[str, ...], at: int) -> int | None:
    """Give where a group's noun ends, also of one that no list holds: "31 troops and 45 Huthis dead"."""
    end = counted_people(table, sentence, at)
    if end is None and at + 1 < len(sentence) and sentence[at].isalpha() and sentence[at].endswith("s"):
        return at + 1 if participle(table, sentence, at + 1)[0] else None
    return end


def one(table: Words, sentence: tuple[str, ...], at: int) -> Statement | None:
    """Read what befell one person, or one and a group: "a soldier was killed", "Policeman killed"."""
    if sentence[at - 1 : at] in (("including",), ("among",)):
        return None
    if sentence[at] in ("a", "an", "one", "another"):
        told = befell(table, sentence, _group(table, sentence, at))
        further = sentence[at + 1 : at + 2] and sentence[at + 1] in _FURTHER
        return told._replace(loose="killed" in told.kinds) if told and further else told
    if sentence[at] in POSSESSIVES:
        return befell(table, sentence, single(table, sentence, at, definite=False))
    if sentence[at] == "the":
        return _the_one(table, sentence, at)
    return _headline_one(table, sentence, at) if sentence[at] in table.one else None


def _group(table: Words, sentence: tuple[str, ...], at: int) -> Quantity | None:
    """Read "a soldier", "a soldier and two civilians", "another" where what befell him follows."""
    one = english_one(table, sentence, at)
    further = sentence[at + 1 : at + 2] and sentence[at + 1] in _FURTHER  # a fifth was wounded
    if one is None and (further or sentence[at] in ("another", "one")):
        width = 2 if further or sentence[at + 1 : at + 2] == ("other",) else 1
        verb = at + width
        while table.sets["auxiliaries"].at(sentence, verb) == 1:
            verb += 1  # another was critically wounded
        told = participle(table, sentence, verb)[0]
        return Quantity(1, 1, at, at + width) if told else None
    more = _and_more(table, sentence, one)
    if more:
        return more
    joined = one is not None and sentence[one.end : one.end + 1] == ("and",)
    return added(table, sentence, one) if one and joined else one


def _and_more(table: Words, sentence: tuple[str, ...], one: Quantity | None) -> Quantity | None:
    """Add "and two children" right before what befell them: "Mother and two children killed"."""
    if one is None or one.low != 1 or sentence[one.end : one.end + 1] != ("and",):
        return None
    more = people(table, sentence, one.end + 1) or _next_one(table, sentence, one.end + 1)
    if more is None or more.exact is None or not participle(table, sentence, more.end)[0]:
        return None
    return Quantity(1 + more.exact, 1 + more.exact, one.start, more.end)


def _next_one(table: Words, sentence: tuple[str, ...], at: int) -> Quantity | None:
    """Read the second of "husband and wife"."""
    return Quantity(1, 1, at, at + 1) if sentence[at : at + 1] and sentence[at] in table.one else None


def befell(table: Words, sentence: tuple[str, ...], number: Quantity | None) -> Statement | None:
    """Read what befell an English subject: "12 people, including a child, were killed"."""
    number = number and whole(table, sentence, number)
    if number is None:
        return None
    at, limit = past_of(table, sentence, number.end), min(number.end + 12, len(sentence))
    kinds: list[str] = []
    if table.sets["subset_openers"].at(sentence, at):
        at = past_words(sentence, at, limit)
    subject_ends = at
    place, last = at, min(at + _REACH_OF_VERB, limit)
    while place < last:
        kind, width = participle(table, sentence, place)
        if kind and sentence[place - 1 : place] == ("and",) and quantity(sentence, place + 1):
            break  # lost 12 soldiers and killed 40 militants
        if kind:
            if not kinds and _is_active(table, sentence, subject_ends, place):
                return None
            kinds.append(kind)
            at = place + width
            if sentence[at : at + 1] not in (("or",), ("and",)):
                break
        elif sentence[place] == "aged":
            width = past_words(sentence, place, limit) - place
            last = limit
        else:
            width = table.sets["auxiliaries"].at(sentence, place)
            if not width:
                break
        place += width
    weak = sentence[at - 1] in _STATES
    known = HURT | _THEM if weak else HURT
    if not kinds or (kinds[0] == "injured" and not known.isdisjoint(sentence[number.end : subject_ends])):
        return None  # four of the injured, or three of them, are in critical condition
    rule = f"casualties:{kinds[0]}-{way(number)}"
    kinds = list(dict.fromkeys(kinds))
    return Statement(tuple(kinds), number._replace(end=at), number.start, at, rule, weak=weak)


def _is_active(table: Words, sentence: tuple[str, ...], subject_ends: int, at: int) -> bool:
    """Tell "gunmen killed three soldiers" from "gunmen killed, three wounded" and "gunmen killed in"."""
    if at != subject_ends or sentence[at] not in ACTIVE:
        return False
    if sentence[at + 1 : at + 2] and sentence[at + 1] in _OBJECTS:
        return True
    object_ = quantity(sentence, at + 1)
    counted_to = counted_people(table, sentence, object_.end) if object_ else None
    if counted_to is None or participle(table, sentence, counted_to)[0]:
        return False
    return not table.sets["other_fates"].at(sentence, counted_to)  # 3 wounded, 12 militants arrested


def _the_one(table: Words, sentence: tuple[str, ...], at: int) -> Statement | None:
    """Read "the driver was killed", which counts where others are told of; "the singer NAME was" always."""
    one = english_one(table, sentence, at)
    if one is None:
        return None
    was = next((place for place in range(one.end, one.end + _LONGEST_NAME) if is_was(sentence, place)), None)
    if was is None or any(table.sets["followers"].at(sentence, place) for place in range(one.end, was)):
        return None
    told = befell(table, sentence, one._replace(end=was))
    return told._replace(loose=was == one.end) if told else None


_LONGEST_NAME = 4


def _headline_one(table: Words, sentence: tuple[str, ...], at: int) -> Statement | None:
    """Read a headline's noun without an article: "Soldier killed", "Soldier, two militants killed"."""
    after = participle(table, sentence, at - 1)[0] if at else None
    if at > _HEADLINE_SUBJECT or (at and not after and sentence[at - 1] in _NO_HEADLINE):
        return None
    one = Quantity(1, 1, at, at + 1)
    joined = _and_more(table, sentence, one)
    if joined:
        return befell(table, sentence, joined)
    if at + 1 < len(sentence) and sentence[at + 1] == "and":
        return befell(table, sentence, added(table, sentence, one))
    if is_age(sentence, at + 1) and participle(table, sentence, at + 2)[0]:
        return befell(table, sentence, Quantity(1, 1, at, at + 2))
    more = people(table, sentence, at + 1)
    if more and more.exact and participle(table, sentence, more.end)[0]:
        return befell(table, sentence, Quantity(1 + more.exact, 1 + more.exact, at, more.end))
    return befell(table, sentence, one) if participle(table, sentence, at + 1)[0] else None
