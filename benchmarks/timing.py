"""The least that a piece of work takes over several rounds: what else runs can only add to it."""

import time
from collections.abc import Callable


def least(work: Callable[[], object], rounds: int, clock: Callable[[], float] = time.process_time) -> float:
    """Give the seconds of the quickest round, of the processor unless `clock` is another."""
    taken = []
    for _ in range(rounds):
        started = clock()
        work()
        taken.append(clock() - started)
    return min(taken)
