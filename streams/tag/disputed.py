"""A second source's bare number: "police said six were killed, while a medic spoke of nine"."""

from streams.tag.headcount import Statement, way
from streams.tag.numbers import quantity
from streams.tag.tollwords import Words

_REACH = 12
_SOURCE_WITHIN = 8


def second_count(table: Words, sentence: tuple[str, ...], found: list[Statement]) -> Statement | None:
    """Read what another source counts instead of the one number told before; None where it counts nothing."""
    kinds = {kind for one in found for kind in one.kinds}
    if len(found) != 1 or len(kinds) != 1:
        return None
    turn = table.sets["contrasts"].find(sentence, found[0].end)
    if turn is None or not table.sets["attributions"].within(sentence, turn, turn + _SOURCE_WITHIN):
        return None
    for place in range(turn + 1, min(turn + _REACH, len(sentence))):
        number = quantity(sentence, place)
        if number is None:
            continue
        ends = number.end == len(sentence) or table.sets["followers"].at(sentence, number.end) > 0
        told = table.sets["count_links"].at(sentence, place - 1) > 0
        if not (ends and told) or number.exact == found[0].number.exact:
            return None
        kind = found[0].kinds[0]
        return Statement((kind,), number, place, number.end, f"casualties:{kind}-{way(number)}")
    return None
