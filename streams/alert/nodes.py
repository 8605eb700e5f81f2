"""What a query is made of: nodes that hold for a subject or not, and say by which words they can be found.

`anchors` are what an index needs: of an article that the node holds for, at least one anchor is true. None:
nothing can be said, the node may hold for any article.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from streams.alert.subject import LONGEST_BEGINNING, NUMBERS, Subject

Anchor = tuple[str, str]
"""Kind and value: ("word", "انفجار"), ("begins", "انف"), ("place", "بغداد"), ("number", "killed")."""
Anchors = frozenset[Anchor]

COST = {"word": 1, "place": 2, "organisation": 2, "person": 2, "story": 0, "article": 0, "source": 4,
        "agency": 4, "author": 3, "category": 5, "topic": 6, "changed": 7, "country": 7, "begins": 5,
        "number": 8, "relation": 9, "lang": 10}  # fmt: skip
"""How many articles an anchor lets through, roughly: the lower the fewer."""


class Node(Protocol):
    """One part of a query."""

    def holds(self, subject: Subject) -> bool:
        """Tell whether it is true of the article."""

    def anchors(self) -> Anchors | None:
        """Give what must be there, at least one of it, for this to hold."""

    def terms(self) -> Iterator[str]:
        """Give the words and phrases asked for, those under NOT left out."""


class NoWord:
    """A node that asks for no word of the text."""

    __slots__ = ()

    def terms(self) -> Iterator[str]:
        """Give none."""
        return iter(())


def cost(anchors: Anchors) -> tuple[float, int]:
    """Rank anchors for an index: rare kinds first, then few, then long words."""
    worst = max(COST[kind] for kind, _ in anchors)
    return worst + len(anchors) / 8, -min(len(value) for _, value in anchors)


@dataclass(frozen=True, slots=True)
class And:
    """All of them hold."""

    parts: tuple[Node, ...]

    def holds(self, subject: Subject) -> bool:
        """Tell whether all parts hold."""
        return all(part.holds(subject) for part in self.parts)

    def anchors(self) -> Anchors | None:
        """Give the anchors of the part that lets the fewest articles through."""
        known = [found for part in self.parts if (found := part.anchors()) is not None]
        return min(known, key=cost) if known else None

    def terms(self) -> Iterator[str]:
        """Give the terms of all parts."""
        for part in self.parts:
            yield from part.terms()


@dataclass(frozen=True, slots=True)
class Or:
    """One of them holds."""

    parts: tuple[Node, ...]

    def holds(self, subject: Subject) -> bool:
        """Tell whether one part holds."""
        return any(part.holds(subject) for part in self.parts)

    def anchors(self) -> Anchors | None:
        """Give the anchors of all parts together."""
        found: set[Anchor] = set()
        for part in self.parts:
            anchors = part.anchors()
            if anchors is None:
                return None
            found |= anchors
        return frozenset(found)

    def terms(self) -> Iterator[str]:
        """Give the terms of all parts."""
        for part in self.parts:
            yield from part.terms()


@dataclass(frozen=True, slots=True)
class Not(NoWord):
    """It does not hold."""

    part: Node

    def holds(self, subject: Subject) -> bool:
        """Tell whether the part does not hold."""
        return not self.part.holds(subject)

    def anchors(self) -> Anchors | None:
        """Give None: what is not there cannot be looked up."""
        return None


@dataclass(frozen=True, slots=True)
class Word:
    """A bare word in `field`, in any of its `forms`, also with clitics before it."""

    field: str
    forms: tuple[str, ...]

    def holds(self, subject: Subject) -> bool:
        """Tell whether the word is there."""
        words = subject.loose[self.field]
        return any(form in words for form in self.forms)

    def anchors(self) -> Anchors | None:
        """Give the word."""
        return frozenset(("word", form) for form in self.forms)

    def terms(self) -> Iterator[str]:
        """Give the word."""
        yield self.forms[0]


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words in `field` one after the other, exactly; never from the title into the text."""

    field: str
    forms: tuple[str, ...]

    def holds(self, subject: Subject) -> bool:
        """Tell whether the phrase is there."""
        text = subject.texts[self.field]
        return any(f" {form} " in text for form in self.forms)

    def anchors(self) -> Anchors | None:
        """Give the longest word of each form."""
        return frozenset(("word", max(form.split(), key=len)) for form in self.forms)

    def terms(self) -> Iterator[str]:
        """Give the phrase."""
        yield self.forms[0]


