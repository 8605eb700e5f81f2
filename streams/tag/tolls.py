"""What one sentence says of the dead, the wounded and the missing: statements with their numbers and words.

A number counts only beside a word that says what befell people, and only if what it counts are people: a cue
word with the nearest number is wrong in one case of three (ARABIC.md 4.4).
"""

from collections.abc import Sequence
from typing import NamedTuple

from streams.tag.numbers import Quantity, is_number, quantity
from streams.tag.tollwords import KINDS, Words, peeled, words

_REACH = 6


class Statement(NamedTuple):
    """`kinds` befell `number` people (one of several kinds where more than one); words `[start, end)`."""

    kinds: tuple[str, ...]
    number: Quantity
    start: int
    end: int
    rule: str


def statements(sentence: Sequence[str]) -> list[Statement]:
    """Give the statements of a sentence in reading order; linear, since each reader looks a few words ahead."""
    table, found, at = words(), [], 0
    while at < len(sentence):
        read = _toll(table, sentence, at) or _cue(table, sentence, at) or _counted(table, sentence, at)
        if read and not _denied(table, sentence, at):
            found.append(read)
        at = max(at + 1, read.end if read else 0)
    return found


def _denied(table: Words, sentence: Sequence[str], at: int) -> bool:
    """Tell whether the words just before deny it, or speak of a plan, a threat or a film."""
    near = sentence[max(0, at - 3) : at]
    return table.sets["negations"].within(near) or table.sets["unreal"].within(sentence[max(0, at - 5) : at])


# --- "مقتل 5 أشخاص", "killing five": a cue, then its number -------------------------------------------------


def _cue(table: Words, sentence: Sequence[str], at: int) -> Statement | None:
    kinds, end = _cue_kinds(table, sentence, at)
    if not kinds:
        return _idiom(table, sentence, at)
    number = _people(table, sentence, end) or _few(table, sentence, end, kinds)
    active = any(
        sentence[at].lstrip("وف") in table.active[kind] or sentence[at] in table.active[kind]
        for kind in kinds
    )
    if active and (number is None or number.low == 1) and not _passive(table, sentence, at):
        number = _object(table, sentence, end) or number
    if number is None:
        return None
    return Statement(kinds, number, at, number.end, f"casualties:{kinds[0]}-{_way(number)}")


def _way(number: Quantity) -> str:
    return "number" if number.exact is not None else "bound"


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
    if other and other != kind and joined and not _starts_number(sentence, at + 1):
        return (kind, other), following + 1
    return (kind,), at + 1


def _starts_number(sentence: Sequence[str], at: int) -> bool:
    return at < len(sentence) and is_number(sentence[at])


def _verb_kind(table: Words, sentence: Sequence[str], at: int) -> str | None:
    for clitic, rest in peeled(sentence[at]):
        if clitic.endswith("ل") and rest.startswith(("قتل", "اغتيال")):
            continue  # "to kill": a purpose, no toll
        for kind in KINDS:
            if rest in table.verbs[kind]:
                return kind
        if rest in table.died and _starts_number_soon(sentence, at + 1):
            return "killed"
    return None


def _starts_number_soon(sentence: Sequence[str], at: int) -> bool:
    return quantity(sentence, at) is not None


def _passive(table: Words, sentence: Sequence[str], at: int) -> bool:
    return at > 0 and sentence[at - 1] in table.sets["auxiliaries"].words


def _people(table: Words, sentence: Sequence[str], at: int) -> Quantity | None:
    """Read a number of people at `at`, with the groups that "and" adds; None where it counts something else."""
    number = quantity(sentence, at)
    if number is None or number.low == 0:
        return None
    end = _counted_people(table, sentence, number.end)
    if end is None:
        return None
    return _sum(table, sentence, number._replace(end=end))


def _counted_people(table: Words, sentence: Sequence[str], at: int) -> int | None:
    """Give where the counted noun after a number ends; None where the number does not count people."""
    sets = table.sets
    if at >= len(sentence):
        return at
    word = sentence[at]
    if sets["subset"].at(sentence, at) or word == "%" or sets["not_followers"].at(sentence, at):
        return None
    for ahead in range(3):
        place = at + ahead
        if place < len(sentence) and table.person(sentence[place]) and (ahead == 0 or word.isascii()):
            return place + 1
        if place >= len(sentence) or sets["followers"].at(sentence, place) or is_number(sentence[place]):
            break
    if sets["followers"].at(sentence, at) or table.noun_kind(word):
        return at
    return at if _glued(word) else None


def _glued(word: str) -> bool:
    """Tell whether a word goes on with "and" or "by" written onto it."""
    return len(word) > 3 and word[0] in "وب" and not word.isascii()


