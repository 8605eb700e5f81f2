"""The word classes of data/casualties.toml, folded and ready to look up."""

from collections.abc import Iterable, Sequence
from functools import cache, lru_cache

from streams.tag.lexicon import Meaning
from streams.tag.tables import settings
from streams.text.fold import match

KINDS = ("killed", "injured", "missing")
_REMEMBERED = 50_000
_PEELED = "وفبل"
_CLITICS = ("و", "ف", "ب", "ل", "ك", "وب", "ول", "فب")


def _folded(phrases: Iterable[str]) -> list[tuple[str, ...]]:
    return [tuple(match(phrase).split()) for phrase in phrases]


def _single(phrases: Iterable[str]) -> frozenset[str]:
    """Give the words of a list that holds no phrases, or none that count here."""
    return frozenset(phrase[0] for phrase in _folded(phrases) if len(phrase) == 1)


_openings: dict[str, int] = {}
"""For each word that begins a phrase of some set, these sets, a bit each."""


class Phrases:
    """A set of words and phrases; `at` tells how many words the longest one at a place has."""

    _made = 0

    def __init__(self, phrases: Iterable[str]) -> None:
        split = _folded(phrases)
        self.words = frozenset(phrase[0] for phrase in split if len(phrase) == 1)
        self._longer: dict[str, list[tuple[str, ...]]] = {}
        self.first = frozenset(phrase[0] for phrase in split)
        for phrase in sorted(split, key=len, reverse=True):
            if len(phrase) > 1:
                self._longer.setdefault(phrase[0], []).append(phrase)
        self._bit = 1 << Phrases._made
        Phrases._made += 1
        _openings.update((word, _openings.get(word, 0) | self._bit) for word in self.first)
        _opened.cache_clear()

    def longer(self) -> list[tuple[str, ...]]:
        """Give the phrases of several words."""
        return [phrase for phrases in self._longer.values() for phrase in phrases]

    def at(self, words: Sequence[str], place: int) -> int:
        """Give the number of words of the phrase that begins at `place`, 0 where none does."""
        if place >= len(words) or words[place] not in self.first:
            return 0
        for phrase in self._longer.get(words[place], ()):
            if tuple(words[place : place + len(phrase)]) == phrase:
                return len(phrase)
        return int(words[place] in self.words)

    def within(self, words: tuple[str, ...], article: bool = False) -> bool:
        """Tell whether any phrase stands anywhere in `words`, also behind a clitic or, if asked, "the"."""
        if article and not self.first.isdisjoint(_indefinite(words)):
            return True
        return self.find(words) is not None

    def find(self, words: tuple[str, ...]) -> int | None:
        """Give where the first phrase in `words` begins, None where there is none."""
        opened, places = _opened(words)
        if not opened & self._bit:
            return None
        for place, sets in places:
            if sets & self._bit and (self.at(words, place) or self._behind_clitic(words, place)):
                return place
        return None

    def _behind_clitic(self, words: tuple[str, ...], place: int) -> bool:
        word = words[place]
        peels = len(word) > 3 and word[0] in _PEELED and word[1:] in self.first
        return peels and bool(self.at((word[1:], *words[place + 1 : place + 5]), 0))


@lru_cache(maxsize=512)
def _indefinite(words: tuple[str, ...]) -> frozenset[str]:
    """Give the words with an article, without it."""
    cut = (word[2:] if word.startswith("ال") else word[3:] if word[1:3] == "ال" else "" for word in words)
    return frozenset(word for word in cut if len(word) > 2)


@lru_cache(maxsize=512)
def _opened(words: tuple[str, ...]) -> tuple[int, list[tuple[int, int]]]:
    """Give which sets have a phrase that may begin in `words`, also behind a clitic: in all, and by place.

    A sentence is asked for two dozen sets; so it is looked through once, and most are answered at one look.
    """
    places, opened, known = [], 0, _openings.get
    for place, word in enumerate(words):
        sets = known(word, 0)
        if len(word) > 3 and word[0] in _PEELED:
            sets |= known(word[1:], 0)
        if sets:
            opened |= sets
            places.append((place, sets))
    return opened, places


