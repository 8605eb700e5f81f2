"""Reading a rules file key by key: what does not fit is a fault with its place, and reading goes on."""

import re
from collections.abc import Callable, Iterable
from difflib import get_close_matches
from typing import TypeVar

from streams.alert.faults import Fault, Place
from streams.alert.yamltree import Items, Keys, Text, Tree

V = TypeVar("V")

SECOND_MS = 1000
UNITS = {"s": SECOND_MS, "m": 60 * SECOND_MS, "h": 3600 * SECOND_MS, "d": 24 * 3600 * SECOND_MS}
MAX_DURATION_MS = 366 * UNITS["d"]
_DURATION = re.compile(r"(?:\d{1,6}[smhd])+")
_NOTHING = ("", "~", "null", "Null", "NULL")


def duration_ms(text: str) -> int:
    """Read `90s`, `30m`, `1h30m`, `7d` as milliseconds; raises ValueError."""
    if not _DURATION.fullmatch(text):
        raise ValueError(f"{text[:40]!r} is no duration; write 90s, 30m, 1h30m or 7d")
    total = sum(int(number) * UNITS[unit] for number, unit in re.findall(r"(\d+)([smhd])", text))
    if not 0 < total <= MAX_DURATION_MS:
        raise ValueError(f"{text[:40]!r} is not between 1s and 366d")
    return total


class Reading:
    """Gathers faults; each method gives the value, or None after a fault."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []

    def fault(self, place: Place, message: str, kind: str = "error") -> None:
        """Note a fault."""
        self.faults.append(Fault(place, message, kind))

    def known(self, keys: Keys, names: Iterable[str], what: str) -> None:
        """Fault every key that is not one of `names`."""
        names = list(names)
        for name, (key, _) in keys.entries.items():
            if name not in names:
                near = get_close_matches(name, names, 1)
                hint = f"did you mean {near[0]!r}?" if near else f"one of {', '.join(names)}"
                self.fault(key.place, f"{what} has no key {name[:40]!r}; {hint}")

    def keys(self, tree: Tree, what: str) -> Keys | None:
        """Read a mapping."""
        if isinstance(tree, Keys):
            return tree
        self._wrong(tree, what, "a mapping (key: value)")
        return None

    def items(self, tree: Tree, what: str) -> list[Tree]:
        """Read a list."""
        if isinstance(tree, Items):
            return tree.items
        self._wrong(tree, what, "a list (- …)")
        return []

    def text(self, tree: Tree, what: str, most: int) -> str | None:
        """Read a text of 1 to `most` characters."""
        if not isinstance(tree, Text):
            self._wrong(tree, what, "a text")
            return None
        if not tree.value.strip() or (tree.plain and tree.value in _NOTHING):
            self._wrong(tree, what, "a text, and is empty")
            return None
        if len(tree.value) > most:
            self._wrong(tree, what, f"a text of at most {most} characters, and has {len(tree.value)}")
            return None
        return tree.value

    def matching(self, tree: Tree, what: str, pattern: "re.Pattern[str]", words: str) -> str | None:
        """Read a text of a certain form, which `words` describe."""
        value = self.text(tree, what, 200)
        if value is None or pattern.fullmatch(value):
            return value
        self.fault(tree.place, f"{what} is {value[:40]!r}; {words}")
        return None

    def choice(self, tree: Tree, what: str, choices: Iterable[str]) -> str | None:
        """Read one of several words."""
        value, choices = self.text(tree, what, 100), list(choices)
        if value is None or value in choices:
            return value
        near = get_close_matches(value, choices, 1)
        hint = f"did you mean {near[0]!r}?" if near else f"one of {', '.join(choices)}"
        self.fault(tree.place, f"{what} is {value[:40]!r}; {hint}")
        return None

    def choices(self, tree: Tree, what: str, choices: Iterable[str], nothing: str) -> tuple[str, ...] | None:
        """Read a list of words, or a single one; `nothing` is the word for an empty list."""
        if isinstance(tree, Text) and tree.value == nothing:
            return ()
        choices = list(choices)
        trees = tree.items if isinstance(tree, Items) else [tree]
        found = [self.choice(one, what, choices) for one in trees]
        if any(one is None for one in found):
            return None
        return tuple(dict.fromkeys(one for one in found if one))

    def whole(self, tree: Tree, what: str, least: int, most: int) -> int | None:
        """Read a whole number."""
        if isinstance(tree, Text) and tree.plain and re.fullmatch(r"[0-9]{1,9}", tree.value):
            if least <= int(tree.value) <= most:
                return int(tree.value)
            self.fault(tree.place, f"{what} is {tree.value}, not between {least} and {most}")
            return None
        self._wrong(tree, what, "a whole number")
        return None

    def flag(self, tree: Tree, what: str) -> bool | None:
        """Read true or false."""
        if isinstance(tree, Text) and tree.plain and tree.value in ("true", "false"):
            return tree.value == "true"
        self._wrong(tree, what, "true or false")
        return None

    def told(self, tree: Tree, what: str, read: Callable[[str], V]) -> V | None:
        """Read a text by `read`, whose ValueError is the fault."""
        value = self.text(tree, what, 200)
        if value is None:
            return None
        try:
            return read(value)
        except ValueError as error:
            self.fault(tree.place, f"{what}: {error}")
            return None

    def _wrong(self, tree: Tree, what: str, wanted: str) -> None:
        is_ = {Text: "a text", Items: "a list", Keys: "a mapping"}[type(tree)]
        told = "" if wanted.startswith(is_) else f" is {is_},"
        self.fault(tree.place, f"{what}{told} must be {wanted}")
