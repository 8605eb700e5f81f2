"""What one sentence says of the dead, the wounded and the missing: statements with numbers and words."""

from functools import lru_cache

from streams.tag.befallen import ACTIVE, participle
from streams.tag.headcount import Statement, added, people, single, way
from streams.tag.numbers import Quantity, is_number, may_begin, quantity
from streams.tag.outcomes import counted, toll
from streams.tag.tollwords import Words, words

_REACH = 6
_REACH_OF_PLANS = 8
_NEAR = 3
_BARE_VERBS = frozenset(["kill", "injure"])
_KIND_OF: dict[str | None, str] = {"died": "killed"}


def statements(sentence: tuple[str, ...]) -> list[Statement]:
    """Give the statements of a sentence in reading order; each reader looks only a few words ahead."""
    table, found, done = words(), [], 0
    for at, word in enumerate(sentence):
        opens = _opens(word)
        if at < done or not opens:
            continue
        read = None
        if opens & _TOLL:
            read = toll(table, sentence, at)
        if opens & _CUE and not read:
            read = _cue(table, sentence, at)
        if opens & _COUNT and not read:
            read = counted(table, sentence, at)
        if read:
            done = read.end
            found += [] if _denied(table, sentence, at) else [read]
    strong = {kind for one in found if not one.weak for kind in one.kinds}
    disputed = len(found) > 1 and table.sets["contrasts"].within(sentence)
    found = [one for one in found if not one.weak or disputed or strong.isdisjoint(one.kinds)]
    return found if len(found) > 1 else [one for one in found if not one.loose]


_TOLL, _CUE, _COUNT = 1, 2, 4
_COUNTS = frozenset(["his", "her", "their", "another", "the", "عداد"])


@lru_cache(maxsize=50_000)
def _opens(word: str) -> int:
    """Tell which statements can begin with a word, as bits: most words are passed over at one look."""
    table, bare = words(), word.removeprefix("و")
    sets = table.sets
    opens = _TOLL * (word == "toll" or bare == "الحصيله" or bare in sets["toll_of"].words)
    idiom = any(bare in sets[name].words for name in ("met", "fell", "victims"))
    if idiom or table.verb_kind(word) or word in sets["killed_phrases"].first | sets["lives"].first:
        opens |= _CUE
    noun = table.self_counting(word) or table.noun_kind(word) or (word.isascii() and word in table.one)
    return opens | _COUNT * bool(noun or may_begin(word) or word in _COUNTS)


def _denied(table: Words, sentence: tuple[str, ...], at: int) -> bool:
    """Tell whether the words just before deny it, or speak of a plan, a threat or a film."""
    if table.sets["negations"].within(sentence, at - 3, at):
        return True
    if sentence[at] in ACTIVE and sentence[at - 1 : at] in (("that",), ("which",)):
        return False  # an attempt that killed his driver
    start, unreal = max(0, at - _REACH_OF_PLANS), table.sets["unreal"]
    if unreal.within(sentence, start, at):
        outcomes = (place for place in range(start, at) if _is_outcome(table, sentence[place]))
        if unreal.within(sentence, max(outcomes, default=start - 1) + 1, at):
            return True
    denied = table.sets["denials"].find(sentence, 0, at)
    return denied is not None and not table.sets["denial_ends"].within(sentence, denied + 1, at)


def _is_outcome(table: Words, word: str) -> bool:
    """Tell whether a verb says that something came of it: what was planned before it has happened."""
    return word in table.sets["outcome_verbs"].words or word in table.sets["lives_verbs"].words


def _cue(table: Words, sentence: tuple[str, ...], at: int) -> Statement | None:
    if sentence[at] in _BARE_VERBS and table.sets["modals"].within(sentence, at - 1, at):
        return None
    kinds, end = _cue_kinds(table, sentence, at)
    if not kinds:
        return _idiom(table, sentence, at)
    while end < len(sentence) - 1 and table.sets["in_between"].at(sentence, end):
        end += 1  # وقتل اليوم جنديان
    number = (
        people(table, sentence, end) or _numbered(table, sentence, end) or _themselves(table, sentence, end)
    )
    if number and participle(table, sentence, number.end)[0] and sentence[at] in ACTIVE:
        return None  # policeman killed, two civilians wounded
    if number is None and "killed" in kinds:
        number = _unlisted(table, sentence, end)
    some = None if number else _of_them(table, sentence, end)
    few = None if number else _few(table, sentence, at, end)
    active = any(
        sentence[at].lstrip("وف") in table.active[kind] or sentence[at] in table.active[kind]
        for kind in kinds
    )
    if active and (number is None or number.low == 1) and not _passive(table, sentence, at):
        number = _object(table, sentence, end) or number
    told = number or some or few or _all_of_them(table, sentence, end)
    if told is None or (number is None and "missing" in kinds and sentence[end] not in table.kin):
        return None
    rule = f"casualties:{kinds[0]}-{kinds[1] if len(kinds) > 1 else way(told)}"
    weak = some is not None or sentence[at].lstrip("وبل") in table.sets["corpses"].words
    return Statement(kinds, told, at, told.end, rule, loose=number is None and told.high is None, weak=weak)


