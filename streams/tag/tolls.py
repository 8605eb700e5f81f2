"""What one sentence says of the dead, the wounded and the missing: statements with numbers and words."""

from functools import cache, lru_cache
from typing import NamedTuple

from streams.tag.befallen import ACTIVE
from streams.tag.disputed import second_count
from streams.tag.headcount import Statement, people, way
from streams.tag.idioms import done_away, idiom
from streams.tag.numbers import Quantity
from streams.tag.numberwords import followers_asked, is_number, may_begin
from streams.tag.objects import all_of_them, numbered, object_of, of_them, past_phrase, unlisted
from streams.tag.outcomes import counted, really
from streams.tag.participles import participle
from streams.tag.singles import POSSESSIVES
from streams.tag.tollwords import Words, words
from streams.tag.totals import counted_on, toll, with_own_death, without_parts
from streams.tag.unnumbered import both, few_or_one, is_toll, of_him, past_time, themselves

_REACH = 6
_REACH_OF_PLANS = 8
_NEAR = 3
_BARE_VERBS = frozenset(["kill", "injure", "wound"])
_ONE_AND_SOME = 3
"""A businessman's daughter and her friends: surer than "their brothers" alone."""
_KIND_OF: dict[str | None, str] = {"died": "killed"}


def statements(sentence: tuple[str, ...]) -> list[Statement]:
    """Give the statements of a sentence in reading order; each reader looks only a few words ahead."""
    table, found, done = words(), [], 0
    for at, opens in [(at, opens) for at, opens in enumerate(map(_opens, sentence)) if opens]:
        if at < done:
            continue
        read = None
        if opens & _TOLL:
            read = toll(table, sentence, at)
        if opens & _CUE and not read:
            read = _cue(table, sentence, at)
        if not read and (opens & _COUNT or (opens & _NUMBER and may_begin(sentence, at))):
            read = counted(table, sentence, at)
        if read:
            done = read.end
            found += [] if _denied(table, sentence, at) else [read]
    found = counted_on(sentence, found)
    strong = {kind for one in found if not one.weak for kind in one.kinds}
    disputed = len(found) > 1 and table.sets["contrasts"].within(sentence)
    found = [one for one in found if not one.weak or disputed or strong.isdisjoint(one.kinds)]
    found = without_parts(table, sentence, found)
    found = with_own_death(table, sentence, found)
    other = second_count(table, sentence, found)
    found += [other] if other else []
    return found if len(found) > 1 else [one for one in found if not one.loose]


_TOLL, _CUE, _COUNT, _NUMBER = 1, 2, 4, 8
_TOLD = (
    "met",
    "fell",
    "victims",
    "lost",
    "deaths_of",
    "mourns",
    "deadly",
    "parted",
    "butchered",
    "carried_off",
)
_FINITE = frozenset(["kills", "wounds", "injures"])
_COUNTS = POSSESSIVES | {"a", "an", "one", "another", "the", "عداد"}


@lru_cache(maxsize=50_000)
def _opens(word: str) -> int:
    """Tell which statements can begin with a word, as bits: most words are passed over at one look."""
    table, bare = words(), word.removeprefix("و")
    openers = _openers()
    heads_toll = word == "toll" or bare == "الحصيله" or word in openers.tolls or bare in openers.tolls
    told = bare in openers.told or bare.removeprefix("ب") in openers.ended or word in openers.phrases
    noun = table.self_counting(word) or table.noun_kind(word) or (word.isascii() and word in table.one)
    return (
        _TOLL * heads_toll
        | _CUE * (told or word in table.his or table.verb_kind(word) is not None)
        | _COUNT * bool(noun or word in _COUNTS)
        | _NUMBER * (followers_asked(word) is not None)
    )


class _Openers(NamedTuple):
    """First words of statements."""

    tolls: frozenset[str]
    told: frozenset[str]
    ended: frozenset[str]
    """Also behind "by"."""
    phrases: frozenset[str]


