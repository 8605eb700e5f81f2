"""Tolls whose number comes first, or that a noun counts: "5 قتلى", "12 were killed", "toll rises to 25"."""

from streams.tag import befallen
from streams.tag.headcount import Statement, added, people
from streams.tag.numbers import Quantity, bounded_after, quantity
from streams.tag.numberwords import is_number
from streams.tag.singles import single
from streams.tag.tollwords import KINDS, Words

_VICTIMS = (("ضحيه",), ("ضحايا",))
_AND_HURT = (("and", "wounded"), ("and", "injured"), ("and", "hurt"))
_BEFORE_YEARS = frozenset(["since", "in", "from", "until", "during", "منذ", "عام", "سنه", "العام"])


def counted(table: Words, sentence: tuple[str, ...], at: int) -> Statement | None:
    """Read a number and what befell: "5 قتلى", "12 people were killed"; also nouns that count themselves."""
    number = quantity(sentence, at)
    if number is None:
        return _bare(table, sentence, at)
    known = sentence[max(0, at - 2) : at] == ("of", "the")  # one of the two wounded
    if number.low == 0 or number.end >= len(sentence) or known or _is_year(sentence, number):
        return None
    noun = number.end + table.sets["cases"].at(sentence, number.end)  # 3 حالات وفاة
    noun += number.bounded and sentence[noun : noun + 1] == ("من",)  # عشرات من الجرحى
    kind = table.noun_kind(sentence[noun]) if noun < len(sentence) else None
    if kind:
        return _noun(table, sentence, number, kind, noun + 1)
    if sentence[noun : noun + 1] in _VICTIMS and _is_deadly(table, sentence, at):
        return _between(sentence, number) or _noun(table, sentence, number, "killed", noun + 1)
    if not sentence[number.end].isascii():
        return _between(sentence, number) or _subject(table, sentence, number)
    return befallen.some(table, sentence, at)


def _is_year(sentence: tuple[str, ...], number: Quantity) -> bool:
    """Tell "the deadliest since 1990, killed" from a number of people."""
    plain = number.exact is not None and sentence[number.start].isdecimal() and 1900 <= number.exact <= 2100
    return plain and number.start > 0 and sentence[number.start - 1] in _BEFORE_YEARS


def _noun(table: Words, sentence: tuple[str, ...], number: Quantity, kind: str, end: int) -> Statement | None:
    """Read "5 قتلى", "عشرات القتلى والجرحى", "11 جثة"."""
    at = number.start
    if sentence[end : end + 1] in (("والجرحي",), ("والمصابين",)) and number.bounded:
        both = ("killed", "injured")
        return Statement(both, number._replace(end=end + 1), at, end + 1, "casualties:killed-injured")
    width = _width_of_both(sentence, end)
    if width and kind == "killed":
        both, end = ("killed", "injured"), end + width
        return Statement(both, number._replace(end=end), at, end, "casualties:killed-injured")
    if _is_undone(table, sentence, at):
        return None
    weak = sentence[end - 1] in table.sets["corpses"].words
    number = added(table, sentence, bounded_after(sentence, number._replace(end=end)))
    return Statement((kind,), number, at, number.end, f"casualties:{kind}-noun", weak=weak)


def _is_deadly(table: Words, sentence: tuple[str, ...], at: int) -> bool:
    """Tell "خلف الحريق مئة ضحية" from the victims of a fraud: the sentence tells by what they died."""
    outcome = table.sets["outcome_verbs"].within(sentence, at - 4, at)
    return outcome or table.tells_by_what(sentence)


