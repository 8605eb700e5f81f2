"""What somebody is: the office told before a name, and English names that stand beside their office."""

from collections.abc import Sequence
from functools import cache

from streams.tag.cues import LINKS, introducers
from streams.tag.passage import Passage

LONGEST_NAME = 5
_PHRASE = frozenset(["of", "for", "the", "and", "in", "at"])
"""Small words inside an office: head of the party."""
_BEFORE_OFFICE = frozenset(["a", "an", "the", "its", "their", "his", "her"])
_AFTER_OFFICE = frozenset(["of", "for", "at", "in", "with"])
_OPENERS = (
    _PHRASE | _BEFORE_OFFICE | {"on", "as", "by", "but", "said", "when", "after", "meanwhile", "to", "from"}
)
"""Words with a capital at a sentence's beginning that belong to no office."""
_WORDS_BEFORE_OFFICE = 4
_LONGEST_OFFICE = 90
"""Characters before a name that are looked at."""


@cache
def offices() -> frozenset[str]:
    """Give the roles with all that can be written onto them: without one of these nobody has an office."""
    roles = introducers().roles
    return frozenset(front + role for role in roles for front in ("", "و", "ال", "وال"))


def ended(words: Sequence[tuple[str, int]], count: int) -> int:
    """Give how many of the first `count` words are left where no link ends a name."""
    while count and words[count - 1][0] in LINKS:
        count -= 1
    return count


def latin(passage: Passage, words: Sequence[tuple[str, int]]) -> int:
    """Give how many capitalised words stand at the front, with links such as "al" between them."""
    count, cues = 0, introducers()
    for word, start in words[:LONGEST_NAME]:
        upper = passage.surface(start, start + len(word))[:1].isupper()
        if not upper and not (count and word in LINKS):
            break
        titled = word in cues.ranks or word in cues.roles or word in cues.offices
        if word in cues.plain or (titled and not (count == 1 and _ends_name(passage, word, start))):
            break
        count += 1
    return ended(words, count)


def _ends_name(passage: Passage, word: str, start: int) -> bool:
    """Tell a family name that is a title too: "Julie Bishop met", not "Salman King of"."""
    after = passage.after(start + len(word))
    if word not in introducers().surnames or after in _AFTER_OFFICE:
        return False
    number = passage.folded.number(start) + 1
    words = passage.folded.words
    begins = number < len(words) and words[number] == after and passage.folded.start(number)
    return not begins or not passage.surface(begins, begins + 1).isupper()


def in_apposition(passage: Passage, start: int, end: int) -> list[tuple[str, int]]:
    """Give the words of a name that its office follows: "Dilshad Rauf, the head of"; empty if none does.

    A comma parts them, and the office goes on with "of" or begins with an article; a place is no name.
    """
    spans = passage.folded
    number = first = spans.number(start)
    after = spans.words[number + 1 : number + 2]
    while first > 0 and spans.gap(first) == " " and number - first < _WORDS_BEFORE_OFFICE:
        first -= 1
    told = spans.words[first] in _BEFORE_OFFICE or (bool(after) and after[0] in _AFTER_OFFICE)
    if not told or not first or spans.gap(first).strip() != "," or number - first >= _WORDS_BEFORE_OFFICE:
        return []
    begin = first - 1
    while begin > 0 and first - begin < LONGEST_NAME and _goes_back(passage, begin):
        begin -= 1
    words = [(spans.words[one], spans.start(one)) for one in range(begin, first)]
    whole = latin(passage, words) == len(words) > 1
    return words if whole and not holds_place(passage, words) else []


def between_commas(passage: Passage, end: int) -> list[tuple[str, int]]:
    """Give the words of a name that follows its office between commas: "the minister, Dilshad Rauf, said"."""
    spans = passage.folded
    first = spans.number(end) + 1
    if first >= len(spans.words) or spans.gap(first).strip() != ",":
        return []
    last = min(first + LONGEST_NAME, len(spans.words))
    stop = next((one for one in range(first + 1, last) if spans.gap(one) not in (" ", "-")), last)
    words = [(spans.words[one], spans.start(one)) for one in range(first, stop)]
    closed = stop < len(spans.words) and spans.gap(stop).strip() == ","
    whole = closed and latin(passage, words) == len(words) > 1
    return words if whole and not holds_place(passage, words) else []


def holds_place(passage: Passage, words: Sequence[tuple[str, int]]) -> bool:
    """Tell whether the table of places has a name of several words among these, or these altogether."""
    start, end = words[0][1], words[-1][1] + len(words[-1][0])
    return any(
        "place" in hit.kinds and start <= hit.start and hit.end <= end
        for hit in passage.hits
        if (hit.start, hit.end) == (start, end) or " " in passage.folded.text[hit.start : hit.end]
    )


def _goes_back(passage: Passage, number: int) -> bool:
    """Tell whether the word before is part of the same run of capitalised words."""
    spans = passage.folded
    word = spans.words[number - 1]
    if spans.gap(number) not in (" ", "-") or word in introducers().plain:
        return False
    return word in LINKS or passage.surface(spans.start(number - 1), spans.start(number - 1) + 1).isupper()


def role(passage: Passage, start: int) -> str | None:
    """Give the office told right before a name: from the nearest role's head up to the name."""
    told = passage.of(offices())
    if not told:
        return None
    whole = passage.folded.text
    begin = _reach(whole, start)
    words = whole[begin:start].split(" ")
    found = None if told.isdisjoint(words) else _first_of_role(passage, words, begin)
    if found is None:
        return None
    end = start - (whole[start - 1] == " ")  # a clitic may stand between
    text = passage.surface(_capitalised(passage, begin, found), end).strip(" ،,:«»\"'()-")
    return text.removeprefix("و") if text.startswith("وال") else text or None


def _reach(text: str, start: int) -> int:
    """Give where the words before a name begin that may tell an office: whole words of its sentence."""
    reach = max(0, start - _LONGEST_OFFICE)
    line = text.rfind("\n", reach, start) + 1
    if line or not reach or text[reach - 1] in " \n":
        return line or reach
    return text.find(" ", reach, start) + 1 or start


def _first_of_role(passage: Passage, words: Sequence[str], at: int) -> int | None:
    """Give where the role begins that `words`, the first of them at `at`, end with; None where none does."""
    found: int | None = None
    stops, titles = introducers().stops, offices()
    for word in words:
        if word in titles and _is_role(word):
            found = at if found is None else found
        elif word in stops or (found is not None and _named_since(passage, found, at, word)):
            found = None
        at += len(word) + 1
    return found


def _is_role(word: str) -> bool:
    """Tell whether a word is a role, or one behind "and" and the article."""
    roles = introducers().roles
    return word in roles or word.removeprefix("و").removeprefix("ال") in roles


def _capitalised(passage: Passage, begin: int, at: int) -> int:
    """Give where the capitalised words before an English role begin: "Iraqi Prime Minister"."""
    for word in reversed(passage.folded.text[begin:at].split(" ")[:-1]):
        start = at - len(word) - 1
        if not (word.isascii() and passage.surface(start, start + 1).isupper()):
            break
        if word in _OPENERS:
            break
        at = start
    return at


def _named_since(passage: Passage, found: int, at: int, word: str) -> bool:
    """Tell whether an English office has its name already: "Minister Ali Hasan met", then another's."""
    if not word.isascii() or word in _PHRASE or word in LINKS or not word.isalpha():
        return False
    if passage.surface(at, at + 1).isupper():
        return False
    start = passage.folded.cuts[passage.folded.number(found)] + 1
    return start < at and passage.surface(start, start + 1).isupper()
