"""What `tail` and `dlt show` make of a record, whoever wrote it."""

import orjson
import pytest
from aiokafka import ConsumerRecord

from marsad.reading import as_document, json_line


def record(value: bytes | None, key: bytes | None = b"k") -> object:
    headers = (("a", b"1"), ("a", b"\xff"), ("n", None))
    return ConsumerRecord("t", 1, 2, 3, 0, key, value, None, -1, -1, headers)


def test_a_json_object_is_one_line_unescaped() -> None:
    assert json_line(record('{"t": "خبر\\n"}'.encode())) == '{"t":"خبر\\n"}'.encode()


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, {"value": None}),
        (b"[1]", {"value": [1]}),
        (b"{nope", {"value_text": "{nope"}),
        (b"\xff", {"value_base64": "/w=="}),
        (b'{"a":' + b"[" * 900 + b"]" * 900 + b"}", {"value_text": '{"a":' + "[" * 900 + "]" * 900 + "}"}),
    ],
    ids="null list broken binary deep".split(),
)
def test_anything_else_is_shown_in_its_envelope(value: bytes | None, shown: dict[str, object]) -> None:
    document = orjson.loads(json_line(record(value, None)))
    assert document == as_document(record(value, None))
    assert {name: document[name] for name in shown} == shown
    assert (document["key"], document["headers"]) == (None, {"a": "\ufffd", "n": ""})


def test_many_brackets_side_by_side_are_not_deep() -> None:
    assert json_line(record(b'{"a":[' + b"[]," * 999 + b"1]}")).startswith(b'{"a":[[],[]')
