"""A query's text -> nodes. Lucene's everyday syntax, read by luqum; what could be costly is refused.

    انفجار OR تفجير            one of two words; also والانفجار, بتفجير
    "سيارة مفخخة"              a phrase, exactly;  "a b"~5  near each other;  انفجار*  by its beginning
    place:الموصل killed:>=5    tags and numbers; no operator between means AND
    NOT lang:en, -source:x     not

Refused, each with its place: regular expressions, `?` and `*` elsewhere than at a word's end, fuzzy words,
boosts, unknown fields, over 4,096 characters, 256 terms or 40 levels.
"""

import re
from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any, cast

from luqum import tree
from luqum.exceptions import IllegalCharacterError, ParseError
from luqum.thread import parse

from streams.alert.faults import QueryError
from streams.alert.nodes import And, Begins, Has, Name, Near, Node, Not, Number, Or, Phrase, Value, Word
from streams.alert.subject import ANY, NUMBERS, SHORTEST_BEGINNING
from streams.alert.words import forms
from streams.text.fold import match

MAX_CHARACTERS = 4_096
MAX_TERMS = 256
MAX_DEPTH = 40
MAX_NUMBER = 10**12
MAX_DISTANCE = 100

TEXT_FIELDS = ("title", "text")
NAME_FIELDS = ("place", "organisation", "person", "topic", "source", "agency", "category", "author")
VALUE_FIELDS = ("lang", "relation", "country", "changed", "story", "article")
FIELDS = (*TEXT_FIELDS, *NAME_FIELDS, *VALUE_FIELDS, *NUMBERS)
ALIASES = {"language": "lang", "organization": "organisation", "people": "person", "places": "place",
           "topics": "topic", "organisations": "organisation", "source_id": "source", "story_id": "story",
           "article_id": "article"}  # fmt: skip
CLOSED = {
    "relation": ("new", "revision", "copy", "partial"),
    "changed": ("title", "text", "figure", "withdrawn", "typo"),
}
ID_SCHEMES = {"medtop": "topic", "geonames": "place"}
"""`topic:medtop:20000053` needs no quotes: the prefix of an id is read as part of it."""

_POSITION = re.compile(r"at position (\d+)")
_STAR_OR_MARK = re.compile(r"(?<!\\)[*?]")
_FOREIGN = {"&&": "AND", "||": "OR", "!": "NOT"}


def compile_query(text: str) -> Node:
    """Give the nodes of a query; raises `QueryError` with the character at which it is wrong."""
    if len(text) > MAX_CHARACTERS:
        raise QueryError(f"the query has {len(text)} characters, more than {MAX_CHARACTERS}", MAX_CHARACTERS)
    if not text.strip():
        raise QueryError("the query is empty", 0)
    return _Reader().node(_parsed(text), ANY, 0)


def _parsed(text: str) -> tree.Item:
    try:
        return parse(text)
    except IllegalCharacterError as error:
        at = _position(error, text)
        raise QueryError(_illegal(text[at : at + 1]), at) from error
    except ParseError as error:
        at = _position(error, text)
        what = re.search(r"unexpected +'(.*)' at position", str(error), re.DOTALL)
        if what:
            raise QueryError(f"{what[1][:40]!r} is not expected here", at) from error
        raise QueryError("the query ends too early: something is open or missing", len(text)) from error


def _position(error: Exception, text: str) -> int:
    found = _POSITION.search(str(error))
    return min(int(found[1]), len(text)) if found else len(text)


def _illegal(character: str) -> str:
    if character == '"':
        return "the quotation mark is not closed"
    if character == "/":
        return "regular expressions are not offered; put words with a slash in quotes"
    return f"{character!r} cannot stand here; put it in quotes"


