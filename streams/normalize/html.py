"""HTML, plain text and titles to blocks of text.

Takes whatever a feed put into a field, gives its paragraphs, list items and headings in order. Never raises
on any text, linear in its length: libxml2 pushes events through a target, so no tree and no depth is built
here. Scripts, embeds and forms are no body and are dropped; captions, and boxes that their class names as
share bars or related links, come out marked, so that what was cut can be told.
"""

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from lxml import etree

from events.article import RemovedKind

MAX_CHARS = 2_000_000
"""Longer fields are cut here: no news item is, and every later step stays within its time."""

Kind = Literal["paragraph", "item", "heading"]


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of text that stands apart. `linked`: all of it is a link; `cut`: its class marks it."""

    text: str
    kind: Kind = "paragraph"
    linked: bool = False
    cut: RemovedKind | None = None


# Elements whose content is no prose.
_DROPPED = frozenset(
    "head script style template noscript iframe object embed applet audio video canvas svg math map form "
    "button select option textarea input nav frameset".split()
)
_BREAKS = frozenset(
    "address article aside blockquote body br center dd details div dl dt fieldset figure footer "
    "h1 h2 h3 h4 h5 h6 header hr html legend li main ol p pre section summary "
    "table tbody tfoot thead tr ul".split()
)
_HEADINGS = frozenset("h1 h2 h3 h4 h5 h6".split())
_STRONG = frozenset("b strong".split())
_INLINE = (
    "a|abbr|b|big|br|center|cite|code|div|em|font|h[1-6]|i|img|"
    "li|mark|ol|p|q|s|small|span|strong|sub|sup|u|ul"
)
KNOWN_TAG = re.compile(rf"<(?=[/A-Za-z])/?(?:{_INLINE})(?:\s[^<>]*)?/?>", re.IGNORECASE)
_PARTING = re.compile(r"</?(?:br|center|div|h[1-6]|img|li|ol|p|ul)\b", re.IGNORECASE)
_SCRIPT = re.compile(r"<(/?)(?:script|style)\b[^<>]*>", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_UNSAFE = re.compile("[\x00-\x08\x0b\x0e-\x1f\ud800-\udfff]")
_CDATA = re.compile(r"<!\[CDATA\[|\]\]>")
_ANY_TAG = re.compile(r"<[!/?]?[A-Za-z][^<>]*>|<!--")

# Class names of what widgets put into a body: Jetpack (sharedaddy, jp-relatedposts), AddToAny, AddThis,
# WordPress captions, and the embeds of X, Instagram, TikTok and Facebook. Whole words of the class attribute.
_HIDDEN = re.compile(r"display\s*:\s*none", re.IGNORECASE)
_Box = RemovedKind | Literal["drop"]
_BOXES: dict[str, _Box] = {
    **dict.fromkeys(
        "sharedaddy jp-sharing addtoany_share_save_container a2a_kit addthis_toolbox".split(), "share_bar"
    ),
    **dict.fromkeys("social-share share-buttons share-bar sharing-buttons post-share".split(), "share_bar"),
    **dict.fromkeys(
        "jp-relatedposts related-posts related-articles related-news read-also".split(), "read_also"
    ),
    # A caption belongs to a picture that we do not carry.
    **dict.fromkeys("wp-caption-text caption image-caption figcaption".split(), "credit"),
    **dict.fromkeys("twitter-tweet instagram-media".split(), "drop"),
    **dict.fromkeys("tiktok-embed fb-post fb-video".split(), "drop"),
}


def blocks(markup: str) -> tuple[Block, ...]:
    """Give the blocks of an HTML field; a field without any tag is plain text with entities."""
    markup = _UNSAFE.sub("", markup[:MAX_CHARS])
    if "<![CDATA[" in markup or "]]>" in markup:
        markup = _CDATA.sub("", markup)
    if not _ANY_TAG.search(markup):
        markup = _unescaped(markup)
        if not KNOWN_TAG.search(markup):
            return plain(markup)
    found = _parse(markup)
    if len(found) == 1 and KNOWN_TAG.search(found[0].text):
        found = _parse(found[0].text)  # the whole field was escaped twice
    found = tuple(_bare(block) if "<" in block.text else block for block in found)
    return found or plain(unescape(_ANY_TAG.sub(" ", _without_scripts(_without_comments(markup)))))


def _bare(block: Block) -> Block:
    return replace(block, text=" ".join(title_text(block.text).split()))


def _unescaped(field: str) -> str:
    """Resolve the entities of a field without tags, up to three times where tags come to light by it."""
    once = deeper = unescape(field)
    for _ in range(2):
        if "&" not in deeper or KNOWN_TAG.search(deeper):
            break
        deeper = unescape(deeper)
    return deeper if KNOWN_TAG.search(deeper) else once


def plain(text: str) -> tuple[Block, ...]:
    """Give plain text as one block that keeps its lines; nothing in it is markup."""
    return (Block(text[:MAX_CHARS]),)


def title_text(title: str) -> str:
    """Give a title without the entities and tags that feeds leave in it, escaped up to three times.

    Only known inline tags go: "if x < y" and "<العراق>" stay.
    """
    for _ in range(3):
        bare = KNOWN_TAG.sub(_gap, _without_scripts(title)) if "<" in title else title
        bare = unescape(bare)
        if bare == title:
            break
        title = bare
    return title


def _without_scripts(text: str) -> str:
    """Drop scripts and styles that end; one that never ends is no script. One pass over the text."""
    kept: list[str] = []
    done = 0
    opened: int | None = None
    for tag in _SCRIPT.finditer(text):
        if not tag[1]:
            opened = tag.start() if opened is None else opened
        elif opened is not None:
            kept.append(text[done:opened])
            done, opened = tag.end(), None
    return " ".join([*kept, text[done:]])


def _without_comments(text: str) -> str:
    """Drop comments that end; what follows an open one is kept."""
    first, *rest = text.split("<!--")
    return " ".join([first, *(part.partition("-->")[2] if "-->" in part else part for part in rest)])


def _gap(tag: re.Match[str]) -> str:
    """Part words where the tag does: `<b>` stands within a word, `<br>` does not."""
    return " " if _PARTING.match(tag[0]) else ""


def unescape(text: str) -> str:
    """Resolve entities that end in ";": "R&D" and "?a=1&copy=2" are no entities."""
    return _ENTITY.sub(lambda found: html.unescape(found[0]), text) if "&" in text else text


def _parse(markup: str) -> tuple[Block, ...]:
    collector = _Collector()
    parser = etree.HTMLParser(target=collector, huge_tree=True, remove_pis=True)
    try:
        parser.feed(markup)
        parser.close()
    except (etree.LxmlError, UnicodeError, AssertionError):
        collector.close()  # what came before the fault still counts
    return tuple(collector.found)


@dataclass(slots=True)
class _Collector:
    """Gathers blocks from parse events."""

    found: list[Block] = field(default_factory=list)
    _text: list[str] = field(default_factory=list)
    _open: list[_Box | None] = field(default_factory=list)
    _dropped: int = 0
    _boxes: list[RemovedKind] = field(default_factory=list)
    _kind: Kind = "paragraph"
    _links: int = 0
    _strong: int = 0
    _linked_chars: int = 0
    _strong_chars: int = 0

    def start(self, tag: Any, attrs: Mapping[Any, Any]) -> None:
        box = _box(attrs.get("class", "")) if attrs else None
        if tag == "figcaption":
            box = "credit"
        if tag in _DROPPED or (attrs and _HIDDEN.search(attrs.get("style", ""))):
            box = "drop"
        self._open.append(box)
        if tag in _BREAKS or box:
            self._flush()
        if box == "drop":
            self._dropped += 1
        elif box:
            self._boxes.append(box)
        self._links += tag == "a"
        self._strong += tag in _STRONG
        if tag in _HEADINGS or tag == "li":
            self._kind = "item" if tag == "li" else "heading"

    def end(self, tag: Any) -> None:
        if not self._open:
            return
        box = self._open.pop()
        if tag in _BREAKS or box:
            self._flush()
        if box == "drop":
            self._dropped -= 1
        elif box:
            self._boxes.pop()
        self._links -= tag == "a"
        self._strong -= tag in _STRONG
        if tag in _HEADINGS or tag == "li":
            self._kind = "paragraph"
        if tag in ("td", "th"):
            self._text.append(" ")

    def data(self, data: str | bytes) -> None:
        if self._dropped:
            return
        text = str(data)
        self._text.append(text)
        size = len(text.strip())
        self._linked_chars += size if self._links > 0 else 0
        self._strong_chars += size if self._strong > 0 else 0

    def comment(self, text: str | bytes) -> None:
        """Comments are no text."""

    def close(self) -> None:
        self._flush()

    def _flush(self) -> None:
        text = unescape(" ".join("".join(self._text).split()))
        if text:
            size = sum(len(part.strip()) for part in self._text)
            strong = self._kind == "paragraph" and self._strong_chars >= size
            kind: Kind = "heading" if strong and _is_short(text) else self._kind
            cut = self._boxes[-1] if self._boxes else None
            self.found.append(Block(text, kind, linked=self._linked_chars >= size, cut=cut))
            self._kind = "paragraph"
        self._text.clear()
        self._linked_chars = self._strong_chars = 0


def _is_short(text: str) -> bool:
    """Tell whether a bold paragraph can be a sub-heading: a line, not a sentence."""
    return len(text) <= 90 and not text.endswith((".", "،", ",", ":", "؛"))


def _box(classes: str) -> _Box | None:
    if not classes:
        return None
    return next((_BOXES[name] for name in classes.lower().split() if name in _BOXES), None)
