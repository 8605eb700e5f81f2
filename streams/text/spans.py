"""The match form of a text, with the way back worked out only where it is asked for.

`fold` gives a map of every character, which takes ten times as long as the match form itself; a tagger asks
for a few dozen spans of an article. Both forms hold the same letters in the same order, and the match form
has exactly one separator between words, so the place of a letter is: so many letters before it. The proof
that the letters are the same is one comparison of bytes; where it fails (rare characters, odd numbers),
`fold` answers.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import accumulate

import numpy as np

from streams.text.everyday import decoded, everyday_folded
from streams.text.fold import Folded, base_language, fold, match
from streams.text.ink import DECIMALS, SEPARATORS, everyday_bytes, ink, outline


class Spans:
    """`text` is the match form; offsets of it name spans of the display form given."""

    def __init__(self, display: str, lang: str | None = None) -> None:
        self._display = display
        self._lang = base_language(lang)
        self._letters: Sequence[int] | None = None
        self._folded: Folded | None = None
        self._gone = ink(self._lang).gone
        self._shown = everyday_bytes(display)
        if self._shown is None:
            self.text = match(display, lang)
            self.outline = outline(self.text)
            """The match form as one byte a character."""
        else:
            self.outline = everyday_folded(self._shown, self._lang)
            self.text = decoded(self.outline)
        self.words = self.text.replace("\n", " ").split(" ") if self.text else []
        """The words of the match form, over all sentences."""
        ends = self.outline.translate(SEPARATORS) + b"\x01"
        self.cuts: list[int] = _marked(ends).tolist() if self.text else []
        """Where each word of the match form ends."""

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Give the span of the display form, half open, for `[start, end)` of the match form.

        Both ends lie at letters, not at separators. Vowel signs and kashidas after the last belong to it.
        """
        places, cuts = self._letters or self._found(), self.cuts
        if places is None:
            return self._whole().span(start, end)
        # The place of a letter is its offset less the separators before it.
        first = bisect_left(cuts, start)
        last = places[end - 1 - bisect_left(cuts, end - 1, first)] + 1
        display, gone = self._display, self._gone
        while last < len(display) and display[last] in gone:
            last += 1
        return places[start - first], last

    def gap(self, number: int) -> str:
        """Give what the display form has between word `number` and the word before it."""
        end = self.cuts[number - 1]
        places, start = self._letters or self._found(), end + 1
        if places is None:
            whole = self._whole()
            return self._display[whole.ends[end - 1] : whole.starts[start]]
        first = start - number
        if places[first] - places[first - 1] == 2:
            sign = self._display[places[first] - 1]
            return "" if sign in self._gone else sign
        return self._display[self.span(end - 1, end)[1] : places[first]]

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

    def following(self, number: int, most: int) -> Iterator[tuple[str, int, str]]:
        """Give the words of the sentence after word `number`: word, where it starts, the gap before it."""
        words, cuts, display = self.words, self.cuts, self._display
        places = self._letters or self._found()
        for one in self.after(number, most):
            start = cuts[one - 1] + 1
            letter = start - one
            # One space, and nothing else, between the letters: so it is in nine cases of ten.
            if places and places[letter] - places[letter - 1] == 2 and display[places[letter] - 1] == " ":
                yield words[one], start, " "
            else:
                yield words[one], start, self.gap(one)

    def start(self, number: int) -> int:
        """Give where a word begins, by its number."""
        return self.cuts[number - 1] + 1 if number else 0

    def _found(self) -> Sequence[int] | None:
        """Work out where each letter stands; None, and `fold` answers, where that is not certain."""
        if self._folded is None:
            self._letters = self._ink_places()
        return self._letters

    def _whole(self) -> Folded:
        if self._folded is None:
            self._folded = fold(self._display, self._lang)
        return self._folded

    def _ink_places(self) -> Sequence[int] | None:
        """Give where each letter stands in the display form; None where that is not certain."""
        shown, folded, tables = self._shown, self.outline, ink(self._lang)
        if shown is None:
            return None
        if shown.translate(tables.letters, tables.no_ink) != folded.translate(None, tables.not_compared):
            return None
        mask = shown.translate(tables.mask)
        if "." not in self.text:
            return _marked(mask).data
        points = [found.start() for found in DECIMALS.finditer(shown.translate(tables.letters))]
        if len(points) != self.text.count("."):
            return None
        with_points = bytearray(mask)
        for point in points:
            with_points[point] = 1
        return _marked(with_points).data


def _marked(mask: bytes | bytearray) -> "np.ndarray[tuple[int], np.dtype[np.intp]]":
    """Give the places where a mask holds a 1."""
    return np.frombuffer(mask, np.bool_).nonzero()[0]
