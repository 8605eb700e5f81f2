"""Schemas for Kafka Connect's JsonConverter, generated from the values: typed records out of plain JSON.

`value.converter.schema.content` (KIP-1054,
Kafka 4.x) takes one; the JSON on the topic needs no envelope then.
Fields that a later Marsad adds are passed over until the schema is renewed.
"""

import types
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import msgspec

from events.article import Value
from events.schema import RECORDS

SCALARS: dict[Any, str] = {str: "string", int: "int64", float: "double", bool: "boolean"}


def connect_schema(name: str) -> dict[str, Any]:
    """Give the schema of one record; raises `KeyError` for another name."""
    record = {one.__name__: one for one in RECORDS}[name]
    return _struct(record) | {"name": f"marsad.{name}", "version": 1}


def _struct(record: type[Value]) -> dict[str, Any]:
    hints = get_type_hints(record)
    fields = [{"field": name, **_field(hints[name])} for name in record.__struct_fields__]
    return {"type": "struct", "optional": False, "name": f"marsad.{record.__name__}", "fields": fields}


def _field(hint: Any) -> dict[str, Any]:
    options = get_args(hint) if get_origin(hint) in (Union, types.UnionType) else (hint,)
    (kind,) = [one for one in options if one not in (type(None), msgspec.UnsetType)]
    optional = len(options) > 1
    return _kind(kind) | {"optional": optional}


def _kind(kind: Any) -> dict[str, Any]:
    if get_origin(kind) is Literal:
        return {"type": "string"}
    if get_origin(kind) is tuple:
        return {"type": "array", "items": _field(get_args(kind)[0])}
    if kind in SCALARS:
        return {"type": SCALARS[kind]}
    return _struct(kind)
