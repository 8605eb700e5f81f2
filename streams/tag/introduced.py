"""Unlisted people and organisations, by what introduces them: a rank, a title, given names, a head word.

"اللواء سعد معن", "Colonel Ali Hassan", "جامعة البصرة". Less sure than the tables, and scored so.
"""

from collections.abc import Sequence

from streams.tag.cues import LINKS, introducers
from streams.tag.names import Spotted
from streams.tag.offices import between_commas, ended, holds_place, in_apposition, latin, offices, role
from streams.tag.passage import Passage

_LONGEST_NAME = 5
_LONGEST_HEADED = 4
"""Words of a body's name after its head."""
_SONS = frozenset(["بن", "ابن", "بنت"])
_FAITH = frozenset(["الله", "الدين", "الرحمن", "العزيز", "الكريم", "الحسين"])


_KINDS = frozenset(["rank", "given", "head", "office"])


def introduced(passage: Passage, taken: Sequence[tuple[int, int]]) -> list[Spotted]:
    """Give the unlisted names of a passage, none over a span already `taken` (sorted, match offsets)."""
    found: list[Spotted] = []
    done, busy = 0, iter([*taken, (len(passage.folded.text) + 1, 0)])
    following = next(busy)
    for start, end, clitic, _, kinds in passage.hits:
        if kinds.isdisjoint(_KINDS):
            continue
        while following[1] and following[1] <= start:
            following = next(busy)
        name = _read(passage, start, end, kinds, clitic)
        if name and name.start >= done and name.end <= following[0]:
            found.append(name)
            done = name.end
    return found


def _read(passage: Passage, start: int, end: int, kinds: frozenset[str], clitic: str) -> Spotted | None:
    if "rank" in kinds:
        return _ranked(passage, end) or _beside(passage, start, end)
    if "given" in kinds and "ال" not in clitic:
        return _given(passage, start)
    if "head" in kinds and "ال" not in clitic and "لل" not in clitic:
        return _organisation(passage, start, end)
    return _held(passage, start, end) if "office" in kinds else None


_JOINTS = frozenset("-'’")
"""Al-Muhanna, O'Neill."""
_OPENERS = frozenset(" \u00a0«“\"'")


def _tail(passage: Passage, at: int, most: int = 8) -> list[tuple[str, int]]:
    """Give the next words after a match offset, with where each starts, up to the first punctuation mark."""
    spans = passage.folded
    words: list[tuple[str, int]] = []
    for word, start, gap in spans.following(spans.number(at), most):
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
    count = latin(passage, words) if words[0][0].isascii() else _arabic(words)
    return _titled(passage, words[:count], "rank") if count else None


def _may_be_ranked(passage: Passage, end: int) -> bool:
    """Tell at one look whether a name can follow a rank."""
    word = _next(passage, end)
    return word.isascii() or word in introducers().given or word in LINKS or word in introducers().ranks


def _next(passage: Passage, at: int) -> str:
    """Give the word after the one at a match offset, whatever stands between; empty at the end."""
    spans = passage.folded
    number = spans.number(at) + 1
    return spans.words[number] if number < len(spans.words) else ""


def _abbreviated(passage: Passage, end: int) -> list[tuple[str, int]]:
    """Give the words after "Gen. ": the stop ends no sentence."""
    return _from(passage, end + 1, 7) if end + 1 < len(passage.folded.text) else []


def _from(passage: Passage, start: int, most: int) -> list[tuple[str, int]]:
    """Give the word at a match offset, less what stands before it (a clitic), and the next ones."""
    end = passage.folded.cuts[passage.folded.number(start)]
    return [(passage.folded.text[start:end], start), *_tail(passage, end, most)]


def _arabic(words: Sequence[tuple[str, int]]) -> int:
    """Give how many words of an Arabic name stand in front: a given name, names, links and one more."""
    cues = introducers()
    if words[0][0] not in cues.given and not (len(words) > 1 and words[1][0] in cues.given):
        return 0
    if words[0][0] not in cues.given and words[0][0] not in LINKS:
        return 0
    count, strange = 1, 0
    while count < min(len(words), _LONGEST_NAME):
        word, before = words[count][0], words[count - 1][0]
        if word in cues.stops or word in cues.roles:
            break
        family = _definite(word) and (word.endswith("ي") or count == 1)
        if not (word in cues.given or word in LINKS or before in LINKS or family):
            if _definite(word) or (_definite(before) and before.endswith("ي")):
                break  # a family name ends the name: قاسم المحمدي تدمير
            strange += 1
            if strange > 1 or count > 2 or not _is_strange_name(word):
                break
        count += 1
    count = ended(words, count)
    return count if count > 1 else 0


def _is_strange_name(word: str) -> bool:
    """Tell whether an unlisted word can be part of a name: not short, no verb, no preposition."""
    return len(word) > 2 and not word.startswith(("و", "ب", "ل", "ي", "ت"))


