"""Tolls whose number comes first, or that a noun counts: "5 قتلى", "12 were killed", "toll rises to 25"."""

from streams.tag.headcount import Statement, added, counted_people, english_one, people, single, way
from streams.tag.numbers import Quantity, bounded_after, quantity
from streams.tag.tollwords import KINDS, Words


def counted(table: Words, sentence: tuple[str, ...], at: int) -> Statement | None:
    """Read a number and what befell: "5 قتلى", "12 people were killed"; also nouns that count themselves."""
    number = quantity(sentence, at)
    if number is None:
        return _bare(table, sentence, at)
    if number.low == 0 or number.end >= len(sentence):
        return None
    if sentence[max(0, at - 2) : at] == ("of", "the"):
        return None  # one of the two wounded
    noun = number.end + table.sets["cases"].at(sentence, number.end)  # 3 حالات وفاة
    kind = table.noun_kind(sentence[noun]) if noun < len(sentence) else None
    if kind:
        return _noun(table, sentence, number, kind, noun + 1)
    if not sentence[number.end].isascii():
        return _between(sentence, number) or _subject(table, sentence, number)
    told = people(table, sentence, at)
    if told is None and sentence[at] == "one":
        told = _english_group(table, sentence, at)
    return _befell(table, sentence, told)


def _noun(table: Words, sentence: tuple[str, ...], number: Quantity, kind: str, end: int) -> Statement | None:
    """Read "5 قتلى", "عشرات القتلى والجرحى", "11 جثة"."""
    at = number.start
    if sentence[end : end + 1] in (("والجرحي",), ("والمصابين",)) and number.bounded:
        both = ("killed", "injured")
        return Statement(both, number._replace(end=end + 1), at, end + 1, "casualties:killed-injured")
    if _is_undone(table, sentence, at):
        return None
    weak = sentence[end - 1] in table.sets["corpses"].words
    number = added(table, sentence, bounded_after(sentence, number._replace(end=end)))
    return Statement((kind,), number, at, number.end, f"casualties:{kind}-noun", weak=weak)


def _is_undone(table: Words, sentence: tuple[str, ...], at: int) -> bool:
    """Tell whether the words before say that they came back or went home: "عودة 300 مفقود"."""
    alive = table.sets["alive"].words
    return table.sets["undone"].within(sentence[max(0, at - 3) : at]) or any(
        word in alive for word in sentence[at + 1 : at + 4]
    )


def _between(sentence: tuple[str, ...], number: Quantity) -> Statement | None:
    """Read "20 شخصا بين قتيل وجريح": so many in all, of both kinds."""
    if "قتيل" not in sentence[number.end : number.end + 4]:
        return None
    tail = " ".join(sentence[number.end : number.end + 4])
    if "بين قتيل وجريح" in tail or "بين قتيل ومصاب" in tail:
        end = number.end + len(tail[: tail.index("بين")].split()) + 3
        return Statement(("killed", "injured"), number, number.start, end, "casualties:killed-injured")
    return None


def _subject(table: Words, sentence: tuple[str, ...], number: Quantity) -> Statement | None:
    """Read "8 مدنيين قتلوا": the number is the subject, the verb comes after."""
    if table.befell.isdisjoint(sentence[number.end :]):
        return None
    if sentence[number.end] == "من" and number.end + 1 < len(sentence):
        of = table.person(sentence[number.end + 1].removeprefix("ال"))  # 9 من عناصر الجيش و17 من المهاجمين
        number = added(table, sentence, number._replace(end=number.end + 2 * of))
    named = number.end < len(sentence) and table.person(sentence[number.end])
    number = bounded_after(sentence, number._replace(end=number.end + named))
    for place in range(number.end, min(number.end + (5 if named else 1), len(sentence))):
        for kind in KINDS:
            if sentence[place] in table.sets[f"befell_{kind}"].words:
                end = place + 1
                return Statement(
                    (kind,), number._replace(end=end), number.start, end, f"casualties:{kind}-number"
                )
    return None


def _bare(table: Words, sentence: tuple[str, ...], at: int) -> Statement | None:
    """Read a noun that counts itself: "قتيل و3 جرحى", "شهيدان"; English "a soldier was killed"."""
    if sentence[at] in ("a", "an", "one", "another"):
        return _befell(table, sentence, _english_group(table, sentence, at))
    if sentence[at] == "the":
        return _the_one(table, sentence, at)
    if sentence[at].isascii() and sentence[at] in table.one:
        return _headline_one(table, sentence, at)
    if sentence[at] in ("his", "her", "their"):
        return _befell(table, sentence, single(table, sentence, at, definite=False))
    if sentence[at] == "عداد":
        return _lost(table, sentence, at)
    noun = _single_noun(table, sentence, at) or table.self_counting(sentence[at])
    if noun is None or not _stands_alone(table, sentence, at, noun[0]):
        return None
    if _is_undone(table, sentence, at):
        return None
    clitic, kind, count = noun
    weak = sentence[at].removeprefix(clitic) in table.sets["corpses"].words
    end = at + 1
    if weak and count == 1 and sentence[end : end + 1] and sentence[end] in table.two:
        count, end = 2, end + 1  # انتشال جثة شابين
    return Statement((kind,), Quantity(count, count, at, end), at, end, f"casualties:{kind}-noun", weak=weak)


