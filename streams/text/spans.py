"""The match form of a text, with the way back worked out only where it is asked for.

`fold` gives a map of every character, which takes ten times as long as the match form itself; a tagger asks
for a few dozen spans of an article. Both forms hold the same letters in the same order, so the n-th letter
of one is the n-th of the other. The proof that the letters are the same is one comparison of bytes; where it
fails (rare characters, odd numbers), `fold` answers.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import cached_property

import numpy as np

from streams.text.everyday import decoded, everyday_folded
from streams.text.fold import Folded, base_language, fold, match
from streams.text.ink import SEPARATORS, decimals, everyday_bytes, ink, outline


class Spans:
    """`text` is the match form; offsets of it name spans of the display form given."""

    def __init__(self, display: str, lang: str | None = None) -> None:
        self._display = display
        self._lang = base_language(lang)
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
        places = self._places
        if places is None:
            return self._whole.span(start, end)
        last = places[end - 1] + 1
        while self._display[last : last + 1] in self._gone:
            last += 1
        return places[start], last

    def gap(self, number: int) -> str:
        """Give what the display form has between word `number` and the word before it."""
        end, places = self.cuts[number - 1], self._places
        if places is None:
            return self._display[self._whole.ends[end - 1] : self._whole.starts[end + 1]]
        if places[end + 1] - places[end - 1] == 2:
            sign = self._display[places[end + 1] - 1]
            return "" if sign in self._gone else sign
        return self._display[self.span(end - 1, end)[1] : places[end + 1]]

    def before(self, at: int) -> list[str]:
        """Give the words of the sentence before the word at an offset, nearest first, two at most."""
        text, words, cuts = self.text, self.words, self.cuts
        number = bisect_left(cuts, at)
        if not number or text[cuts[number - 1]] != " ":
            return []
        if number == 1 or text[cuts[number - 2]] != " ":
            return [words[number - 1]]
        return [words[number - 1], words[number - 2]]

    def after(self, end: int) -> str:
        """Give the next word of the sentence after an offset that ends a word; empty at its end."""
        return self.words[bisect_left(self.cuts, end) + 1] if self.text[end : end + 1] == " " else ""

    def standing(self, word: str) -> Iterator[int]:
        """Give where a word of the match form begins, at every place where it stands by itself."""
        text, size = self.text, len(word)
        at = text.find(word)
        while at >= 0:
            end = at + size
            if (not at or text[at - 1] in " \n") and (end == len(text) or text[end] in " \n"):
                yield at
            at = text.find(word, end)

    def number(self, at: int) -> int:
        """Give the number of the word at an offset of the match form, or that ends there."""
        return bisect_left(self.cuts, at)

    def following(self, number: int, most: int) -> Iterator[tuple[str, int, str]]:
        """Give the words of the sentence after word `number`: word, where it starts, the gap before it."""
        words, cuts, text, display, places = self.words, self.cuts, self.text, self._display, self._places
        for one in range(number + 1, min(number + 1 + most, len(words))):
            end = cuts[one - 1]
            # One space, and nothing else, between the letters: so it is in nine cases of ten.
            if places and display[places[end - 1] + 1 : places[end + 1]] == " ":
                yield words[one], end + 1, " "
            elif text[end] == "\n":
                return
            else:
                yield words[one], end + 1, self.gap(one)

    def start(self, number: int) -> int:
        """Give where a word begins, by its number."""
        return self.cuts[number - 1] + 1 if number else 0

    @cached_property
    def _whole(self) -> Folded:
        return fold(self._display, self._lang)

    @cached_property
    def _places(self) -> Sequence[int] | None:
        """Where each letter of the match form stands in the display form; None where that is not certain."""
        shown, folded, tables = self._shown, self.outline, ink(self._lang)
        if shown is None:
            return None
        if shown.translate(tables.letters, tables.no_ink) != folded.translate(None, tables.not_compared):
            return None
        mask = bytearray(shown.translate(tables.mask))
        if "." in self.text:
            points = decimals(shown.translate(tables.letters))
            if len(points) != self.text.count("."):
                return None
            for point in points:
                mask[point] = 1
        places = np.zeros(len(folded), np.intp)
        places[~np.frombuffer(folded.translate(SEPARATORS), np.bool_)] = _marked(mask)
        return places.data


def _marked(mask: bytes | bytearray) -> "np.ndarray[tuple[int], np.dtype[np.intp]]":
    """Give the places where a mask holds a 1."""
    return np.frombuffer(mask, np.bool_).nonzero()[0]
