"""The article on a web page: its text by trafilatura, its date by what the page states, or why there is none.

Of trafilatura only the extractor is used, in the mode that rather leaves out than takes in; its dates are
not (htmldate invents the first of January). Pure but for the time it takes; run where it can be ended.
"""

import json
import tomllib
from collections.abc import Iterator
from functools import lru_cache
from importlib.resources import files
from typing import Any

from connectors.feeds.document import Job, Page, first_text
from connectors.feeds.sitelinks import tree_of
from connectors.feeds.source import Refused

MAX_PAGE = 2 * 1024 * 1024
_DEPTH = 200
_SHORT = 1_500
"""A block page or a paywall's stub is short; an article that talks about one is not."""
_ARTICLES = ("article", "newsarticle", "reportagenewsarticle", "blogposting", "webpage", "liveblogposting")
_META_DATES = ("article:published_time", "og:article:published_time", "datepublished", "dc.date.issued",
               "parsely-pub-date", "sailthru.date", "pubdate", "publishdate")  # fmt: skip


def extract(body: bytes, job: Job) -> Page:
    """Give the article of a page; `refused` says in words why there is none. Raises `Refused`."""
    if len(body) > MAX_PAGE:
        raise Refused(f"a page larger than {MAX_PAGE // 1024 // 1024} MB")
    tree = tree_of(body, job)
    if _deep(tree):
        raise Refused("a page nested too deep")
    stated = list(_stated(tree))
    title = " ".join((tree.findtext(".//title") or "").split())
    published = _published(tree, stated)
    lang = first_text(tree.get("lang"))
    text = _text(tree)
    refused = _paywall(tree, stated) or _block(title, text) or (None if text else "a page without an article")
    return Page(
        text="" if refused else text, title=title[:500], published=published, lang=lang, refused=refused
    )


def _text(tree: Any) -> str:
    from trafilatura import bare_extraction  # noqa: PLC0415  (second and 60 MB; the first page pays)

    found = bare_extraction(
        tree, favor_precision=True, include_comments=False, include_tables=False, with_metadata=False
    )
    text = first_text(getattr(found, "text", None))
    return "\n".join(line for line in (" ".join(one.split()) for one in text.splitlines()) if line)


def _deep(tree: Any) -> bool:
    depth, deepest = 0, 0
    from lxml import etree  # noqa: PLC0415

    for event, _ in etree.iterwalk(tree, events=("start", "end")):
        depth += 1 if event == "start" else -1
        deepest = max(deepest, depth)
    return deepest > _DEPTH


def _stated(tree: Any) -> Iterator[dict[str, Any]]:
    """Give the JSON-LD objects that are about an article."""
    for script in tree.iter("script"):
        if "ld+json" in (script.get("type") or ""):
            try:
                document = json.loads(script.text or "")
            except (ValueError, RecursionError):
                continue
            yield from (one for one in _objects(document) if _is_article(one))


def _objects(document: Any) -> Iterator[dict[str, Any]]:
    waiting = [document]
    for _ in range(200):
        if not waiting:
            return
        one = waiting.pop(0)
        if isinstance(one, list):
            waiting += one[:50]
        elif isinstance(one, dict):
            yield one
            waiting += [one[name] for name in ("@graph", "mainEntity", "mainEntityOfPage") if name in one]


def _is_article(one: dict[str, Any]) -> bool:
    kinds = one.get("@type")
    return any(str(kind).lower() in _ARTICLES for kind in (kinds if isinstance(kinds, list) else [kinds]))


def _published(tree: Any, stated: list[dict[str, Any]]) -> str:
    """Give the date in the page's own words: JSON-LD, then meta, then the one `<time>` that says so."""
    for one in stated:
        if found := first_text(one.get("datePublished")):
            return found
    for meta in tree.iter("meta"):
        name = (meta.get("property") or meta.get("name") or meta.get("itemprop") or "").lower()
        if name in _META_DATES and (found := first_text(meta.get("content"))):
            return found
    for time in tree.iter("time"):
        marked = "datepublished" in (time.get("itemprop") or "").lower() or time.get("pubdate") is not None
        if marked and (found := first_text(time.get("datetime"))):
            return found
    return ""


def _paywall(tree: Any, stated: list[dict[str, Any]]) -> str | None:
    """Say so where the page states that its text is for subscribers (schema.org isAccessibleForFree)."""
    closed = any(str(one.get("isAccessibleForFree")).strip().lower() in ("false", "no") for one in stated)
    named = (
        (meta.get("property") or meta.get("name") or "", meta.get("content")) for meta in tree.iter("meta")
    )
    tiers = (content or "" for name, content in named if name.lower() == "article:content_tier")
    if closed or any(tier.strip().lower() == "locked" for tier in tiers):
        return "behind a paywall"
    return None


def _block(title: str, text: str) -> str | None:
    marks = _marks()
    if any(mark in title.lower() for mark in marks["title"]):
        return "a page that blocks or checks its visitors"
    if len(text) > _SHORT:
        return None
    low = text.lower()
    if any(mark in low for mark in marks["block"]):
        return "a page that blocks or checks its visitors"
    return "behind a paywall" if any(mark in low for mark in marks["paywall"]) else None


@lru_cache
def _marks() -> dict[str, list[str]]:
    table = tomllib.loads((files("connectors.feeds") / "closed_pages.toml").read_text("utf-8"))
    return {kind: [entry["words"].lower() for entry in table[kind]] for kind in ("title", "block", "paywall")}
