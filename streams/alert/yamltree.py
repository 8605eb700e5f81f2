"""YAML as a tree that knows where everything stands, made from the parser's events one by one.

PyYAML's own composer recurses and follows aliases: a few lines of aliases become gigabytes, and deep nesting
ends the process. Here aliases, anchors, tags and merge keys are refused, and depth and size have limits.
Everything is a text, a list or a mapping; what a text means is for its reader (`no` is a word, `22:30` no
number).
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from streams.alert.faults import Place

MAX_BYTES = 16 * 1024 * 1024
MAX_DEPTH = 12
MAX_NODES = 1_000_000

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml where it is: twenty times as fast


class YamlError(ValueError):
    """A file that is no YAML of ours; `place` says where."""

    def __init__(self, message: str, place: Place) -> None:
        super().__init__(message)
        self.message = message
        self.place = place


@dataclass(slots=True)
class Text:
    """A scalar: its text, whether it was quoted, and its source between two character offsets."""

    value: str
    place: Place
    plain: bool
    start: int
    end: int


@dataclass(slots=True)
class Items:
    """A sequence."""

    place: Place
    items: "list[Tree]" = field(default_factory=list)


@dataclass(slots=True)
class Keys:
    """A mapping; keys are unique texts, in their order."""

    place: Place
    entries: "dict[str, tuple[Text, Tree]]" = field(default_factory=dict)
    pending: Text | None = None


Tree = Text | Items | Keys


def read_tree(source: str) -> Tree | None:
    """Give the one document of `source`, None where it is empty; raises `YamlError`."""
    if len(source) > MAX_BYTES:
        raise YamlError(f"larger than {MAX_BYTES // 1024 // 1024} MB", Place(1, 1))
    try:
        return _built(_events(source))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise YamlError(f"no valid YAML: {error.problem or error.context}", _at(mark)) from error
    except UnicodeEncodeError as error:
        raise YamlError("a character that YAML does not allow", _of_offset(source, error.start)) from error
    except yaml.reader.ReaderError as error:
        raise YamlError("a character that YAML does not allow", _of_offset(source, error.position)) from error


def _events(source: str) -> Iterator[Any]:
    events: Iterator[Any] = yaml.parse(source, Loader=_LOADER)
    for event in events:
        if isinstance(event, yaml.AliasEvent):
            raise YamlError(f"aliases (*{event.anchor}) are not taken; write it out", _at(event.start_mark))
        if getattr(event, "anchor", None):
            raise YamlError(f"anchors (&{event.anchor}) are not taken", _at(event.start_mark))
        if getattr(event, "tag", None):
            raise YamlError(f"tags ({event.tag}) are not taken", _at(event.start_mark))
        yield event


def _built(events: Iterator[Any]) -> Tree | None:
    root: Tree | None = None
    open_: list[Items | Keys] = []
    for number, event in enumerate(events):
        if number > MAX_NODES:
            raise YamlError(f"more than {MAX_NODES} nodes", _at(event.start_mark))
        if isinstance(event, yaml.DocumentStartEvent) and root is not None:
            raise YamlError("a second document; one file holds one", _at(event.start_mark))
        if isinstance(event, yaml.SequenceEndEvent | yaml.MappingEndEvent):
            open_.pop()
            continue
        node = _node(event)
        if node is None:
            continue
        if not open_:
            root = node
        else:
            _put(open_[-1], node)
        if not isinstance(node, Text):
            if len(open_) >= MAX_DEPTH:
                raise YamlError(f"nested deeper than {MAX_DEPTH} levels", node.place)
            open_.append(node)
    return root


def _node(event: Any) -> Tree | None:
    begin, end = event.start_mark, event.end_mark
    if isinstance(event, yaml.ScalarEvent):
        return Text(event.value or "", _at(begin), event.style in (None, ""), begin.index, end.index)
    if isinstance(event, yaml.SequenceStartEvent):
        return Items(_at(begin))
    return Keys(_at(begin)) if isinstance(event, yaml.MappingStartEvent) else None


def _put(parent: Items | Keys, node: Tree) -> None:
    if isinstance(parent, Items):
        parent.items.append(node)
        return
    key, parent.pending = parent.pending, None
    if key is not None:
        parent.entries[key.value] = (key, node)
        return
    if not isinstance(node, Text):
        raise YamlError("a key must be a text", node.place)
    if node.value in parent.entries:
        raise YamlError(f"the key {node.value[:40]!r} stands here twice", node.place)
    parent.pending = node


def _at(mark: Any) -> Place:
    return Place(mark.line + 1, mark.column + 1) if mark is not None else Place(1, 1)


def _of_offset(source: str, offset: int) -> Place:
    before = source[:offset]
    return Place(before.count("\n") + 1, offset - before.rfind("\n"))


ESCAPES = {"x": 4, "u": 6, "U": 10}
"""Characters that an escape in double quotes takes, by its letter; any other takes two."""


def place_within(source: str, text: Text, offset: int) -> Place:
    """Give the place in the file of character `offset` of a scalar, through quotes, escapes and folds."""
    at, end = text.start, min(text.end, len(source))
    escaped = source[at : at + 1] == '"'
    for character in text.value[:offset]:
        at = _next(source, at, end, character, escaped)
        at += ESCAPES.get(source[at + 1 : at + 2], 2) if escaped and source[at : at + 1] == "\\" else 1
    if offset < len(text.value):
        at = _next(source, at, end, text.value[offset], escaped)
    return _of_offset(source, at) if at <= end else text.place


def _next(source: str, at: int, end: int, character: str, escaped: bool) -> int:
    """Give where `character` stands in the source, itself, as a line break or as an escape."""
    while at < end and source[at] != character:
        if (escaped and source[at] == "\\") or (character.isspace() and source[at].isspace()):
            return at
        at += 1
    return at
