"""What a reader of the last release would stumble over: every change of a schema that is not additive.

Records that Marsad writes: no field may go, change its type, gain a null,
or stop being always there; enums only
grow (readers pass over values they do not know). Raw articles,
which others write: nothing may be asked for that was
not. Topics and headers: none may go or change its key or policy.
"""

from collections.abc import Iterator
from typing import Any

Schema = dict[str, Any]
INPUTS = frozenset({"RawArticle"})
LIMITS = ("minimum", "maximum", "minLength", "maxLength", "pattern", "format", "const")
CHANNEL = ("cleanup.policy",)


def breaks(name: str, old: Schema, new: Schema) -> list[str]:
    """Name every breaking change from `old` to `new`, by path."""
    return sorted(set(_struct(name, old, new, (old, new), name in INPUTS, frozenset())))


def _struct(
    path: str, old: Schema, new: Schema, roots: tuple[Schema, Schema], is_input: bool, seen: frozenset[str]
) -> Iterator[str]:
    old_fields, new_fields = old.get("properties", {}), new.get("properties", {})
    for name in old_fields.keys() - new_fields.keys():
        yield f"{path}.{name} is gone"
    had, has = set(old.get("required", [])), set(new.get("required", []))
    for name in (has - had) if is_input else (had - has):
        yield f"{path}.{name} is {'asked for' if is_input else 'no longer always there'}"
    if is_input and old.get("anyOf") != new.get("anyOf"):
        yield f"{path}: other alternatives are asked for"
    for name in old_fields.keys() & new_fields.keys():
        yield from _field(f"{path}.{name}", old_fields[name], new_fields[name], roots, is_input, seen)


def _field(
    path: str, old: Schema, new: Schema, roots: tuple[Schema, Schema], is_input: bool, seen: frozenset[str]
) -> Iterator[str]:
    before, after = _kinds(old, roots[0]), _kinds(new, roots[1])
    gone, come = before.keys() - after.keys(), after.keys() - before.keys()
    if gone if is_input else come:
        yield f"{path} was {_said(before)}, is {_said(after)}"
    elif gone:
        yield f"{path} can no longer be {_said(gone)}"
    for kind in before.keys() & after.keys():
        one, other = before[kind], after[kind]
        if set(one.get("enum", [])) - set(other.get("enum", [])) or ("enum" in one) != ("enum" in other):
            yield f"{path}: values of the enum are gone"
        if any(one.get(limit) != other.get(limit) for limit in LIMITS):
            yield f"{path}: its limits changed"
        if kind == "array":
            yield from _field(
                f"{path}[]", one.get("items", {}), other.get("items", {}), roots, is_input, seen
            )
        if kind == "struct" and one.get("title") not in seen:
            deeper = seen | {str(one.get("title"))}
            yield from _struct(path, one, other, roots, is_input, deeper)


def _kinds(field: Schema, root: Schema) -> dict[str, Schema]:
    """Give the kinds of value a field can have: null, string, integer, number, array, struct."""
    if "$ref" in field:
        target = root["$defs"][field["$ref"].rsplit("/", 1)[1]]
        return _kinds(target, root)
    if "anyOf" in field and "properties" not in field:
        return {kind: part for option in field["anyOf"] for kind, part in _kinds(option, root).items()}
    if "properties" in field:
        return {"struct": field}
    if "enum" in field:
        return {"string" if all(isinstance(one, str) for one in field["enum"]) else "enum": field}
    return {str(field.get("type", "any")): field}


def _said(kinds: Any) -> str:
    return " or ".join(sorted(kinds))


def breaks_of_topics(old: Schema, new: Schema) -> list[str]:
    """Name every topic or header that is gone, and every key or policy that changed."""
    found = []
    for name, before in old["channels"].items():
        after = new["channels"].get(name)
        if after is None or after["address"] != before["address"]:
            found.append(f"{before['address']} is gone")
            continue
        if after["description"] != before["description"]:
            found.append(f"{before['address']}: {before['description']} became {after['description']}")
        settings = [one["bindings"]["kafka"]["topicConfiguration"] for one in (before, after)]
        found += [
            f"{before['address']}: {key} changed" for key in CHANNEL if settings[0][key] != settings[1][key]
        ]
    headers = [one["components"]["schemas"]["CloudEventsHeaders"]["properties"] for one in (old, new)]
    found += [f"header {name} is gone" for name in headers[0].keys() - headers[1].keys()]
    return sorted(found)
