"""Whether a text was put right where its match form is the same: a hamza, a final ى or ة.

A few words spelt better are a correction that a reader sees, and so a revision of kind `typo`. The other way
round (hamzas dropped), or in very many words, it is another exporter's habit; and what no reader sees is
neither: kashidas, direction marks, vowel signs, digits of the other kind, Persian ی for ي, spaces.
"""

import re
from collections import Counter

MOST_CORRECTED = 4
"""Words of one edit; where more are spelt otherwise, the spelling is another one throughout."""

_UNSEEN = re.compile(
    "[\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06ed\u200b-\u200f\u202a-\u202e\u2066-\u2069]"
)
_ALIKE = str.maketrans("\u06cc\u06a9\u06aa\u06be\u06c1\u0671", "\u064a\u0643\u0643\u0647\u0647\u0627")
_WORDS = re.compile("[\u0621-\u063a\u0641-\u064a]+")
_EXACT = frozenset("أإآؤئءىة")
"""Letters that careless spelling writes as ا و ي ه."""


def corrected(before: str, after: str) -> int:
    """Give how many words were put right, 0 where that is not what changed; both have one match form."""
    if before == after:
        return 0
    old, new = _spelt(before), _spelt(after)
    came, went = new - old, old - new
    words = sum(came.values())
    return words if words <= MOST_CORRECTED and _exact(came) >= _exact(went) else 0


def respelt(before: str, after: str) -> bool:
    """Say whether a reader sees another spelling; both have one match form."""
    return before != after and _spelt(before) != _spelt(after)


def _spelt(text: str) -> Counter[str]:
    return Counter(_WORDS.findall(_UNSEEN.sub("", text).translate(_ALIKE)))


def _exact(words: Counter[str]) -> int:
    return sum(count * sum(letter in _EXACT for letter in word) for word, count in words.items())
