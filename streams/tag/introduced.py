"""Unlisted people and organisations, by what introduces them: a rank, a title, given names, a head word.

"اللواء سعد معن", "Colonel Ali Hassan", "جامعة البصرة". Less sure than the tables, and scored so.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from streams.tag.lexicon import Meaning
from streams.tag.names import Spotted
from streams.tag.passage import Passage
from streams.tag.tables import settings
from streams.text.fold import match

_LONGEST_NAME = 5
_LINKS = frozenset(
    ["بن", "ابن", "بنت", "ابو", "ابي", "ام", "ال", "عبد", "bin", "ibn", "abu", "al", "el", "de", "van", "von"]
)
_SONS = frozenset(["بن", "ابن", "بنت"])
_FAITH = frozenset(["الله", "الدين", "الرحمن", "العزيز", "الكريم", "الحسين"])


@dataclass(frozen=True)
class Cues:
    """Sets of words in match form."""

    given: frozenset[str]
    common: frozenset[str]
    stops: frozenset[str]
    roles: frozenset[str]
    ranks: frozenset[str]
    not_names: frozenset[str]
    speech: frozenset[str]


@cache
def introducers() -> Cues:
    """Give the words that introduce or end names, read once."""
    people, organisations = settings("cues.toml")["people"], settings("cues.toml")["organisations"]

    def words(table: dict[str, list[str]], *names: str) -> frozenset[str]:
        return frozenset(match(word) for name in names for word in table[name])

    return Cues(
        given=words(people, "given"),
        common=words(people, "common"),
        stops=words(people, "stops"),
        roles=words(people, "roles"),
        ranks=words(people, "ranks", "english_ranks"),
        speech=words(people, "speech"),
        not_names=words(organisations, "not_names") | words(people, "stops"),
    )


def entries() -> Iterable[tuple[str, Meaning]]:
    """Give the lexicon entries of ranks, given names and heads of organisations."""
    people, organisations = settings("cues.toml")["people"], settings("cues.toml")["organisations"]
    for kind, words in (
        ("rank", [*people["ranks"], *people["english_ranks"]]),
        ("given", people["given"]),
        ("given", people["given_english"]),
        ("head", organisations["heads"]),
    ):
        for word in words:
            yield match(word), Meaning(kind, 0)


_KINDS = frozenset(["rank", "given", "head"])


def introduced(passage: Passage, taken: Sequence[tuple[int, int]]) -> list[Spotted]:
    """Give the unlisted names of a passage, none over a span already `taken` (sorted, match offsets)."""
    found: list[Spotted] = []
    done, busy = 0, iter([*taken, (len(passage.folded.text) + 1, 0)])
    following = next(busy)
    for hit in passage.hits:
        while following[1] and following[1] <= hit.start:
            following = next(busy)
        if hit.kinds.isdisjoint(_KINDS):
            continue
        name = _read(passage, hit.start, hit.end, hit.kinds, hit.clitic)
        if name and name.start >= done and name.end <= following[0]:
            found.append(name)
            done = name.end
    return found


def _read(passage: Passage, start: int, end: int, kinds: frozenset[str], clitic: str) -> Spotted | None:
    if "rank" in kinds:
        return _ranked(passage, end)
    if "given" in kinds and "ال" not in clitic:
        return _given(passage, start)
    if "head" in kinds and "ال" not in clitic and "لل" not in clitic:
        return _organisation(passage, start, end)
    return None


_JOINTS = frozenset("-'’")
"""Al-Muhanna, O'Neill."""
_OPENERS = frozenset(" \u00a0«“\"'")


def _tail(passage: Passage, at: int) -> list[tuple[str, int]]:
    """Give the next words after a match offset, with where each starts, up to the first punctuation mark."""
    spans = passage.folded
    words: list[tuple[str, int]] = []
    for word, start, gap in spans.following(spans.number(at), 8):
        joined = gap == " " or (gap in _JOINTS and word.isascii())
        if not joined and (gap.strip() if words else set(gap) - _OPENERS):
            break
        words.append((word, start))
    return words


