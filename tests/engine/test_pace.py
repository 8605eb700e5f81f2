"""A stage that is busy reads more at once; one that is not lets nobody wait."""

from streams.engine.pace import MOST_REST_SECONDS, Pace


def rests(share: float, rounds: int = 60) -> float:
    """Give the rest that a stage comes to that works for this share of the time; a read takes 2 ms."""
    worked, rest = [0.0], 0.0
    pace = Pace(lambda: worked[0])
    for _ in range(rounds):
        worked[0] += share * (rest + 0.002)
        rest = pace.rest()
    return rest


def test_nobody_waits_for_a_stage_with_little_to_do() -> None:
    assert rests(0.0) == 0.0
    assert rests(0.25) < 0.003


def test_a_busy_stage_rests_between_reads_but_never_for_long() -> None:
    assert rests(0.8) == MOST_REST_SECONDS
    assert rests(1.0) == MOST_REST_SECONDS