class _Reader:
    """Walks luqum's tree once; counts what it costs."""

    def __init__(self) -> None:
        self._terms = 0

    def node(self, item: tree.Item, field: str, depth: int) -> Node:
        at = item.pos or 0
        if depth > MAX_DEPTH:
            raise QueryError(f"nested deeper than {MAX_DEPTH} levels", at)
        if isinstance(item, tree.Group | tree.FieldGroup | tree.Plus):
            return self.node(item.children[0], field, depth + 1)
        if isinstance(item, tree.Not | tree.Prohibit):
            return Not(self.node(item.children[0], field, depth + 1))
        if isinstance(item, tree.BaseOperation):
            return self._operation(item, field, depth)
        if isinstance(item, tree.SearchField):
            return self._field(item, field, depth)
        self._terms += 1
        if self._terms > MAX_TERMS:
            raise QueryError(f"more than {MAX_TERMS} terms", at)
        return _term(item, field)

    def _operation(self, item: tree.BaseOperation, field: str, depth: int) -> Node:
        either = isinstance(item, tree.OrOperation)
        for child in item.children:
            # luqum reads `a b OR c` as `a AND (b OR c)`, Lucene in another way: nobody should have to know.
            mixed = (tree.UnknownOperation,) if either else (tree.OrOperation,)
            if isinstance(child, mixed) and isinstance(item, tree.OrOperation | tree.UnknownOperation):
                raise QueryError("words side by side and OR: put one of them in parentheses", child.pos or 0)
        parts = tuple(self.node(child, field, depth + 1) for child in item.children)
        return Or(parts) if either else And(parts)

    def _field(self, item: tree.SearchField, outer: str, depth: int) -> Node:
        name = ALIASES.get(item.name.lower(), item.name.lower())
        if name in ID_SCHEMES and outer in (ANY, ID_SCHEMES[name]) and isinstance(item.expr, tree.Word):
            self._terms += 1
            return Name(ID_SCHEMES[name], (f"{name}:{item.expr.value}",))
        if name not in FIELDS:
            near = get_close_matches(name, FIELDS, 1)
            hint = f"did you mean {near[0]!r}?" if near else f"one of {', '.join(FIELDS)}"
            raise QueryError(f"no field {item.name[:40]!r}; {hint}", item.pos or 0)
        if outer not in (ANY, name):
            raise QueryError(f"a field ({name}) inside another ({outer})", item.pos or 0)
        return self.node(item.expr, name, depth + 1)


def _term(item: tree.Item, field: str) -> Node:
    at = item.pos or 0
    if isinstance(item, tree.Word | tree.Phrase) and field in NUMBERS:
        value = item.value.strip('"')
        return Has(field) if value == "*" else Number(field, *[_number(value, at)] * 2)
    if isinstance(item, tree.From | tree.To | tree.Range):
        return _range(item, field, at)
    if isinstance(item, tree.Word):
        return _word(item, field, at)
    if isinstance(item, tree.Phrase):
        return _quoted(item.value[1:-1], field, at)
    if isinstance(item, tree.Proximity):
        return _near(item, field, at)
    refused = {
        tree.Fuzzy: "fuzzy words (~) are not offered; * at a word's end, or OR, may do",
        tree.Regex: "regular expressions are not offered",
        tree.Boost: "a boost (^) means nothing here: a rule matches or not",
    }
    raise QueryError(refused.get(type(item), f"{type(item).__name__} is not offered"), at)


def _word(item: tree.Word, field: str, at: int) -> Node:
    raw, value = item.value, item.unescaped_value
    if raw == "*":
        if field == ANY:
            raise QueryError("* alone says nothing; a field's presence is asked as in `killed:*`", at)
        return Has(field)
    if raw in _FOREIGN or raw.startswith("!"):
        foreign = raw if raw in _FOREIGN else "!"
        raise QueryError(f"{foreign!r} is written {_FOREIGN[foreign]}", at)
    found = _STAR_OR_MARK.search(raw)
    if found is None:
        return _named(value, field, at) if field in (*NAME_FIELDS, *VALUE_FIELDS) else _bare(value, field, at)
    if found[0] == "?" or found.end() != len(raw) or field not in (ANY, *TEXT_FIELDS):
        raise QueryError("wildcards: only * at the end of a word of the text", at + found.start())
    beginnings = forms(value[:-1])
    if not beginnings or min(map(len, beginnings)) < SHORTEST_BEGINNING or any(" " in b for b in beginnings):
        raise QueryError(f"at least {SHORTEST_BEGINNING} letters of one word must stand before *", at)
    return Begins(field, beginnings)