def _sum(table: Words, sentence: Sequence[str], number: Quantity) -> Quantity:
    """Add the groups joined by "and": "3 جنود و5 مسلحين"; what is part of the number already is not added."""
    for _ in range(4):
        more = _joined(table, sentence, number.end)
        if more is None:
            return number
        low = None if number.low is None or more.low is None else number.low + more.low
        high = None if number.high is None or more.high is None else number.high + more.high
        number = Quantity(low, high, number.start, more.end, number.bounded or more.bounded)
    return number


def _joined(table: Words, sentence: Sequence[str], at: int) -> Quantity | None:
    """Read "و5 مسلحين", "وشرطيا", "and two policemen" within three words."""
    for place in range(at, min(at + 3, len(sentence))):
        word = sentence[place]
        if table.sets["followers"].at(sentence, place) and word not in ("من", "and", "of"):
            return None
        if word == "and" and place + 1 < len(sentence):
            return _group(table, sentence, place + 1)
        if word[0] == "و" and len(word) > 2:
            return _group(table, (*sentence[:place], word[1:], *sentence[place + 1 : place + 8]), place)
    return None


def _group(table: Words, sentence: Sequence[str], at: int) -> Quantity | None:
    number = quantity(sentence, at)
    if number is None:
        return _single(table, sentence, at, definite=False)
    end = number.end
    if end >= len(sentence):
        return None
    for place in range(end, min(end + (3 if sentence[end].isascii() else 1), len(sentence))):
        if table.noun_kind(sentence[place]):
            return None
        if table.person(sentence[place]):
            after = sentence[place + 1 : place + 3]
            if any(table.noun_kind(word) for word in after):
                return None
            return number._replace(end=place + 1)
    return None


def _few(table: Words, sentence: Sequence[str], at: int, kinds: tuple[str, ...]) -> Quantity | None:
    """Read a toll without a number: "مقتل جندي" is one, "طفلين" two, "آخرين" two or more."""
    single = _single(table, sentence, at, definite="missing" not in kinds)
    return _sum(table, sentence, single) if single else None


def _single(table: Words, sentence: Sequence[str], at: int, definite: bool) -> Quantity | None:
    if at >= len(sentence):
        return None
    word = sentence[at]
    english = word in ("a", "an", "one")
    if english:
        return _english_one(table, sentence, at)
    bare = word.removeprefix("ال") if definite and len(word) > 4 else word
    if word in table.two:
        return Quantity(2, 2, at, at + 1)
    if word in table.two_or_more:
        return Quantity(2, None, at, at + 1, bounded=True)
    if bare in table.one and not word.isascii():
        return Quantity(1, 1, at, at + 1)
    return None


def _english_one(table: Words, sentence: Sequence[str], at: int) -> Quantity | None:
    for place in range(at + 1, min(at + 4, len(sentence))):
        if sentence[place] in table.one:
            return Quantity(1, 1, at, place + 1)
        if table.sets["followers"].at(sentence, place):
            return None
    return None


def _object(table: Words, sentence: Sequence[str], at: int) -> Quantity | None:
    """Read the object of an active verb: "قتل مسلحون خمسة جنود", "airstrikes killed"."""
    for place in range(at, min(at + _REACH, len(sentence))):
        if table.sets["breaks"].at(sentence, place) or _stops(table, sentence, place):
            return None
        number = quantity(sentence, place)
        if number and number.end < len(sentence) and table.person(sentence[number.end]):
            return _sum(table, sentence, number._replace(end=number.end + 1))
    return None


def _stops(table: Words, sentence: Sequence[str], at: int) -> bool:
    return any(rest in table.verbs[kind] for _, rest in peeled(sentence[at]) for kind in KINDS)


def _idiom(table: Words, sentence: Sequence[str], at: int) -> Statement | None:
    """Read "لقي 5 أشخاص مصرعهم", "أودى بحياة 12 شخصا", "راح ضحيته 7"."""
    word = sentence[at].removeprefix("و")
    sets = table.sets
    if word in sets["met"].words:
        number = _people(table, sentence, at + 1) or _single(table, sentence, at + 1, definite=True)
        tail = sentence[number.end : number.end + _REACH] if number else ()
        met = next((step for step, other in enumerate(tail) if other in sets["met_with"].words), None)
        if number and met is not None:
            return Statement(("killed",), number, at, number.end + met + 1, "casualties:killed-idiom")
        return None
    width = sets["lives"].at(sentence, at)
    claimed = width and sets["lives_verbs"].within(sentence[max(0, at - 3) : at])
    if claimed or word in sets["victims"].words:
        number = _people(table, sentence, at + max(width, 1))
        if number:
            return Statement(("killed",), number, at, number.end, "casualties:killed-idiom")
    return None


# --- "5 قتلى", "12 people were killed": a number, then what befell ------------------------------------------