@cache
def _openers() -> _Openers:
    sets = words().sets
    return _Openers(
        tolls=sets["toll_of"].words,
        told=frozenset().union(*(sets[name].words for name in _TOLD)),
        ended=sets["ended"].words | sets["executed"].words,
        phrases=sets["killed_phrases"].first | sets["lives"].first,
    )


def _denied(table: Words, sentence: tuple[str, ...], at: int) -> bool:
    """Tell whether the words just before deny it, or speak of a plan, a threat or a film."""
    negated = table.sets["negations"].find(sentence, max(0, at - 3), at)
    if negated is not None and "but" not in sentence[negated:at]:
        return True
    if sentence[at] in ACTIVE and sentence[at - 1 : at] in (("that",), ("which",)):
        return False  # an attempt that killed his driver
    start, unreal = max(0, at - _REACH_OF_PLANS), table.sets["unreal"]
    told = [place for place in range(start, at) if _is_outcome(table, sentence[place])]
    planned = max(told, default=start - 1) + 1
    if unreal.within(sentence, planned, at) and not _happened(table, sentence, planned, at):
        return True
    if _came_to_nothing(table, sentence, told):
        return True
    denied = table.sets["denials"].find(sentence, 0, at)
    return denied is not None and not table.sets["denial_ends"].within(sentence, denied + 1, at)


def _happened(table: Words, sentence: tuple[str, ...], planned: int, at: int) -> bool:
    """Tell "تحبط هجوما وتقتل ثلاثة", "محاولة اغتيال ومقتل اثنين": who foils a plan, and kills, has killed."""
    if sentence[at] in _FINITE:
        return table.sets["attempts"].within(sentence, planned, at)
    joined = sentence[at][0] == "و" or sentence[at - 1 : at] == ("and",)
    attempt = table.sets["attempts"].find(sentence, planned, at)
    if attempt is not None and "which" in sentence[attempt:at]:
        return True
    made = attempt is not None and any(map(table.verb_kind, sentence[attempt + 1 : at]))
    return joined and (made or table.sets["foils"].within(sentence, planned, at))


def _came_to_nothing(table: Words, sentence: tuple[str, ...], told: list[int]) -> bool:
    """Tell "لم يعثر فيها على", "لم تسفر الهزة عن سقوط": the verb that leads here is denied."""
    for place in reversed(told):
        if place and sentence[place - 1].lstrip("وف") in table.sets["negations"].words:
            return True
        if sentence[place] not in _VERBAL_NOUNS:
            return False
    return False


_VERBAL_NOUNS = frozenset(["سقوط", "وقوع", "العثور", "انتشال", "استلام", "وصول"])


def _is_outcome(table: Words, word: str) -> bool:
    """Tell whether a verb says that something came of it: what was planned before it has happened."""
    return word in table.sets["outcome_verbs"].words or word in table.sets["lives_verbs"].words


def _cue(table: Words, sentence: tuple[str, ...], at: int) -> Statement | None:
    if sentence[at] in _BARE_VERBS and table.sets["modals"].within(sentence, at - 1, at):
        return None
    if sentence[at] in table.his:
        return of_him(table, sentence, at)
    return done_away(table, sentence, at) or _verb(table, sentence, at) or idiom(table, sentence, at)