def _ranked(passage: Passage, end: int) -> Spotted | None:
    """Read the name after a rank or title; further ranks in between are skipped."""
    abbreviated = passage.folded.text[end : end + 1] == "\n" and passage.display_after(end, 2) == ". "
    if not abbreviated and not _may_be_ranked(passage, end):
        return None
    words = _abbreviated(passage, end) if abbreviated else _tail(passage, end)
    while words and words[0][0] in introducers().ranks:
        words = words[1:]
    if not words:
        return None
    count = _latin(passage, words) if words[0][0].isascii() else _arabic(words)
    return _person(passage, words[:count], "rank") if count else None


def _may_be_ranked(passage: Passage, end: int) -> bool:
    """Tell at one look whether a name can follow a rank."""
    word = _next(passage, end)
    return word.isascii() or word in introducers().given or word in _LINKS or word in introducers().ranks


def _next(passage: Passage, at: int) -> str:
    """Give the word after the one at a match offset, whatever stands between; empty at the end."""
    spans = passage.folded
    number = spans.number(at) + 1
    return spans.words[number] if number < len(spans.words) else ""


def _abbreviated(passage: Passage, end: int) -> list[tuple[str, int]]:
    """Give the words after "Gen. ": the stop ends no sentence."""
    return _from(passage, end + 1) if end + 1 < len(passage.folded.text) else []


def _from(passage: Passage, start: int) -> list[tuple[str, int]]:
    """Give the word at a match offset, less what stands before it (a clitic), and the next ones."""
    end = passage.folded.cuts[passage.folded.number(start)]
    return [(passage.folded.text[start:end], start), *_tail(passage, end)][:8]


def _arabic(words: Sequence[tuple[str, int]]) -> int:
    """Give how many words of an Arabic name stand in front: a given name, names, links and one more."""
    cues = introducers()
    if words[0][0] not in cues.given and not (len(words) > 1 and words[1][0] in cues.given):
        return 0
    if words[0][0] not in cues.given and words[0][0] not in _LINKS:
        return 0
    count, strange = 1, 0
    while count < min(len(words), _LONGEST_NAME):
        word, before = words[count][0], words[count - 1][0]
        if word in cues.stops or word in cues.roles:
            break
        family = _definite(word) and (word.endswith("ي") or count == 1)
        if not (word in cues.given or word in _LINKS or before in _LINKS or family):
            if _definite(word) or (_definite(before) and before.endswith("ي")):
                break  # a family name ends the name: قاسم المحمدي تدمير
            strange += 1
            if strange > 1 or count > 2 or not _is_strange_name(word):
                break
        count += 1
    count = _ended(words, count)
    return count if count > 1 else 0


def _ended(words: Sequence[tuple[str, int]], count: int) -> int:
    """Give how many of the first `count` words are left where no link ends a name."""
    while count and words[count - 1][0] in _LINKS:
        count -= 1
    return count


def _is_strange_name(word: str) -> bool:
    """Tell whether an unlisted word can be part of a name: not short, no verb, no preposition."""
    return len(word) > 2 and not word.startswith(("و", "ب", "ل", "ي", "ت"))


def _definite(word: str) -> bool:
    return word.startswith("ال") and len(word) > 4 and word not in introducers().ranks


def _latin(passage: Passage, words: Sequence[tuple[str, int]]) -> int:
    """Give how many capitalised words stand at the front, with links such as "al" between them."""
    count = 0
    for word, start in words[:_LONGEST_NAME]:
        upper = passage.surface(start, start + len(word))[:1].isupper()
        if not upper and not (count and word in _LINKS):
            break
        if word in introducers().ranks or word in introducers().roles:
            break
        count += 1
    return _ended(words, count)


def _given(passage: Passage, start: int) -> Spotted | None:
    """Read a name without a title: two given names, or one and a family name in ال."""
    if not _may_go_on(passage, start):
        return None
    words, cues = _from(passage, start), introducers()
    if passage.surface(start, start + 3) == "على" or _is_in_the_name_of(passage, words):
        return None
    if words[0][0].isascii():
        count = _latin(passage, words)
        return _person(passage, words[:count], "given") if count > 1 else None
    count = _arabic(words)
    if count and role(passage, start) is not None:
        return _person(passage, words[:count], "role")
    count, parts = 1, 1
    while count < min(len(words), _LONGEST_NAME):
        word, before = words[count][0], words[count - 1][0]
        family = (
            _definite(word)
            and word.endswith("ي")
            and word not in _FAITH
            and (parts > 1 or words[0][0] not in cues.common)
        )
        linked = word in _LINKS or before in _LINKS or word in _FAITH
        if word in cues.stops or not (word in cues.given or linked or family):
            break
        parts += not linked or before in _SONS
        count += 1
        if family:
            break
    if parts < 2:
        return None
    return _person(passage, words[: _ended(words, count)], "given")


