"""A value made when first asked for, and kept: `functools.cached_property` without its lock.

Before Python 3.12 that one takes a lock at every first look, which with a dozen parts an article costs more
than some of the parts. What is kept here belongs to one decision of one thread.
"""

from collections.abc import Callable
from typing import Any, Generic, TypeVar, overload

T = TypeVar("T")


class lazy(Generic[T]):  # noqa: N801 - written as `property` is
    """Make an attribute of what `make` gives for the object, once."""

    def __init__(self, make: Callable[[Any], T]) -> None:
        self._make, self.__doc__ = make, make.__doc__

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    @overload
    def __get__(self, holder: None, owner: type) -> "lazy[T]": ...

    @overload
    def __get__(self, holder: object, owner: type) -> T: ...

    def __get__(self, holder: object | None, owner: type) -> "lazy[T] | T":
        if holder is None:
            return self
        made = holder.__dict__[self._name] = self._make(holder)
        return made