def _counted(table: Words, sentence: Sequence[str], at: int) -> Statement | None:
    word = sentence[at]
    number = quantity(sentence, at)
    if number is None:
        return _bare(table, sentence, at)
    if number.low == 0 or number.end >= len(sentence):
        return None
    kind = table.noun_kind(sentence[number.end])
    if kind:
        end = number.end + 1
        return Statement((kind,), number._replace(end=end), at, end, f"casualties:{kind}-noun")
    if not word.isascii():
        return _between(sentence, number)
    return _befell(table, sentence, _people(table, sentence, at))


def _between(sentence: Sequence[str], number: Quantity) -> Statement | None:
    """Read "20 شخصا بين قتيل وجريح": so many in all, of both kinds."""
    tail = " ".join(sentence[number.end : number.end + 4])
    if "بين قتيل وجريح" in tail or "بين قتيل ومصاب" in tail:
        end = number.end + len(tail[: tail.index("بين")].split()) + 3
        return Statement(("killed", "injured"), number, number.start, end, "casualties:killed-injured")
    return None


def _bare(table: Words, sentence: Sequence[str], at: int) -> Statement | None:
    """Read a noun that counts itself: "قتيل و3 جرحى", "شهيدان"; English "a soldier was killed"."""
    if sentence[at] in ("a", "an", "one"):
        return _befell(table, sentence, _english_one(table, sentence, at))
    for clitic, rest in peeled(sentence[at]):
        for kind in KINDS:
            for size, count in (("one", 1), ("two", 2)):
                if rest in table.nouns[kind, size] and _stands_alone(table, sentence, at, clitic):
                    number = Quantity(count, count, at, at + 1)
                    return Statement((kind,), number, at, at + 1, f"casualties:{kind}-noun")
    return None


def _stands_alone(table: Words, sentence: Sequence[str], at: int, clitic: str) -> bool:
    """Tell whether a noun such as قتيل is a toll: after a verb of outcome, or as a headline's first word."""
    if clitic in ("ب", "ل", "ك", "وب", "ول", "فب"):
        return False
    before = sentence[max(0, at - 4) : at]
    if before and before[-1] in ("بين", "من", "عن", "في", "ان", "على"):
        return False
    if table.sets["outcome_verbs"].within(before):
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


def _befell(table: Words, sentence: Sequence[str], number: Quantity | None) -> Statement | None:
    """Read what befell an English subject: "12 people, including a child, were killed"."""
    if number is None:
        return None
    at, limit = number.end, min(number.end + 12, len(sentence))
    kinds: list[str] = []
    opener = table.sets["subset_openers"].at(sentence, at)
    while at < limit and opener and sentence[at] not in ("were", "was", "are", "have", "had"):
        at += 1
    for place in range(at, min(at + 5, limit)):
        kind = _participle(table, sentence[place])
        if kind:
            kinds.append(kind)
            at = place + 1
            if sentence[place + 1 : place + 2] != ["or"] and tuple(sentence[place + 1 : place + 2]) not in (
                ("or",),
                ("and",),
            ):
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
        f"casualties:{kinds[0]}-{_way(number)}",
    )


_LOST = ("died", "dead", "killed", "slain", "perished", "drowned")


def _participle(table: Words, word: str) -> str | None:
    if word in _LOST:
        return "killed"
    return table.noun_kind(word) if word in ("wounded", "injured", "hurt", "missing", "unaccounted") else None


# --- "ارتفعت حصيلة القتلى إلى 25", "death toll rises to 25" --------------------------------------------------


def _toll(table: Words, sentence: Sequence[str], at: int) -> Statement | None:
    kind = _toll_kind(table, sentence, at)
    if kind is None:
        return None
    links = table.sets["toll_links"]
    best: Statement | None = None
    for place in range(at + 1, min(at + 9, len(sentence))):
        if not links.at(sentence, place):
            continue
        number = quantity(sentence, place + 1)
        end = _counted_people(table, sentence, number.end) if number and number.low else None
        if number and end is not None:
            best = Statement((kind,), number._replace(end=end), at, end, f"casualties:{kind}-toll")
            break
    return best


def _toll_kind(table: Words, sentence: Sequence[str], at: int) -> str | None:
    """Give the kind of a definite plural that a toll is told of: حصيلة القتلى, والجرحى إلى, death toll."""
    word = sentence[at]
    if word == "toll" and at > 0 and sentence[at - 1] == "death":
        return "killed"
    bare = word.removeprefix("و")
    if bare not in (
        "القتلي",
        "الشهداء",
        "الجرحي",
        "المصابين",
        "المفقودين",
        "الوفيات",
        "قتلي",
        "ضحايا",
        "جرحي",
        "الضحايا",
        "dead",
        "wounded",
        "injured",
    ):
        return None
    near = sentence[max(0, at - 3) : at]
    headed = any(head in near or "ال" + head in near for head in table.sets["toll_heads"].words)
    if not headed and not (word.startswith("والجرحي") or word.startswith("والمصابين")):
        return None
    if bare in ("الضحايا", "ضحايا"):
        return "killed"
    return table.noun_kind(bare)