def _bare(value: str, field: str, at: int) -> Node:
    found = _folded(value, at)
    # "3.5%" and the like are several words to the folding: then they are a phrase.
    return Phrase(field, found) if any(" " in form for form in found) else Word(field, found)


def _quoted(value: str, field: str, at: int) -> Node:
    value = re.sub(r"\\(.)", r"\1", value)
    return (
        _named(value, field, at)
        if field in (*NAME_FIELDS, *VALUE_FIELDS)
        else Phrase(field, _folded(value, at))
    )


def _named(value: str, field: str, at: int) -> Node:
    if field in VALUE_FIELDS:
        value = value.lower()
        if value not in CLOSED.get(field, (value,)):
            raise QueryError(f"{field} is one of {', '.join(CLOSED[field])}", at)
        return Value(field, value)
    if field == "topic" and value.isascii() and value.isdigit():
        return Name(field, (f"medtop:{value}",))
    return Name(field, tuple(sorted({value, *_folded(value, at)})))


def _near(item: tree.Proximity, field: str, at: int) -> Node:
    if field not in (ANY, *TEXT_FIELDS) or not isinstance(item.term, tree.Phrase):
        raise QueryError("~N stands after a phrase of the text", at)
    distance = int(cast(Any, item.degree))
    if distance > MAX_DISTANCE:
        raise QueryError(f"~{distance} is farther than {MAX_DISTANCE} words", at)
    return Near(field, _folded(item.term.value[1:-1], at), distance)


def _range(item: tree.Item, field: str, at: int) -> Node:
    if field not in NUMBERS:
        raise QueryError("only numbers can be compared: " + ", ".join(NUMBERS), at)
    if isinstance(item, tree.Range):
        low, high = _bound(item.low, at), _bound(item.high, at)
        low = low if low is None or item.include_low else low + 1
        high = high if high is None or item.include_high else high - 1
        if low is not None and high is not None and low > high:
            raise QueryError("nothing lies between these numbers", at)
        return Number(field, low, high)
    bound = _bound(item.children[0], at)
    if bound is None:
        raise QueryError("a number is wanted", at)
    inclusive = bool(cast(Any, item).include)
    if isinstance(item, tree.From):
        return Number(field, least=bound if inclusive else bound + 1)
    return Number(field, most=bound if inclusive else bound - 1)


def _bound(item: tree.Item, at: int) -> int | None:
    value = str(getattr(item, "value", "")).strip('"')
    return None if value == "*" else _number(value, item.pos if item.pos is not None else at)


def _number(value: str, at: int) -> int:
    digits = match(value)
    if not digits.isascii() or not digits.isdigit() or len(digits) > 13 or int(digits) > MAX_NUMBER:
        raise QueryError(f"{value[:40]!r} is no whole number", at)
    return int(digits)


def _folded(value: str, at: int) -> tuple[str, ...]:
    found = forms(value)
    if not found:
        raise QueryError(f"{value[:40]!r} holds no letter or digit", at)
    return found


def oddities(text: str, node: Node) -> Iterable[tuple[int, str]]:
    """Give what a query's author may not have meant: place and words."""
    for found in re.finditer(r"(?<!\S)(أو|و|or|and|not)(?!\S)", text):
        operator = {"أو": "OR", "و": "AND"}.get(found[1], found[1].upper())
        yield found.start(), f"{found[1]!r} is a word here; the operator is {operator}"
    if node.anchors() is None:
        yield 0, "nothing in it can be looked up, so every article is tried: costly with many such rules"