def _definite(word: str) -> bool:
    return word.startswith("ال") and len(word) > 4 and word not in introducers().ranks


def _given(passage: Passage, start: int) -> Spotted | None:
    """Read a name without a title: two given names, or one and a family name in ال."""
    if not _may_go_on(passage, start) or _is_on(passage, start):
        return None
    words = _from(passage, start, _LONGEST_NAME)
    if _is_in_the_name_of(passage, words):
        return None
    if words[0][0].isascii():
        return _english_given(passage, words)
    told, given = _arabic(words), _given_names(words)
    office = role(passage, start) if told or given else None
    if told and office is not None:
        return _person(passage, words[:told], "role", office)
    return _person(passage, words[:given], "given", office) if given else None


def _given_names(words: Sequence[tuple[str, int]]) -> int:
    """Give how many words of a name without a title stand in front; 0 where it is no full name."""
    cues = introducers()
    count, parts = 1, 1
    while count < min(len(words), _LONGEST_NAME):
        word, before = words[count][0], words[count - 1][0]
        family = (
            _definite(word)
            and word.endswith("ي")
            and word not in _FAITH
            and (parts > 1 or words[0][0] not in cues.common)
        )
        linked = word in LINKS or before in LINKS or word in _FAITH
        if word in cues.stops or not (word in cues.given or linked or family):
            break
        parts += not linked or before in _SONS
        count += 1
        if family:
            break
    return ended(words, count) if parts > 1 else 0


def _is_on(passage: Passage, start: int) -> bool:
    """Tell "على", on, from علي, a name: they have one match form."""
    return passage.folded.text.startswith("علي", start) and passage.surface(start, start + 3) == "على"


def _english_given(passage: Passage, words: Sequence[tuple[str, int]]) -> Spotted | None:
    """Read "Ali Hassan", "Abu Omar", but for places (Abu Dhabi) and what bears the name (a mosque)."""
    count = latin(passage, words)
    if count < 2:
        return None
    following = words[count][0] if count < len(words) else ""
    if following in introducers().named_after or holds_place(passage, words[:count]):
        return None
    return _titled(passage, words[:count], "given")


def _may_go_on(passage: Passage, start: int) -> bool:
    """Tell at one look whether a name can go on after a given name: most do not."""
    spans, cues = passage.folded, introducers()
    number = spans.number(start)
    word = spans.words[number + 1] if number + 1 < len(spans.words) else ""
    if not word or word in cues.stops:
        return False
    first = spans.text[start : spans.cuts[number]]
    if first.isascii() or first in LINKS or word in cues.given or word in LINKS:
        return True
    if word in _FAITH or word.startswith("ال"):
        return True
    return _is_strange_name(word) and bool(passage.of(offices()))


def _held(passage: Passage, start: int, end: int) -> Spotted | None:
    """Read an English name after its office: "rescue chief Dilshad Rauf"."""
    words = _tail(passage, end)
    count = latin(passage, words)
    return _titled(passage, words[:count], "office") if count > 1 else _beside(passage, start, end)


def _beside(passage: Passage, start: int, end: int) -> Spotted | None:
    """Read an English name with a comma between it and its office, whichever comes first."""
    if not passage.folded.text[start].isascii():
        return None
    words = in_apposition(passage, start, end) or between_commas(passage, end)
    return _titled(passage, words, "office") if words else None


def _is_in_the_name_of(passage: Passage, words: Sequence[tuple[str, int]]) -> bool:
    """Tell "المتحدث باسم المجلس", the council's spokesman, from somebody called باسم."""
    if words[0][0] != "باسم":
        return False
    before = passage.before(words[0][1])
    return bool(before) and before[0].removeprefix("و") in introducers().roles


def _titled(passage: Passage, words: Sequence[tuple[str, int]], rule: str) -> Spotted:
    """Give a person with the office that may be told before the name."""
    return _person(passage, words, rule, role(passage, words[0][1]))


def _person(passage: Passage, words: Sequence[tuple[str, int]], rule: str, office: str | None) -> Spotted:
    start, end = words[0][1], words[-1][1] + len(words[-1][0])
    key = "person~" + " ".join(word for word, _ in words)
    return Spotted(passage, start, end, "person", key, f"people:{rule}", office)


def _organisation(passage: Passage, start: int, end: int) -> Spotted | None:
    """Read "جامعة البصرة", "حزب الدعوة", "شركة نفط الشمال": a head and its definite words."""
    if not _may_be_organisation(passage, end):
        return None
    words, cues = _tail(passage, end, _LONGEST_HEADED), introducers()
    count = 0
    while count < len(words) and _definite(words[count][0]) and words[count][0] not in cues.not_names:
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
