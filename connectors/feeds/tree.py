"""XML that feedparser does not read, as elements: nothing is resolved or opened, depth is limited."""

import re
from collections.abc import Iterator
from typing import Any

from lxml import etree

from connectors.feeds.source import Refused

_BEFORE = re.compile(
    r"(?:\s+|<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^>\[]*(?:\[[^\]]*\])?\s*>)+", re.DOTALL | re.IGNORECASE
)
_NUMBERED = re.compile(r"&#\s*[xX]?[0-9A-Fa-f]*;?")
_ROOT = re.compile(r"<(?:[A-Za-z0-9._-]+:)?([A-Za-z0-9._-]+)")
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def root_of(text: str) -> str:
    """Give the local name of the first element in small letters, "" where there is none."""
    head = text[:65_536]
    before = _BEFORE.match(head)
    found = _ROOT.match(head, before.end() if before else 0)
    return found[1].lower() if found else ""


def elements(text: str) -> Any:
    """Give the root element of a document; what is broken is mended. Raises `Refused`."""
    root = _mended(text)
    try:
        for one in root.iter():
            _ = one.text, one.tail, list(one.attrib.items()) if isinstance(one.tag, str) else None
    except UnicodeDecodeError:
        # Mending lets references through that name half of a surrogate pair; then it is read without any.
        root = _mended(_NUMBERED.sub(" ", text))
    return root


def _mended(text: str) -> Any:
    parser = etree.XMLParser(
        recover=True, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    try:
        root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError as error:
        raise Refused("broken markup") from error
    if root is None:
        raise Refused("broken markup")
    return root


def name(element: Any) -> str:
    """Give the local name of an element in small letters; "" for comments and the like."""
    # Not QName: what libxml2 mends can keep a prefix that nobody declared in the name itself.
    tag = element.tag
    return tag.rpartition("}")[2].rpartition(":")[2].lower() if isinstance(tag, str) else ""


def children(element: Any, *names: str) -> Iterator[Any]:
    """Give the children of these names."""
    return (child for child in element if name(child) in names)


def below(element: Any, *path: str) -> Iterator[Any]:
    """Give the elements at a path of names, each level a step down."""
    if not path:
        yield element
        return
    for child in children(element, path[0]):
        yield from below(child, *path[1:])


def text_at(element: Any, *path: str) -> str:
    """Give the text of the first element at a path that has some, else ""."""
    found = (" ".join("".join(one.itertext()).split()) for one in below(element, *path))
    return next((text for text in found if text), "")


def language(element: Any) -> str | None:
    """Give `xml:lang` of an element or of what it stands in."""
    while element is not None:
        if given := element.get(_XML_LANG):
            return str(given)
        element = element.getparent()
    return None
