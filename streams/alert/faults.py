"""What is wrong with a rule, and where: told to its author with line and column, never a traceback."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a file, both counted from one; columns are characters."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong (`error`) or odd (`warning`) in a rules file."""

    place: Place
    message: str
    kind: str = "error"

    def __str__(self) -> str:
        return f"{self.place.line}:{self.place.column}: {self.kind}: {self.message}"


class QueryError(ValueError):
    """A query that is refused; `offset` is the character of the query at which the fault stands."""

    def __init__(self, message: str, offset: int) -> None:
        super().__init__(message)
        self.message = message
        self.offset = offset


class TemplateError(QueryError):
    """A template that is refused; `offset` as for a query."""