class Words:
    """All classes of the table; nouns and verbs by kind (killed, injured, missing)."""

    def __init__(self) -> None:
        table = settings("casualties.toml")
        verbs, nouns, people = table["verbs"], table["nouns"], table["people"]
        self.verbs = {kind: _single(verbs[kind]) for kind in KINDS}
        self.died = _single(verbs["died"])
        self.active = {kind: _single(verbs.get(f"{kind}_active", ())) for kind in KINDS}
        self.nouns = {
            (kind, size): _single(nouns[f"{kind}_{size}"])
            for kind in KINDS
            for size in ("one", "two", "many")
        }
        self.one = _single(people["one"])
        self.two = _single(people["two"]) | _duals(people)
        self.kin = _kin(people)
        self.construct = _single(people["construct_two"]), _single(people["construct_of"])
        self.two_or_more = (_single(people["two_or_more"]) | _sound_plurals(people)) - self.two
        self.many = _single(people["many"])
        self.endings = tuple(match(ending) for ending in people["endings"])
        self._verb_kinds: dict[str, str | None] = {}
        self._self_counting: dict[str, tuple[str, str, int] | None] = {}
        self.sets = {
            name: Phrases(phrases)
            for part in ("verbs", "nouns", "context", "people")
            for name, phrases in table[part].items()
            if name not in ("endings", "possessives")
        }
        self.befell = frozenset().union(*(self.sets[f"befell_{kind}"].words for kind in KINDS))

    def person(self, word: str) -> bool:
        """Tell whether a counted noun names people, by list or as an adjective of a nation or group."""
        bare = word.removeprefix("ال") if len(word) > 4 else word
        return bare in self.many or bare in self.one or (len(word) > 5 and word.endswith(self.endings))

    def verb_kind(self, word: str) -> str | None:
        """Give the kind a verb tells of, behind any clitic; "died" for those that ask for a number."""
        if word not in self._verb_kinds:
            if len(self._verb_kinds) > _REMEMBERED:
                self._verb_kinds.clear()
            self._verb_kinds[word] = self._find_verb_kind(word)
        return self._verb_kinds[word]

    def _find_verb_kind(self, word: str) -> str | None:
        for clitic, rest in peeled(word):
            if clitic.endswith("ل") and rest.startswith(("قتل", "اغتيال")):
                continue  # "to kill": a purpose, no toll
            for kind in KINDS:
                if rest in self.verbs[kind]:
                    return kind
            if rest in self.died:
                return "died"
        return None

    def self_counting(self, word: str) -> tuple[str, str, int] | None:
        """Give clitic, kind and count of a noun such as قتيل or شهيدان; None for other words."""
        if word not in self._self_counting:
            if len(self._self_counting) > _REMEMBERED:
                self._self_counting.clear()
            self._self_counting[word] = self._find_self_counting(word)
        return self._self_counting[word]

    def _find_self_counting(self, word: str) -> tuple[str, str, int] | None:
        for clitic, rest in peeled(word):
            for kind in KINDS:
                for size, count in (("one", 1), ("two", 2)):
                    if rest in self.nouns[kind, size]:
                        return clitic, kind, count
        return None

    def noun_kind(self, word: str) -> str | None:
        """Give the kind of a noun that itself says what befell: قتيلا, wounded."""
        for kind in KINDS:
            if word in self.nouns[kind, "many"] or word in self.nouns[kind, "two"]:
                return kind
        return None


def _nouns(people: dict[str, list[str]]) -> list[str]:
    """Give the Arabic nouns for one person, but for the accusatives."""
    return [noun for noun in people["one"] if not noun.isascii() and not noun.endswith(("ا", "ى"))]


def _duals(people: dict[str, list[str]]) -> frozenset[str]:
    """Give the duals that can be nothing else: in ـان, and of nouns in ة in both cases."""
    forms = (noun[:-1] + "ت" if noun.endswith("ة") else noun for noun in _nouns(people))
    duals = {form + ending for form in forms for ending in (("ان", "ين") if form[-1] == "ت" else ("ان",))}
    return _single(duals - set(people["not_two"]))


def _sound_plurals(people: dict[str, list[str]]) -> frozenset[str]:
    """Give the forms in ـين, which are the plural as well as the dual in the genitive: two or more."""
    plurals = {noun + "ين" for noun in _nouns(people) if not noun.endswith("ة")}
    return _single(plurals - set(people["not_two"]))


def _kin(people: dict[str, list[str]]) -> dict[str, int]:
    """Give the nouns of kin and company with a possessive, and how many each counts: زوجته 1, أطفاله 0."""
    counts: dict[str, int] = {}
    for name, count in (("kin_many", 0), ("kin_two", 2), ("kin_one", 1)):
        for stem in people[name]:
            bound = stem[:-1] + "ت" if stem.endswith("ة") else stem
            counts |= {match(bound + ending): count for ending in people["possessives"]}
    return counts


def entries() -> Iterable[tuple[str, Meaning]]:
    """Give the lexicon entries of all words that a toll can hang on: a sentence without one holds none."""
    table = words()
    cues = set().union(*table.verbs.values(), *table.active.values(), *table.nouns.values(), table.died)
    for name in ("met", "victims", "lives", "lives_verbs", "fell_victim", "harm"):
        cues |= table.sets[name].words
    cues |= {" ".join(words) for words in table.sets["killed_phrases"].longer()}
    more = ("الضحايا", "ضحايا", "الحصيلة", "عداد", "toll", "drowned", "perished", "dies", "die")
    for word in sorted({*cues, *map(match, more)}):
        yield word, Meaning("cue", 0)


@cache
def words() -> Words:
    """Give the table, read once."""
    return Words()


def peeled(word: str) -> Iterable[tuple[str, str]]:
    """Give a word bare and with each clitic it could carry: (clitic, rest)."""
    yield "", word
    for clitic in _CLITICS:
        if word.startswith(clitic) and len(word) - len(clitic) >= 2:
            yield clitic, word[len(clitic) :]