def _width_of_both(sentence: tuple[str, ...], end: int) -> int:
    """Give the width of "and wounded" in "dozens killed and wounded", "25 قتيلا وجريحا", "مئة قتيل وجريح"."""
    following = sentence[end + 2] if end + 2 < len(sentence) else ""
    if sentence[end : end + 2] in _AND_HURT:
        return 0 if is_number(following) else 2
    case = "ا" if sentence[end - 1].endswith("ا") else ""
    hurt = sentence[end : end + 1] in (("وجريح" + case,), ("ومصاب" + case,))
    if sentence[end - 1] in ("قتلي", "شهداء") and sentence[end : end + 1] in (("وجرحي",), ("ومصابين",)):
        return 1
    single = sentence[end - 1] in ("قتيل" + case, "شهيد" + case)
    return int(single and hurt and sentence[end + 1 : end + 2] not in (("واحد",), ("واحدا",)))


def _is_undone(table: Words, sentence: tuple[str, ...], at: int) -> bool:
    """Tell whether the words before say that they came back or went home: "عودة 300 مفقود"."""
    alive = table.sets["alive"].words
    undone = table.sets["undone"].find(sentence, max(0, at - 3), at)
    if undone is not None and "and" not in sentence[undone:at]:
        return True
    return any(word in alive for word in sentence[at + 1 : at + 4])


def _between(sentence: tuple[str, ...], number: Quantity) -> Statement | None:
    """Read "20 شخصا بين قتيل وجريح": so many in all, of both kinds."""
    if "بين" not in sentence[number.end : number.end + _REACH_OF_BOTH]:
        return None
    for place in range(number.end, min(number.end + _REACH_OF_BOTH, len(sentence) - 2)):
        dead, hurt = sentence[place + 1], sentence[place + 2]
        if sentence[place] == "بين" and dead in ("قتيل", "شهيد") and hurt in ("وجريح", "ومصاب"):
            end = place + 3
            return Statement(("killed", "injured"), number, number.start, end, "casualties:killed-injured")
    return None


def _subject(table: Words, sentence: tuple[str, ...], number: Quantity) -> Statement | None:
    """Read "8 مدنيين قتلوا": the number is the subject, the verb comes after."""
    if (table.befell | _AS_THEY_LIE).isdisjoint(sentence[number.end :]):
        return None
    if sentence[number.end] == "من" and number.end + 1 < len(sentence):
        of = table.person(sentence[number.end + 1].removeprefix("ال"))  # 9 من عناصر الجيش و17 من المهاجمين
        of = of or sentence[number.end + 2 : number.end + 3] in _FELL  # خمسة من متطوعيها قتلوا
        number = added(table, sentence, number._replace(end=number.end + 2 * of))
    named = number.end < len(sentence) and table.person(sentence[number.end])
    number = bounded_after(sentence, number._replace(end=number.end + named))
    lying = table.noun_kind(sentence[number.end]) if named and number.end < len(sentence) else None
    if lying and sentence[number.end] in _AS_THEY_LIE:
        end = number.end + 1
        return Statement((lying,), number._replace(end=end), number.start, end, f"casualties:{lying}-number")
    start = number.end + _still(sentence, number.end)
    for place in range(start, min(start + (5 if named else 1), len(sentence))):
        for kind in KINDS:
            if sentence[place] in table.sets[f"befell_{kind}"].words:
                if table.sets["subset"].at(sentence, place - 1):
                    return None  # 12 أخا كثير منهم ماتوا
                read = really(table, sentence, place, kind)
                if read is None:
                    return None
                told = number._replace(end=place + 1)
                return Statement((read,), told, number.start, told.end, f"casualties:{read}-number")
    return None


_REACH_OF_BOTH = 6
_REACH_OF_LOST = 6
_FELL = (("قتلوا",), ("استشهدوا",), ("قضوا",), ("سقطوا",), ("ماتوا",), ("توفوا",), ("اصيبوا",), ("جرحوا",))
_AS_THEY_LIE = frozenset(["قتلي", "جرحي", "مصابين", "مفقودين"])
"""After those counted: "أسقطت النيران 4 متظاهرين قتلى"."""
_STILL = (("ما", "زالوا"), ("لا", "يزالون"), ("ما", "يزالون"), ("لا", "زالوا"), ("ما", "زال"), ("لا", "يزال"))


