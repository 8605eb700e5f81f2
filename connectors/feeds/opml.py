"""Subscription lists (OPML 2.0): read without trusting them, written for any reader.

Read with expat, event by event: no entity is ever declared, nothing is opened, and depth costs nothing.
What comes before a break in the list still counts; the break is told.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

from connectors.feeds.charset import decode, for_xml
from connectors.feeds.compression import MAX_BYTES, TooLarge, Unreadable, decompress
from connectors.feeds.source import Refusal, Refused, Source, from_opml, safe, without_credentials

_BARE_AMPERSAND = re.compile(r"&(?!(?:[A-Za-z][A-Za-z0-9]*|#[0-9]+|#x[0-9A-Fa-f]+);)")
_MAX_FOLDERS = 8
_NAMES = {"amp", "lt", "gt", "quot", "apos"}


@dataclass(frozen=True, slots=True)
class Outline:
    """One subscription as a list gives it; `line` counts from 1, `folders` from the outside in."""

    address: str
    line: int
    name: str | None = None
    source_id: str | None = None
    folders: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Listed:
    """What a list holds: its outlines, and in words what is wrong with it."""

    outlines: tuple[Outline, ...]
    faults: tuple[tuple[int | None, str], ...] = ()


class _NotOpml(Exception):
    pass


class _Outlines:
    """The handler: collects outlines with an address, keeps the folders around them."""

    def __init__(self, parser: Any) -> None:
        self.found: list[Outline] = []
        self.faults: list[tuple[int | None, str]] = []
        self._parser = parser
        self._folders: list[str | None] = []
        self.root_seen = False
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.EntityDeclHandler = self._entity

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        tag = tag.lower()
        if not self.root_seen and tag != "opml":
            raise _NotOpml
        self.root_seen = True
        if tag != "outline":
            self._folders.append(None)
            return
        values = {name.lower(): value.strip() for name, value in attributes.items()}
        name = values.get("text") or values.get("title") or None
        line = self._parser.CurrentLineNumber
        self._folders.append(name)
        if values.get("xmlurl"):
            folders = tuple(folder for folder in self._folders[-1 - _MAX_FOLDERS : -1] if folder)
            source_id = values.get("sourceid") or None
            self.found.append(Outline(values["xmlurl"], line, name, source_id, folders))
        elif values.get("type", "").lower() in ("rss", "atom"):
            self.faults.append((line, "an outline without xmlUrl"))

    def _end(self, _: str) -> None:
        self._folders.pop()

    def _entity(self, *_: object) -> None:
        raise Refused("declares entities, which a list of feeds has no use for")


def parse(body: bytes) -> Listed:
    """Read a list; raises `Refused` where it is none at all."""
    try:
        data, complete = decompress(body)
    except (TooLarge, Unreadable) as error:
        raise Refused(str(error) or f"larger than {MAX_BYTES // 1024 // 1024} MB") from error
    text = for_xml(decode(data).text.lstrip("\ufeff \t\r\n"))
    listed = _read(text)
    if any(line is not None and "broken" in words for line, words in listed.faults):
        mended = _read(_mended(text))
        if len(mended.outlines) > len(listed.outlines):
            listed = Listed(
                mended.outlines, (*listed.faults, *(f for f in mended.faults if f not in listed.faults))
            )
    if not complete:
        listed = Listed(listed.outlines, (*listed.faults, (None, "its compressed bytes end early")))
    return listed


def _mended(text: str) -> str:
    """Escape the `&` that hand-written lists leave bare in addresses, and entities nobody declared."""
    text = _BARE_AMPERSAND.sub("&amp;", text)
    return re.sub(r"&([A-Za-z][A-Za-z0-9]*);", lambda m: m[0] if m[1] in _NAMES else f"&amp;{m[1]};", text)


def _read(text: str) -> Listed:
    parser = expat.ParserCreate()
    outlines = _Outlines(parser)
    try:
        parser.Parse(text.encode("utf-8", "replace"), True)
    except expat.ExpatError as error:
        words = f"broken after {len(outlines.found)} feeds: {expat.ErrorString(error.code)}"
        if not outlines.found and not outlines.root_seen:
            raise Refused("not an OPML list") from error
        outlines.faults.append((error.lineno, words))
    except _NotOpml as error:
        raise Refused("not an OPML list") from error
    return Listed(tuple(outlines.found), tuple(outlines.faults))


def load(path: Path) -> tuple[list[Source], list[Refusal]]:
    """Read the list at `path`: the feeds in order, and every refusal (the list's or an entry's)."""
    shown = str(path)
    try:
        with path.open("rb") as file:
            body = file.read(MAX_BYTES + 1)
        if len(body) > MAX_BYTES:
            raise Refused(f"larger than {MAX_BYTES // 1024 // 1024} MB")
        listed = parse(body)
    except OSError as error:
        return [], [Refusal(shown, f"cannot be read: {error.strerror}")]
    except (Refused, ValueError) as error:
        return [], [Refusal(shown, str(error) or "cannot be read")]
    refusals = [Refusal(shown if line is None else f"{shown}:{line}", words) for line, words in listed.faults]
    sources: list[Source] = []
    for outline in listed.outlines:
        try:
            sources.append(_source(outline, path.parent))
        except Refused as refused:
            name = f"{shown}:{outline.line} {without_credentials(outline.address)}"
            refusals.append(Refusal(name, str(refused)))
    return sources, refusals


def _source(outline: Outline, folder: Path) -> Source:
    found = from_opml(outline.address, folder)
    source_id = safe(outline.source_id, 200) if outline.source_id else None
    return Source(found.shown, found.address, found.path, source_id, outline.name, outline.folders)


def write(outlines: Iterable[Outline], title: str = "Marsad") -> str:
    """Write a list that reads back as it is: folders as nested outlines, addresses less credentials."""
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<opml version="2.0">']
    lines += [f"  <head><title>{escape(_xml_safe(title))}</title></head>", "  <body>"]
    open_folders: tuple[str, ...] = ()
    for outline in outlines:
        lines += _folder_lines(open_folders, outline.folders)
        open_folders = outline.folders
        lines.append("    " + "  " * len(open_folders) + _line(outline))
    lines += [*_folder_lines(open_folders, ()), "  </body>", "</opml>", ""]
    return "\n".join(lines)


def _folder_lines(before: tuple[str, ...], after: tuple[str, ...]) -> list[str]:
    common = 0
    while common < min(len(before), len(after)) and before[common] == after[common]:
        common += 1
    closing = ["    " + "  " * depth + "</outline>" for depth in range(len(before) - 1, common - 1, -1)]
    opening = [
        "    " + "  " * depth + f"<outline text={quoteattr(_xml_safe(after[depth]))}>"
        for depth in range(common, len(after))
    ]
    return closing + opening


def _line(outline: Outline) -> str:
    address = without_credentials(outline.address)
    attributes = (
        f"text={quoteattr(_xml_safe(outline.name or address))} xmlUrl={quoteattr(_xml_safe(address))}"
    )
    if outline.source_id:
        attributes += f" sourceId={quoteattr(_xml_safe(outline.source_id))}"
    return f'<outline type="rss" {attributes}/>'


def _xml_safe(text: str) -> str:
    return re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]", "", text)
