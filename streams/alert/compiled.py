"""A rule made ready: its query as nodes, and what the memory must say of a story's counts in a window."""

from dataclasses import dataclass
from typing import cast

from events.alert import Rule, StoryNeed
from streams.alert.faults import QueryError
from streams.alert.nodes import And, Node, Not, Number, Or
from streams.alert.query import compile_query

STORY_COUNTS = ("articles", "sources", "independent_sources")


@dataclass(frozen=True, slots=True)
class Query:
    """What can be told from an article alone, and what needs the story's past."""

    node: Node
    needs: tuple[StoryNeed, ...] = ()


@dataclass(frozen=True, slots=True)
class Compiled:
    """A rule and its query."""

    rule: Rule
    node: Node


def compiled_query(text: str, window_ms: int | None) -> Query:
    """Compile; with a window, `independent_sources:>=3` and its like count what came within it.

    Raises `QueryError`.
    """
    node = compile_query(text)
    if window_ms is None:
        return Query(node)
    parts = node.parts if isinstance(node, And) else (node,)
    counted = [part for part in parts if isinstance(part, Number) and part.field in STORY_COUNTS]
    rest = And(tuple(part for part in parts if part not in counted))
    if any(part.least is None or part.most is not None for part in counted) or _counts_a_story(rest):
        raise QueryError(
            "with a window, the counts of a story stand outside parentheses, joined by AND, each with >=",
            0,
        )
    needs = [StoryNeed(field=part.field, least=cast(int, part.least)) for part in counted]  # type: ignore[arg-type]
    return Query(rest if counted else node, tuple(needs))


def _counts_a_story(node: Node) -> bool:
    if isinstance(node, And | Or):
        return any(map(_counts_a_story, node.parts))
    if isinstance(node, Not):
        return _counts_a_story(node.part)
    return isinstance(node, Number) and node.field in STORY_COUNTS


def compiled(rule: Rule) -> Compiled:
    """Compile a rule from the topic; raises `QueryError`."""
    return Compiled(rule, compiled_query(rule.query, rule.policy.window_ms).node)