def _still(sentence: tuple[str, ...], at: int) -> int:
    """Give the width of "still are", as in "سبعة ما زالوا مفقودين"."""
    return 2 * (sentence[at : at + 2] in _STILL)


def really(table: Words, sentence: tuple[str, ...], at: int, kind: str) -> str | None:
    """Tell what befell those of whom a verb stands at `at`: who lost jobs or spent time, nothing did."""
    following = sentence[at + 1] if at + 1 < len(sentence) else ""
    if kind == "missing":
        if following in table.sets["lives_of"].words:
            return "killed"
        return None if following.endswith(("هم", "هن")) or following in _LOST_GOODS else kind
    spent = sentence[at] in _PASSED and (following in table.sets["spent"].words or is_number(following))
    return None if spent else kind


_PASSED = frozenset(["قضوا", "قضي", "قضت", "قضيا"])
_LOST_GOODS = frozenset(
    ["الوعي", "الامل", "الثقه", "السيطره", "الاتصال", "الحياه", "الذاكره", "البصر", "الصواب"]
)


def _bare(table: Words, sentence: tuple[str, ...], at: int) -> Statement | None:
    """Read a noun that counts itself: "قتيل و3 جرحى", "شهيدان"; English "a soldier was killed"."""
    if sentence[at].isascii():
        return befallen.one(table, sentence, at) or _noun_alone(table, sentence, at)
    if sentence[at] == "عداد":
        return _lost(table, sentence, at)
    return _noun_alone(table, sentence, at)


def _noun_alone(table: Words, sentence: tuple[str, ...], at: int) -> Statement | None:
    """Read a noun after a verb of outcome, or as a headline's first word: "قتيل و3 جرحى"."""
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


def _lost(table: Words, sentence: tuple[str, ...], at: int) -> Statement | None:
    """Read "شخص واحد في عداد المفقودين": the number stands a few words before."""
    if at + 1 >= len(sentence) or table.noun_kind(sentence[at + 1]) != "missing":
        return None
    places = range(max(0, at - _REACH_OF_LOST), at)
    numbers = (people(table, sentence, one) or single(table, sentence, one, definite=False) for one in places)
    before = [number for number in numbers if number and number.end <= at]
    if not before:
        return None
    nearest = max(before, key=lambda number: (number.end, -number.start))
    return Statement(("missing",), nearest, nearest.start, at + 2, "casualties:missing-idiom")


_ACCUSATIVE = ("يلا", "هيدا", "ريحا", "صابا")
_ONE = frozenset(["واحد", "واحدا", "واحدة"])


def _single_noun(table: Words, sentence: tuple[str, ...], at: int) -> tuple[str, str, int] | None:
    """Read "قتيلا واحدا", and "قتيلا" alone: the accusative, which is also what follows a number."""
    kind = table.noun_kind(sentence[at])
    following = sentence[at + 1] if at + 1 < len(sentence) else ""
    if kind and (sentence[at].endswith(_ACCUSATIVE) or following in _ONE):
        return "", kind, 1
    joined = sentence[at].removeprefix("و")
    if joined != sentence[at] and joined.endswith(_ACCUSATIVE) and table.noun_kind(joined):
        return "و", table.noun_kind(joined) or "", 1  # يوقع قتيلا وجريحا
    return None


def _stands_alone(table: Words, sentence: tuple[str, ...], at: int, clitic: str) -> bool:
    """Tell whether a noun such as قتيل is a toll: after a verb of outcome, or as a headline's first word."""
    if clitic in ("ب", "ل", "ك", "وب", "ول", "فب"):
        return False
    before = sentence[max(0, at - 4) : at]
    if before[-2:-1] == ("بين",):
        return False  # بين قتيل وجريح
    outcome = table.sets["outcome_verbs"].within(sentence, at - 4, at)
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