def _may_go_on(passage: Passage, start: int) -> bool:
    """Tell at one look whether a name can go on after a given name: most do not."""
    word, cues = _next(passage, start), introducers()
    if not word or word in cues.stops:
        return False
    first = passage.folded.text[start : passage.folded.cuts[passage.folded.number(start)]]
    if first.isascii() or first in _LINKS or word in cues.given or word in _LINKS:
        return True
    if word in _FAITH or word.startswith("ال"):
        return True
    return _is_strange_name(word) and not passage.vocabulary.isdisjoint(_offices())


@cache
def _offices() -> frozenset[str]:
    """Give the roles with all that can be written onto them: without one of these nobody has an office."""
    roles = introducers().roles
    return frozenset(front + role for role in roles for front in ("", "و", "ال", "وال"))


def _is_in_the_name_of(passage: Passage, words: Sequence[tuple[str, int]]) -> bool:
    """Tell "المتحدث باسم المجلس", the council's spokesman, from somebody called باسم."""
    if words[0][0] != "باسم":
        return False
    before = passage.before(words[0][1])
    return bool(before) and before[0].removeprefix("و") in introducers().roles


def _person(passage: Passage, words: Sequence[tuple[str, int]], rule: str) -> Spotted:
    start, end = words[0][1], words[-1][1] + len(words[-1][0])
    key = "person~" + " ".join(word for word, _ in words)
    return Spotted(passage, start, end, "person", key, f"people:{rule}", role(passage, start))


def _organisation(passage: Passage, start: int, end: int) -> Spotted | None:
    """Read "جامعة البصرة", "حزب الدعوة", "شركة نفط الشمال": a head and its definite words."""
    if not _may_be_organisation(passage, end):
        return None
    words, cues = _tail(passage, end), introducers()
    count = 0
    while count < min(len(words), 4) and _definite(words[count][0]) and words[count][0] not in cues.not_names:
        count += 1
    if not count and len(words) > 1 and words[0][0] not in cues.not_names and _plain(words[0][0]):
        count = 2 if _definite(words[1][0]) and words[1][0] not in cues.not_names else 0
    if not count:
        return None
    stop = words[count - 1][1] + len(words[count - 1][0])
    key = "organisation~" + passage.folded.text[start:stop]
    return Spotted(passage, start, stop, "organisation", key, "organisations:head")


def _may_be_organisation(passage: Passage, end: int) -> bool:
    """Tell at one look whether definite words can follow a head."""
    words, number = passage.folded.words, passage.folded.number(end) + 1
    return any(word.startswith("ال") for word in words[number : number + 2])


def _plain(word: str) -> bool:
    return not word.startswith(("و", "ب", "ل")) and len(word) > 2 and not word.isascii()


def role(passage: Passage, start: int) -> str | None:
    """Give the office told right before a name: from the nearest role's head up to the name."""
    if passage.vocabulary.isdisjoint(_offices()):
        return None
    head = passage.folded.text[max(0, start - 90) : start]
    begin = at = max(0, start - 90) + head.rfind("\n") + 1
    found: int | None = None
    roles, stops = introducers().roles, introducers().stops
    for word in passage.folded.text[begin:start].split(" "):
        bare = word.removeprefix("و").removeprefix("ال") if word not in roles else word
        if bare in roles:
            found = at if found is None else found
        elif word in stops:
            found = None
        at += len(word) + 1
    if found is None:
        return None
    begin = _capitalised(passage, begin, found)
    text = passage.surface(begin, start - (len(head) - len(head.rstrip()))).strip(" ،,:«»\"'()-")
    return text.removeprefix("و") if text.startswith("وال") else text or None


def _capitalised(passage: Passage, begin: int, at: int) -> int:
    """Give where the capitalised words before an English role begin: "Iraqi Prime Minister"."""
    for word in reversed(list(re.finditer(r"[^ ]+", passage.folded.text[begin:at]))):
        start = begin + word.start()
        if not (word[0].isascii() and start > begin and passage.surface(start, start + 1).isupper()):
            break
        at = start
    return at