def _english_group(table: Words, sentence: tuple[str, ...], at: int) -> Quantity | None:
    """Read "a soldier", "a soldier and two civilians", "another" where what befell him follows."""
    one = english_one(table, sentence, at)
    if one is None and sentence[at] in ("another", "one"):
        width = 2 if sentence[at + 1 : at + 2] == ("other",) else 1
        told = participle(table, sentence, at + width)[0] or sentence[at + width : at + width + 1] == ("was",)
        return Quantity(1, 1, at, at + width) if told else None
    joined = one is not None and sentence[one.end : one.end + 1] == ("and",)
    return added(table, sentence, one) if one and joined else one


def _lost(table: Words, sentence: tuple[str, ...], at: int) -> Statement | None:
    """Read "شخص واحد في عداد المفقودين": the number stands a few words before."""
    if at + 1 >= len(sentence) or table.noun_kind(sentence[at + 1]) != "missing":
        return None
    for place in range(max(0, at - 4), at):
        number = people(table, sentence, place) or single(table, sentence, place, definite=False)
        if number and number.end <= at:
            return Statement(("missing",), number, place, at + 2, "casualties:missing-idiom")
    return None


_ONE = frozenset(["واحد", "واحدا", "واحدة"])


def _single_noun(table: Words, sentence: tuple[str, ...], at: int) -> tuple[str, str, int] | None:
    """Read "قتيلا واحدا", and "قتيلا" alone: the accusative, which is also what follows a number."""
    kind = table.noun_kind(sentence[at])
    following = sentence[at + 1] if at + 1 < len(sentence) else ""
    if kind and (sentence[at].endswith("يلا") or following in _ONE):
        return "", kind, 1
    return None


def _stands_alone(table: Words, sentence: tuple[str, ...], at: int, clitic: str) -> bool:
    """Tell whether a noun such as قتيل is a toll: after a verb of outcome, or as a headline's first word."""
    if clitic in ("ب", "ل", "ك", "وب", "ول", "فب"):
        return False
    before = sentence[max(0, at - 4) : at]
    if before[-2:-1] == ("بين",):
        return False  # بين قتيل وجريح
    outcome = table.sets["outcome_verbs"].within(before)
    if before and before[-1] in ("بين", "من", "عن", "في", "ان", "على"):
        return outcome and before[-1] in ("عن", "علي")  # أسفر الهجوم عن قتيلين, العثور على جثة
    if outcome:
        return True
    following = sentence[at + 1] if at + 1 < len(sentence) else ""
    headline = at == 0 and (following.startswith(("و", "ب")) or following in table.sets["followers"].words)
    return headline or (
        clitic == "و"
        and at > 0
        and any(
            table.noun_kind(word.lstrip("و")) or word in table.nouns["killed", "one"] for word in before[-2:]
        )
    )


def _befell(table: Words, sentence: tuple[str, ...], number: Quantity | None) -> Statement | None:
    """Read what befell an English subject: "12 people, including a child, were killed"."""
    if number is None:
        return None
    at, limit = number.end, min(number.end + 12, len(sentence))
    kinds: list[str] = []
    opener = table.sets["subset_openers"].at(sentence, at)
    passed = ("were", "was", "are", "have", "had", *LOST)
    while at < limit and opener and sentence[at] not in passed:
        at += 1
    subject_ends = at
    for place in range(at, min(at + 5, limit)):
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
        elif not table.sets["auxiliaries"].at(sentence, place):
            break
    if not kinds:
        return None
    return Statement(
        tuple(dict.fromkeys(kinds)),
        number._replace(end=at),
        number.start,
        at,
        f"casualties:{kinds[0]}-{way(number)}",
    )


LOST = ("died", "dead", "killed", "slain", "perished", "drowned", "dies", "die")
_HURT = frozenset(["wounded", "injured", "hurt", "missing", "unaccounted"])
_REACH_OF_HARM = 5
ACTIVE = frozenset(["killed", "wounded", "injured", "hurt"])
"""English participles that are also verbs with an object."""
_OBJECTS = frozenset(["his", "her", "their", "the", "himself", "herself", "themselves", "a", "an", "dozens"])


def participle(table: Words, sentence: tuple[str, ...], at: int) -> tuple[str | None, int]:
    """Give the kind that an English participle at `at` tells of, and its width: "killed", "shot dead"."""
    if at >= len(sentence):
        return None, 0
    phrase = table.sets["killed_phrases"].at(sentence, at)
    if phrase or sentence[at] in LOST:
        return "killed", phrase or 1
    if table.sets["harmed"].at(sentence, at):
        for end in range(at + 1, min(at + _REACH_OF_HARM, len(sentence))):
            if sentence[end] in table.sets["harm"].words:
                return "injured", end + 1 - at
    return (table.noun_kind(sentence[at]), 1) if sentence[at] in _HURT else (None, 0)


