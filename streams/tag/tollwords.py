"""The word classes of data/casualties.toml, folded and ready to look up."""

from collections.abc import Iterable, Sequence
from functools import cache, lru_cache

from streams.tag.lexicon import Meaning
from streams.tag.tables import settings
from streams.text.fold import match

KINDS = ("killed", "injured", "missing")
_PEELED = "وفبل"
_LEAST_PEELED = 3
_PRONOUNS = (("ه", 1), ("ها", 1), ("هما", 2))
_DONE_AWAY = ("ended", "executed", "lost", "deaths_of", "mourns", "butchered")
_HEADS = ("met", "parted", "victims", "fell", "fell_victim", "harm", *_DONE_AWAY)
_MORE_CUES = (
    *("الضحايا", "ضحايا", "ضحية", "الحصيلة", "عداد", "حتى الموت"),
    *("toll", "life of", "drowned", "drown", "perished", "perish", "dies", "die"),
)
_TURNS = ("followers", "ranks_of", "killed_phrases", "harmed")
_CLITICS = ("و", "ف", "ب", "ل", "ك", "وب", "ول", "فب")


def _folded(phrases: Iterable[str]) -> list[tuple[str, ...]]:
    return [tuple(match(phrase).split()) for phrase in phrases]


def _single(phrases: Iterable[str]) -> frozenset[str]:
    """Give the words of a list that holds no phrases, or none that count here."""
    return frozenset(phrase[0] for phrase in _folded(phrases) if len(phrase) == 1)


_Seconds = dict[str, list[tuple[tuple[str, ...], int]]]
_known: dict[str, tuple[int, _Seconds]] = {}
"""For each first word of some set's phrases, also behind a clitic: the sets, a bit each, that have it alone,
and the rest of longer phrases by their second word, each with its set's bit."""


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
        self._register()

    def _register(self) -> None:
        """Make the set known to `_told`, which looks for all sets at once."""
        for word in self.words:
            for form in _with_clitics(word):
                sets, seconds = _known.get(form, (0, {}))
                _known[form] = sets | self._bit, seconds
        for phrase in self.longer():
            for form in _with_clitics(phrase[0]):
                _, seconds = _known.setdefault(form, (0, {}))
                seconds.setdefault(phrase[1], []).append((phrase[1:], self._bit))
        _told.cache_clear()

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

    def within(
        self, words: tuple[str, ...], start: int = 0, stop: int | None = None, article: bool = False
    ) -> bool:
        """Tell whether any phrase stands in `words[start:stop]`, also behind a clitic or, if asked, "the".

        Asked for a part of a sentence, it looks at what is known of the whole one.
        """
        if article and not self.first.isdisjoint(_indefinite(words)):
            return True
        return self.find(words, start, stop) is not None

    def find(self, words: tuple[str, ...], start: int = 0, stop: int | None = None) -> int | None:
        """Give where the first phrase in `words[start:stop]` begins, None where there is none."""
        sets, places = _told(words)
        if not sets & self._bit:
            return None
        last = len(words) if stop is None else stop
        for place, end, sets in places:
            if sets & self._bit and start <= place and end <= last:
                return place
        return None


def _with_clitics(word: str) -> list[str]:
    return [word, *(clitic + word for clitic in _PEELED if len(word) >= _LEAST_PEELED)]


@lru_cache(maxsize=512)
def _indefinite(words: tuple[str, ...]) -> frozenset[str]:
    """Give the words with an article, without it."""
    cut = (word[2:] if word.startswith("ال") else word[3:] if word[1:3] == "ال" else "" for word in words)
    return frozenset(word for word in cut if len(word) > 2)


