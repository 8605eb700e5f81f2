"""ninjs 3.1 and schema.org NewsArticle: valid by their schemas, whatever the event."""

import gzip
from pathlib import Path
from typing import Any

import msgspec
import orjson
import pytest
from jsonschema import Draft7Validator, Draft202012Validator, FormatChecker
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT7

from events.article import Change, RelatesTo
from events.newsarticle import news_article
from events.ninjs import ninjs
from tests.events.test_schema import ENRICHED

PUBLISHED = Path(__file__).parent / "published"
NINJS = Draft202012Validator(
    orjson.loads((PUBLISHED / "ninjs-3.1-excerpt.json").read_bytes()), format_checker=FormatChecker()
)
JSONLD = "https://json-ld.org/schemas/jsonld-schema.json"
BASE = "https://chharvey.github.io/schemaorg-jsd/schema/"
# schema.org 27: properties of NewsArticle, its parents Article, CreativeWork and Thing.
NEWSARTICLE = frozenset(
    "@context @type @id identifier headline articleBody inLanguage url mainEntityOfPage datePublished "
    "dateModified version wordCount dateline author publisher sourceOrganization about contentLocation "
    "mentions isBasedOn".split()
)


def schema_org() -> Draft7Validator:
    schemas: dict[str, Any] = orjson.loads(
        gzip.decompress((PUBLISHED / "schemaorg-jsd-0.17.1.json.gz").read_bytes())
    )
    resources = [(BASE + name, Resource(one | {"$id": BASE + name}, DRAFT7)) for name, one in schemas.items()]
    registry: Registry[Any] = Registry().with_resources([*resources, (JSONLD, Resource(True, DRAFT7))])
    return Draft7Validator(schemas["NewsArticle.jsd"], registry=registry)


SCHEMA_ORG = schema_org()
BARE = msgspec.structs.replace(
    ENRICHED, title="", url=None, relates_to=None, relation="new", dateline=None, topics=(), places=(),
    organisations=(), casualties=None,
)  # fmt: skip
WITHDRAWN = msgspec.structs.replace(
    ENRICHED, authors=("أحمد",), url="https://x.example/خبر?a=1", agency="واع",
    relates_to=RelatesTo(article_id="a1", revision=1, similarity=0.9,
                         changes=(Change(kind="withdrawn", before="x", after=""),)),
)  # fmt: skip
EVENTS = {"full": ENRICHED, "bare": BARE, "withdrawn": WITHDRAWN}


@pytest.mark.parametrize("name", EVENTS)
def test_ninjs_is_valid(name: str) -> None:
    item = orjson.loads(orjson.dumps(ninjs(EVENTS[name])))
    assert [error.message for error in NINJS.iter_errors(item)] == []
    assert item["pubStatus"] == ("canceled" if name == "withdrawn" else "usable")


@pytest.mark.parametrize("name", EVENTS)
def test_news_article_is_valid(name: str) -> None:
    article = orjson.loads(orjson.dumps(news_article(EVENTS[name])))
    assert [error.message for error in SCHEMA_ORG.iter_errors(article)] == []
    assert article.keys() <= NEWSARTICLE


def test_the_schemas_find_faults() -> None:
    item, article = ninjs(ENRICHED), news_article(ENRICHED)
    for wrong in ({"mood": 1}, {"uri": None}, {"subjects": [{"confidence": 0.9}]}, {"pubStatus": "gone"}):
        assert list(NINJS.iter_errors(item | wrong))
    for wrong in ({"headline": 5}, {"publisher": 7}, {"datePublished": []}):
        assert list(SCHEMA_ORG.iter_errors(article | wrong)), wrong


def test_what_matters_is_carried_over() -> None:
    item = ninjs(ENRICHED)
    assert item["subjects"][0] == {
        "name": "act of terror", "uri": "http://cv.iptc.org/newscodes/mediatopic/20000053", "rel": "about",
        "creator": "marsad", "confidence": 80,
    }  # fmt: skip
    assert item["associations"][0]["uri"] == "urn:marsad:article:a1"
    assert item["bodies"][0]["value"] == ENRICHED.text
    assert news_article(ENRICHED)["contentLocation"][0]["geo"]["latitude"] == 36.335