def _themselves(table: Words, sentence: tuple[str, ...], at: int) -> Quantity | None:
    """Read "killed himself and seven others"."""
    if sentence[at : at + 1] not in (("himself",), ("herself",)) or sentence[at + 1 : at + 2] != ("and",):
        return None
    return added(table, sentence, Quantity(1, 1, at, at + 1))


def _cue_kinds(table: Words, sentence: tuple[str, ...], at: int) -> tuple[tuple[str, ...], int]:
    """Give the kinds that the verb at `at` tells of and where it ends; "مقتل وإصابة" tells of two at once."""
    phrase = table.sets["killed_phrases"].at(sentence, at)
    if phrase:
        return ("killed",), at + phrase
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


def _numbered(table: Words, sentence: tuple[str, ...], at: int) -> Quantity | None:
    """Read "المهاجمين الخمسة", "ركابها الثلاثة": the number stands after its noun, with the article."""
    if at + 1 >= len(sentence) or not sentence[at + 1].startswith("ال"):
        return None
    number = quantity((sentence[at + 1].removeprefix("ال"),), 0)
    known = sentence[at] in table.kin or table.person(sentence[at].removeprefix("ال"))
    if number is None or number.exact is None or not known:
        return None
    return added(table, sentence, number._replace(start=at, end=at + 2))


def _unlisted(table: Words, sentence: tuple[str, ...], at: int) -> Quantity | None:
    """Read "مقتل 12 رساما": what is killed and counted is people, but for animals."""
    number = quantity(sentence, at)
    if number is None or number.low == 0 or number.end >= len(sentence):
        return None
    noun = sentence[number.end]
    if noun.isascii() or len(noun) < 4 or noun in table.sets["animals"].words:
        return None
    if table.sets["not_followers"].at(sentence, number.end) or table.sets["subset"].at(sentence, number.end):
        return None
    return added(table, sentence, number._replace(end=number.end + 1))


def _of_them(table: Words, sentence: tuple[str, ...], at: int) -> Quantity | None:
    """Read "ومقتل 17 منهم": so many of those on board; where no other number of the kind is told."""
    number = quantity(sentence, at)
    if number is None or number.low == 0 or not table.sets["subset"].at(sentence, number.end):
        return None
    return number._replace(end=number.end + 1)


def _all_of_them(table: Words, sentence: tuple[str, ...], at: int) -> Quantity | None:
    """Read "مقتل جميع ركاب الطائرة البالغ عددهم 62"."""
    for place in range(at, min(at + _REACH, len(sentence))):
        if table.sets["breaks"].at(sentence, place) or _stops(table, sentence, place):
            return None
        if sentence[place] in table.sets["count_of_them"].words:
            return people(table, sentence, place + 1)
        family = sentence[place] == "من" and table.sets["families"].within(sentence, at, place)
        if family:  # عائلة من ستة أفراد
            return people(table, sentence, place + 1)
    return None


def _starts_number(sentence: tuple[str, ...], at: int) -> bool:
    return at < len(sentence) and is_number(sentence[at])


def _verb_kind(table: Words, sentence: tuple[str, ...], at: int) -> str | None:
    kind = table.verb_kind(sentence[at])
    return None if kind == "died" and not _is_toll(table, sentence, at + 1) else _KIND_OF.get(kind, kind)


def _is_toll(table: Words, sentence: tuple[str, ...], at: int) -> bool:
    """Tell a toll from a natural death: a number, or "وفاة امرأة" where the sentence tells by what."""
    if quantity(sentence, at) is not None:
        return True
    if single(table, sentence, at, definite=False) is None:
        return False
    return table.sets["means"].within(sentence, article=True) or _many_cues(table, sentence)


