"""The match form of a text, with the way back worked out only where it is asked for.

`fold` gives a map of every character, which takes ten times as long as the match form itself; a tagger asks
for a few dozen spans of an article. Both forms hold the same letters in the same order, and the match form
has exactly one separator between words, so the place of a letter is: so many letters before it. The proof
that the letters are the same is one comparison of bytes; where it fails (rare characters, odd numbers),
`fold` answers.
"""

from bisect import bisect_left, bisect_right
from functools import cached_property
from itertools import accumulate, compress, count
from operator import add

from streams.text.fold import Folded, base_language, fold, match
from streams.text.ink import DECIMALS, everyday_bytes, ink


class Spans:
    """`text` is the match form; offsets of it name spans of the display form given."""

    def __init__(self, display: str, lang: str | None = None) -> None:
        self._display = display
        self._lang = lang
        self.text = match(display, lang)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Give the span of the display form, half open, for `[start, end)` of the match form.

        Both ends lie at letters, not at separators. Vowel signs and kashidas after the last belong to it.
        """
        places = self._places
        if isinstance(places, Folded):
            return places.span(start, end)
        last = places[self._rank(end - 1)] + 1
        display, gone = self._display, self._gone
        while last < len(display) and display[last] in gone:
            last += 1
        return places[self._rank(start)], last

    def gap(self, number: int) -> str:
        """Give what the display form has between word `number` and the word before it."""
        start, end = self.cuts[number - 1] + 1, self.cuts[number - 1]
        places = self._places
        if isinstance(places, Folded):
            return self._display[places.ends[end - 1] : places.starts[start]]
        first = start - number
        if places[first] - places[first - 1] == 2:
            sign = self._display[places[first] - 1]
            return "" if sign in self._gone else sign
        return self._display[self.span(end - 1, end)[1] : places[first]]

    @cached_property
    def words(self) -> list[str]:
        """Give the words of the match form, over all sentences."""
        return self.text.replace("\n", " ").split(" ") if self.text else []

    @cached_property
    def cuts(self) -> list[int]:
        """Give where each word of the match form ends."""
        return list(map(add, accumulate(map(len, self.words)), count()))

    @cached_property
    def heads(self) -> list[int]:
        """Give the number of each sentence's first word."""
        lines = self.text.split("\n")
        return list(accumulate((line.count(" ") + 1 for line in lines[:-1]), initial=0))

    def before(self, number: int, most: int) -> list[str]:
        """Give the words of the sentence before word `number`, nearest first."""
        head = self.heads[bisect_right(self.heads, number) - 1]
        return self.words[max(head, number - most) : number][::-1]

    def after(self, number: int, most: int) -> range:
        """Give the numbers of the words of the sentence after word `number`."""
        line = bisect_right(self.heads, number)
        stop = self.heads[line] if line < len(self.heads) else len(self.words)
        return range(number + 1, min(stop, number + 1 + most))

    def number(self, at: int) -> int:
        """Give the number of the word at an offset of the match form, or that ends there."""
        return bisect_left(self.cuts, at)

    def start(self, number: int) -> int:
        """Give where a word begins, by its number."""
        return self.cuts[number - 1] + 1 if number else 0

    def _rank(self, at: int) -> int:
        """Count the letters before an offset of the match form."""
        return at - bisect_left(self.cuts, at)

    @cached_property
    def _places(self) -> list[int] | Folded:
        found = _ink_places(self._display, self.text, base_language(self._lang))
        return fold(self._display, self._lang) if found is None else found

    @cached_property
    def _gone(self) -> frozenset[str]:
        return ink(base_language(self._lang)).gone


def _ink_places(display: str, text: str, lang: str) -> list[int] | None:
    """Give where each letter of the match form stands in the display form; None where that is not certain."""
    data, folded = everyday_bytes(display), everyday_bytes(text)
    if data is None or folded is None:
        return None
    tables = ink(lang)
    if data.translate(tables.letters, tables.no_ink) != folded.translate(None, tables.not_compared):
        return None
    mask = data.translate(tables.mask)
    if "." in text:
        points = [found.start() for found in DECIMALS.finditer(data.translate(tables.letters))]
        if len(points) != text.count("."):
            return None
        marked = bytearray(mask)
        for point in points:
            marked[point] = 1
        mask = bytes(marked)
    return list(compress(range(len(display)), mask))