@dataclass(frozen=True, slots=True)
class Begins:
    """A word in `field` that begins so: `انفجار*`."""

    field: str
    forms: tuple[str, ...]

    def holds(self, subject: Subject) -> bool:
        """Tell whether there is such a word."""
        return any(_begins(subject.in_order[self.field], form) for form in self.forms)

    def anchors(self) -> Anchors | None:
        """Give the first letters, as many as are looked up."""
        return frozenset(("begins", form[:LONGEST_BEGINNING]) for form in self.forms)

    def terms(self) -> Iterator[str]:
        """Give the beginning, with its star."""
        yield self.forms[0] + "*"


def _begins(words: list[str], form: str) -> bool:
    """Tell whether one of the sorted words begins so: the first that does not sort before it, if any."""
    at = bisect_left(words, form)
    return at < len(words) and words[at].startswith(form)


@dataclass(frozen=True, slots=True)
class Near:
    """All words of a form within `distance` further words of each other, in any order: `"a b"~5`."""

    field: str
    forms: tuple[str, ...]
    distance: int

    def holds(self, subject: Subject) -> bool:
        """Tell whether the words stand that near."""
        fields = ("title", "text") if self.field == "any" else (self.field,)
        return any(
            _near(subject.texts[field].split(), form.split(), self.distance)
            for form in self.forms
            for field in fields
            if subject.exact[field].issuperset(form.split())
        )

    def anchors(self) -> Anchors | None:
        """Give the longest word of each form."""
        return frozenset(("word", max(form.split(), key=len)) for form in self.forms)

    def terms(self) -> Iterator[str]:
        """Give the words."""
        yield self.forms[0]


def _near(tokens: list[str], words: list[str], distance: int) -> bool:
    """Slide over the places of the wanted words: linear in the text."""
    wanted, held = Counter(words), Counter[str]()
    places = [(place, token) for place, token in enumerate(tokens) if token in wanted]
    first, missing = 0, len(words)
    for place, token in places:
        held[token] += 1
        missing -= held[token] <= wanted[token]
        while held[places[first][1]] > wanted[places[first][1]]:
            held[places[first][1]] -= 1
            first += 1
        if not missing and place - places[first][0] + 1 - len(words) <= distance:
            return True
    return False


@dataclass(frozen=True, slots=True)
class Name(NoWord):
    """The article is tagged with it: an id, or a name in one of its `forms`."""

    field: str
    forms: tuple[str, ...]

    def holds(self, subject: Subject) -> bool:
        """Tell whether it is among the tags."""
        return not subject.names[self.field].isdisjoint(self.forms)

    def anchors(self) -> Anchors | None:
        """Give the name."""
        return frozenset((self.field, form) for form in self.forms)


@dataclass(frozen=True, slots=True)
class Value(NoWord):
    """A field out of a closed set has this value."""

    field: str
    value: str

    def holds(self, subject: Subject) -> bool:
        """Tell whether it has."""
        return self.value in subject.values[self.field]

    def anchors(self) -> Anchors | None:
        """Give the value."""
        return frozenset({(self.field, self.value)})


@dataclass(frozen=True, slots=True)
class Number(NoWord):
    """A number is surely at least `least` and at most `most`; where only bounds are told, they decide."""

    field: str
    least: int | None = None
    most: int | None = None

    def holds(self, subject: Subject) -> bool:
        """Tell whether it surely is."""
        low, high = NUMBERS[self.field](subject.event)
        if low is None and high is None:
            return False
        above = self.least is None or (low is not None and low >= self.least)
        return above and (self.most is None or (high is not None and high <= self.most))

    def anchors(self) -> Anchors | None:
        """Give that the number is told; of a story's counts nothing, every article has them."""
        return frozenset({("number", self.field)}) if self.field in ("killed", "injured", "missing") else None


@dataclass(frozen=True, slots=True)
class Has(NoWord):
    """There is anything at all in `field`: `killed:*`, `place:*`."""

    field: str

    def holds(self, subject: Subject) -> bool:
        """Tell whether there is."""
        if self.field in NUMBERS:
            return NUMBERS[self.field](subject.event) != (None, None)
        if self.field in ("title", "text", "any"):
            return bool(subject.exact[self.field])
        return bool(subject.names.get(self.field) or subject.values.get(self.field))

    def anchors(self) -> Anchors | None:
        """Give a toll's name; of the rest nothing."""
        return Number(self.field).anchors() if self.field in NUMBERS else None