def _verb(table: Words, sentence: tuple[str, ...], at: int) -> Statement | None:
    """Read a verb or its noun with whom it befell: "مقتل 5 أشخاص", "killing a judge"."""
    kinds, end = _cue_kinds(table, sentence, at)
    end = past_phrase(table, sentence, past_time(table, sentence, end)) if kinds else end
    number = _counted(table, sentence, at, end, kinds) if kinds else None
    if not kinds or (number and participle(table, sentence, number.end)[0] and sentence[at] in ACTIVE):
        return None  # policeman killed, two civilians wounded
    some = None if number else of_them(table, sentence, end)
    few = None if number else few_or_one(table, sentence, at, end)
    if _is_active(table, sentence, at, kinds) and (number is None or number.low == 1):
        number = object_of(table, sentence, end) or number
    told = number or some or few or all_of_them(table, sentence, end) or both(table, sentence, at)
    kinds = _really(table, sentence, told.end - 1, kinds) if told else ()
    if told is None or not kinds:
        return None
    further = sentence[end] in table.kin or sentence[end] in table.sets["also_more"].words
    if number is None and "missing" in kinds and not further:
        return None
    rule = f"casualties:{kinds[0]}-{kinds[1] if len(kinds) > 1 else way(told)}"
    loose = number is None and told.high is None and told.low != _ONE_AND_SOME
    weak = some is not None or sentence[at].lstrip("وبل") in table.sets["corpses"].words or told.end == at + 1
    return Statement(kinds, told, at, told.end, rule, loose=loose, weak=weak)


def _counted(
    table: Words, sentence: tuple[str, ...], at: int, end: int, kinds: tuple[str, ...]
) -> Quantity | None:
    number = people(table, sentence, end) or numbered(table, sentence, end)
    number = number or themselves(table, sentence, end)
    return number or (unlisted(table, sentence, end) if "killed" in kinds else None)


def _is_active(table: Words, sentence: tuple[str, ...], at: int, kinds: tuple[str, ...]) -> bool:
    bare = {sentence[at], sentence[at].lstrip("وف")}
    return not _passive(table, sentence, at) and any(
        not bare.isdisjoint(table.active[kind]) for kind in kinds
    )


def _really(table: Words, sentence: tuple[str, ...], at: int, kinds: tuple[str, ...]) -> tuple[str, ...]:
    """Give what befell them by what follows: who lost their lives are dead, who lost jobs are not lost."""
    return tuple(kind for kind in (really(table, sentence, at, kind) for kind in kinds) if kind)


def _cue_kinds(table: Words, sentence: tuple[str, ...], at: int) -> tuple[tuple[str, ...], int]:
    """Give the kinds that the verb at `at` tells of and where it ends; "مقتل وإصابة" tells of two at once."""
    phrase = table.sets["killed_phrases"].at(sentence, at)
    if phrase:
        return ("killed",), at + phrase
    kind = _verb_kind(table, sentence, at)
    if kind is None and table.verb_kind(sentence[at]) == "died" and _is_both(table, sentence, at + 1):
        kind = "killed"
    if kind is None:
        return (), at
    following = at + 1
    if following < len(sentence) and sentence[following] in ("and", "or") and len(sentence) > following + 1:
        following += 1
    other = _verb_kind(table, sentence, following) if following < len(sentence) else None
    joined = following > at + 1 or (following < len(sentence) and sentence[following][:1] in "وا")
    joined = joined and not sentence[at].endswith("وا") and sentence[at] not in table.befell
    if other and other != kind and joined and not _starts_number(sentence, at + 1):
        return (kind, other), following + 1
    return (kind,), at + 1


def _is_both(table: Words, sentence: tuple[str, ...], at: int) -> bool:
    """Tell "وفاة وإصابة 9 أشخاص": one number of the dead and the wounded."""
    joined = at + 1 < len(sentence) and sentence[at][0] == "و" and table.verb_kind(sentence[at]) == "injured"
    return joined and _starts_number(sentence, at + 1)


def _starts_number(sentence: tuple[str, ...], at: int) -> bool:
    return at < len(sentence) and is_number(sentence[at])


def _verb_kind(table: Words, sentence: tuple[str, ...], at: int) -> str | None:
    kind = table.verb_kind(sentence[at])
    return None if kind == "died" and not is_toll(table, sentence, at + 1) else _KIND_OF.get(kind, kind)


def _passive(table: Words, sentence: tuple[str, ...], at: int) -> bool:
    return at > 0 and sentence[at - 1] in table.sets["auxiliaries"].words
