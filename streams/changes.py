"""What a decision does to a stage's memory, as a value: the engine writes it down, a test looks at it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Changes:
    """Entries to put into the store, then keys to delete, in this order."""

    put: tuple[tuple[str, bytes], ...] = ()
    delete: tuple[str, ...] = ()