@lru_cache(maxsize=512)
def _told(words: tuple[str, ...]) -> tuple[int, list[tuple[int, int, int]]]:
    """Give which sets have a phrase in `words`, also behind a clitic: in all, and by its place and end.

    A sentence is asked for two dozen sets; so it is looked through once for all of them.
    """
    told, places = 0, []
    known = [(place, _known[word]) for place, word in enumerate(words) if word in _known]
    for place, (sets, seconds) in known:
        if sets:
            told |= sets
            places.append((place, place + 1, sets))
        following = place + 1
        for rest, bit in seconds.get(words[following], ()) if following < len(words) else ():
            if words[following : following + len(rest)] == rest:
                told |= bit
                places.append((place, following + len(rest), bit))
    return told, places


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
        self.many = _single(people["many"]) | {word + "s" for word in self.one if word.isascii()}
        self.endings = tuple(match(ending) for ending in people["endings"])
        self._verb_kinds = dict(reversed(list(self._verbs_with_clitics())))
        self._self_counting = dict(reversed(list(self._nouns_with_clitics())))
        self._noun_kinds = {
            noun: kind
            for kind in reversed(KINDS)
            for noun in self.nouns[kind, "many"] | self.nouns[kind, "two"]
        }
        self._told = _kinds_told(self.verbs)
        self.his = dict(_with_pronouns(table["with_pronoun"]))
        """"مقتله" is of one, "مقتلهما" of two: by form, behind any clitic, with the kind."""
        self.sets = {
            name: Phrases(phrases)
            for part in ("verbs", "nouns", "context", "people")
            for name, phrases in table[part].items()
            if name not in ("endings", "possessives")
        }
        self.turns = frozenset().union(*(self.sets[name].first for name in _TURNS))
        """Words before which a further group of the same number may end: all others are passed over."""
        self.befell = frozenset().union(*(self.sets[f"befell_{kind}"].words for kind in KINDS))

    def person(self, word: str) -> bool:
        """Tell whether a counted noun names people, by list or as an adjective of a nation or group."""
        bare = word.removeprefix("ال") if len(word) > 4 else word
        return bare in self.many or bare in self.one or (len(word) > 5 and word.endswith(self.endings))

    def verb_kind(self, word: str) -> str | None:
        """Give the kind a verb tells of, behind any clitic; "died" for those that ask for a number."""
        return self._verb_kinds.get(word)

    def _verbs_with_clitics(self) -> Iterable[tuple[str, str]]:
        """Give verbs with their kinds, the reading that counts first."""
        for clitic in ("", *_CLITICS):
            for kind, verbs in (*self.verbs.items(), ("died", self.died)):
                purpose = ("قتل", "اغتيال") if clitic.endswith("ل") else ()  # "to kill" is no toll
                yield from ((form, kind) for form in _behind(clitic, verbs, purpose))

    def verbs_tell(self, word: str) -> frozenset[str]:
        """Give all kinds that a verb can tell of, behind any clitic."""
        return self._told.get(word, _NOTHING)

    def tells_by_what(self, sentence: tuple[str, ...]) -> bool:
        """Tell whether a sentence names what kills: a bomb, a fire, an attack."""
        return self.sets["means"].within(sentence, article=True)

    def self_counting(self, word: str) -> tuple[str, str, int] | None:
        """Give clitic, kind and count of a noun such as قتيل or شهيدان; None for other words."""
        return self._self_counting.get(word)

    def _nouns_with_clitics(self) -> Iterable[tuple[str, tuple[str, str, int]]]:
        """Give nouns with what they say, the reading that counts first."""
        for clitic in ("", *_CLITICS):
            for kind in KINDS:
                for size, count in (("one", 1), ("two", 2)):
                    nouns = _behind(clitic, self.nouns[kind, size])
                    yield from ((form, (clitic, kind, count)) for form in nouns)

    def noun_kind(self, word: str) -> str | None:
        """Give the kind of a noun that itself says what befell: قتيلا, wounded."""
        return self._noun_kinds.get(word)


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


def _with_pronouns(nouns: dict[str, list[str]]) -> Iterable[tuple[str, tuple[str, int]]]:
    for kind, stems in nouns.items():
        for form in (match(clitic + stem) for stem in stems for clitic in ("", "و", "ب", "ل")):
            yield from ((form + ending, (kind, count)) for ending, count in _PRONOUNS)


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
    cues |= table.his.keys()
    cues = cues.union(*(table.sets[name].words for name in _HEADS))
    lives, verbs = table.sets["lives"].words, table.sets["lives_verbs"].words  # both stand in a toll
    cues |= {word for word in lives if word.isascii()} | {word for word in verbs if not word.isascii()}
    for phrases in (table.sets["killed_phrases"], table.sets["in_danger"]):
        cues |= phrases.words | {" ".join(words) for words in phrases.longer()}
    for word in sorted({*cues, *map(match, _MORE_CUES)}):
        yield word, Meaning("cue", 0)


@cache
def words() -> Words:
    """Give the table, read once."""
    return Words()


_NOTHING: frozenset[str] = frozenset()


def _behind(clitic: str, words: Iterable[str], but: tuple[str, ...] = ()) -> list[str]:
    """Give words behind a clitic, but for those that begin with `but`; too short a word carries none."""
    return [clitic + word for word in words if not word.startswith(but) and (not clitic or len(word) > 1)]


def _kinds_told(verbs: dict[str, frozenset[str]]) -> dict[str, frozenset[str]]:
    """Give for each verb, behind any clitic, the kinds it can tell of."""
    told: dict[str, frozenset[str]] = {}
    for clitic in ("", *_CLITICS):
        for kind in KINDS:
            for form in _behind(clitic, verbs[kind]):
                told[form] = told.get(form, _NOTHING) | {kind}
    return told
