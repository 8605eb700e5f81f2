"""How much speaks for two articles telling of one event in words of their own.

TF-IDF cosine alone misses every other report in own words (0.2 to 0.4, where strangers of one beat lie too).
What such reports do share is specific: the same figures, the same two words side by side (a name, a ward, a
ship), the same places, and what either headline names stands in the other report; and they come within hours.
What sets strangers apart is a name or a place where the other has another one. Words of office ("the council
of ministers said in its ordinary session") are shared by all reports of a beat and tell nothing.
"""

from typing import NamedTuple

from streams.dedupe.facts import Facts, Reading
from streams.dedupe.settings import HOUR_MS

_PAIR, _MOST_PAIRS = 0.025, 0.15
_FIGURE, _SMALL_FIGURE, _MOST_FIGURES = 0.07, 0.02, 0.14
_PLACE, _MOST_PLACES = 0.03, 0.06
_TITLES, _TITLE_WORDS = 0.25, 3
_CAPITAL, _MOST_CAPITALS = 0.04, 0.12
MOST_WORTH_IN_PHRASES = _MOST_PAIRS + _MOST_FIGURES + _MOST_PLACES
MOST_WORTH = MOST_WORTH_IN_PHRASES + _TITLES + _MOST_CAPITALS
"""Of both sorts: what counts where no phrases are shared, too."""
_PER_DAY = 0.03
_SMALL = 10


class Shared(NamedTuple):
    """What two articles share that few others do. `titles`: how much of either title the other one says."""

    pairs: int
    figures: int
    small_figures: int
    places: int
    titles: float
    capitals: int

    @property
    def worth(self) -> float:
        """Give what is added to the cosine for it."""
        figures = _FIGURE * self.figures + _SMALL_FIGURE * self.small_figures
        return (
            min(_MOST_PAIRS, _PAIR * self.pairs)
            + min(_MOST_FIGURES, figures)
            + min(_MOST_PLACES, _PLACE * self.places)
        )

    @property
    def in_own_words(self) -> float:
        """Give what more is added where two articles share no phrases: twins share their titles too."""
        return min(_MOST_CAPITALS, _CAPITAL * self.capitals) + _TITLES * self.titles


def shared(left: Facts, right: Facts) -> Shared:
    """Give what two articles share."""
    a, b = left.reading, right.reading
    figures = [int(text) for text in a.figures & b.figures]
    return Shared(
        pairs=len(a.pairs & b.pairs),
        figures=sum(figure >= _SMALL for figure in figures),
        small_figures=sum(2 < figure < _SMALL for figure in figures),
        places=len(a.named_places & b.named_places),
        titles=(_said(a, b) + _said(b, a)) / 2,
        capitals=len((a.written_names & b.written_names) - left.own_names - right.own_names),
    )


def _said(titled: Reading, other: Reading) -> float:
    """Give how much of what a title names stands in another article's title or beginning.

    Two words ("earthquake, Sulaymaniyah") name a topic and not yet an event.
    """
    named = titled.title_names
    return len(named & other.said) / len(named) if len(named) >= _TITLE_WORDS else 0.0


def lost_by_time(milliseconds: int) -> float:
    """Give what is taken from the likeness of two articles so far apart."""
    return _PER_DAY * abs(milliseconds) / (24 * HOUR_MS)
