"""A line that comes a thousand times is shown a few times, and counted."""

import logging

from marsad.logs import BURST, BURST_SECONDS, RepeatFilter


def line(at: float, message: str = "lost %s", *args: object) -> logging.LogRecord:
    record = logging.LogRecord("aiokafka", logging.WARNING, __file__, 1, message, args or ("x",), None)
    record.created = at
    return record


def test_a_burst_of_one_kind_is_cut_and_counted_later() -> None:
    repeats = RepeatFilter()
    shown = [repeats.filter(line(100 + n / 1000)) for n in range(1_000)]
    assert sum(shown) == BURST
    later = line(100 + BURST_SECONDS + 2)
    assert repeats.filter(later)
    assert later.getMessage() == f"lost x (and {1_000 - BURST} more like it)"


def test_other_kinds_are_not_held_back() -> None:
    repeats = RepeatFilter()
    for n in range(100):
        repeats.filter(line(100 + n / 1000))
    assert repeats.filter(line(100.2, "something else %s"))