def _is_active(table: Words, sentence: tuple[str, ...], subject_ends: int, at: int) -> bool:
    """Tell "gunmen killed three soldiers" from "gunmen killed, three soldiers wounded" and "gunmen killed in"."""
    if at != subject_ends or sentence[at] not in ACTIVE:
        return False
    if sentence[at + 1 : at + 2] and sentence[at + 1] in _OBJECTS:
        return True
    object_ = quantity(sentence, at + 1)
    counted_to = counted_people(table, sentence, object_.end) if object_ else None
    return counted_to is not None and participle(table, sentence, counted_to)[0] is None


def _the_one(table: Words, sentence: tuple[str, ...], at: int) -> Statement | None:
    """Read "the driver was killed", which counts where the sentence tells of others as well."""
    one = english_one(table, sentence, at)
    if one is None or sentence[one.end : one.end + 1] != ("was",):
        return None
    told = _befell(table, sentence, one)
    return told._replace(loose=True) if told else None


def _headline_one(table: Words, sentence: tuple[str, ...], at: int) -> Statement | None:
    """Read a headline's noun without an article: "Soldier killed", "Soldier, two militants killed"."""
    after = participle(table, sentence, at - 1)[0] if at else None
    if at > _HEADLINE_SUBJECT or (at and not after and sentence[at - 1] in _NO_HEADLINE):
        return None
    one = Quantity(1, 1, at, at + 1)
    if at + 1 < len(sentence) and sentence[at + 1] == "and":
        return _befell(table, sentence, added(table, sentence, one))
    more = people(table, sentence, at + 1)
    if more and more.exact and participle(table, sentence, more.end)[0]:
        return _befell(table, sentence, Quantity(1 + more.exact, 1 + more.exact, at, more.end))
    return _befell(table, sentence, one) if participle(table, sentence, at + 1)[0] else None


_HEADLINE_SUBJECT = 6
_NO_HEADLINE = frozenset(
    ["the", "a", "an", "another", "one", "of", "his", "her", "their", "its", "this", "that", "by", "for", "no"]
)


def toll(table: Words, sentence: tuple[str, ...], at: int) -> Statement | None:
    """Read "ارتفعت حصيلة القتلى إلى 25", "death toll rises to 25"."""
    kind = _toll_kind(table, sentence, at)
    if kind is None:
        return None
    both = sentence[at + 1 : at + 2] in (("والجرحي",), ("والمصابين",))
    kinds = (kind, "injured") if both and kind == "killed" else (kind,)
    links = table.sets["toll_links"]
    for place in range(at + 1, min(at + 9, len(sentence))):
        width = links.at(sentence, place)
        number = _after_link(table, sentence, place + 1) if width else quantity(sentence, place)
        if number and not width:
            number = _verb_before(sentence, at, number) if place == at + 1 else number
            near = place == at + 1 or _is_reached(table, sentence, at)
            number = number if number and (number.bounded or near) else None
        if number is None:
            continue
        if _is_of_others(table, sentence, number, kinds):
            return None
        end = counted_people(table, sentence, number.end) if number and number.low else None
        if number and end is not None:
            return Statement(kinds, number._replace(end=end), at, end, f"casualties:{kind}-toll")
    return None


def _is_of_others(table: Words, sentence: tuple[str, ...], number: Quantity, kinds: tuple[str, ...]) -> bool:
    """Tell whether a number is joined to the word before, or counts what befell others: "9 قتلى و11 جريحا"."""
    told = table.noun_kind(sentence[number.end]) if number.end < len(sentence) else None
    return told is not None and told not in kinds


def _is_reached(table: Words, sentence: tuple[str, ...], at: int) -> bool:
    """Tell "بلغ عدد قتلى الاحتجاجات 600": the verb stands before, so the first number is the toll's."""
    return any(word.removeprefix("و") in table.sets["toll_links"].words for word in sentence[max(0, at - 2) : at])


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


def _toll_kind(table: Words, sentence: tuple[str, ...], at: int) -> str | None:
    """Give the kind of a definite plural that a toll is told of: حصيلة القتلى, والجرحى إلى, death toll."""
    word = sentence[at]
    if word == "toll" and at > 0 and sentence[at - 1] in ("death", "the", "confirmed", "overall", "final"):
        return "killed"
    bare = word.removeprefix("و")
    rises = table.sets["rises"]
    if bare == "الحصيله" and rises.within(sentence[max(0, at - 2) : at] + sentence[at + 1 : at + 2]):
        return "killed"
    if bare not in table.sets["toll_of"].words:
        return None
    near = [word.removeprefix("و") for word in sentence[max(0, at - 3) : at]]
    headed = any(head in near or "ال" + head in near for head in table.sets["toll_heads"].words)
    told = word.startswith("ال") and at + 1 < len(sentence) and sentence[at + 1][0].isdigit()  # القتلى 9
    if not headed and not told and not word.startswith(("والجرحي", "والمصابين")):
        return None
    if bare in ("الضحايا", "ضحايا"):
        return "killed"
    return table.noun_kind(bare)