def _passive(table: Words, sentence: tuple[str, ...], at: int) -> bool:
    return at > 0 and sentence[at - 1] in table.sets["auxiliaries"].words


def _few(table: Words, sentence: tuple[str, ...], at: int, end: int) -> Quantity | None:
    """Read a toll without a number: "مقتل جندي" is one, "طفلين" two, "آخرين" two or more.

    قتل رجل is also "killing a man": after such verbs one person counts only where the sentence tells by what,
    and never as an object (رجلا) or with the article (الرجل).
    """
    cue = sentence[at].lstrip("وفب")
    named = cue in table.sets["named"].words
    few = single(table, sentence, end, definite=named)
    if (
        few is None
        or few.low != 1
        or named
        or sentence[end] in table.sets["also_more"].words
        or sentence[end] in table.kin
    ):
        return added(table, sentence, few) if few else None
    accusative = sentence[end].endswith("ا") and not sentence[end].isascii()
    if accusative or not (table.sets["means"].within(sentence, article=True) or _many_cues(table, sentence)):
        return None
    return added(table, sentence, few)


def _many_cues(table: Words, sentence: tuple[str, ...]) -> bool:
    """Tell whether a sentence tells of several kinds: "قتل شخص وجرح ثلاثة"."""
    return len(frozenset().union(*map(table.verbs_tell, sentence))) > 1


def _object(table: Words, sentence: tuple[str, ...], at: int) -> Quantity | None:
    """Read the object of an active verb: "قتل مسلحون خمسة جنود", "airstrikes killed"."""
    at += _total_since(table, sentence, at)
    for place in range(at, min(at + _REACH, len(sentence))):
        if table.sets["breaks"].at(sentence, place) or _stops(table, sentence, place):
            return None
        number = quantity(sentence, place)
        if number and number.end < len(sentence) and table.person(sentence[number.end]):
            return added(table, sentence, number._replace(end=number.end + 1))
        if number and _is_of_people(table, sentence, number.end):
            return added(table, sentence, number._replace(end=number.end + 2))
        accusative = sentence[place].endswith("ا") or (sentence[place].isascii() and place < at + _NEAR)
        one = accusative and sentence[place] in table.one and not number
        if one and table.sets["means"].within(sentence, article=True):
            return added(table, sentence, Quantity(1, 1, place, place + 1))  # تقتل قياديا واثنين من مرافقيه
    return None


def _total_since(table: Words, sentence: tuple[str, ...], at: int) -> int:
    """Give how many words tell since when a running total counts: "وقتل منذ مطلع الشهر 52 شخصا"."""
    width = table.sets["cumulative"].at(sentence, at)
    return 0 if sentence[at : at + 1] != ("منذ",) or width < len(("منذ", "مطلع")) else width


def _is_of_people(table: Words, sentence: tuple[str, ...], at: int) -> bool:
    """Tell "من أبنائها", "من الجنود": those of whom so many were killed."""
    if at + 1 >= len(sentence) or sentence[at] != "من":
        return False
    return sentence[at + 1] in table.kin or table.person(sentence[at + 1].removeprefix("ال"))


def _stops(table: Words, sentence: tuple[str, ...], at: int) -> bool:
    return bool(table.verbs_tell(sentence[at]))


def _idiom(table: Words, sentence: tuple[str, ...], at: int) -> Statement | None:
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
    if word in sets["fell"].words:
        return _fell(table, sentence, at)
    width = sets["lives"].at(sentence, at)
    claimed = width and sets["lives_verbs"].within(sentence, at - 8, at)
    if claimed or word in sets["victims"].words:
        start = at + max(width, 1)
        number = people(table, sentence, start) or single(table, sentence, start, definite=False)
        if number:
            number = added(table, sentence, number)
            return Statement(("killed",), number, at, number.end, "casualties:killed-idiom")
    return None


def _fell(table: Words, sentence: tuple[str, ...], at: int) -> Statement | None:
    """Read "راح ضحية الهجوم 6 مدنيين": the number stands a few words after the victim's word."""
    if at + 1 >= len(sentence) or sentence[at + 1] not in table.sets["fell_victim"].words:
        return None
    for place in range(at + 2, min(at + 2 + _REACH, len(sentence))):
        number = people(table, sentence, place)
        if number:
            return Statement(("killed",), number, at, number.end, "casualties:killed-idiom")
    return None
