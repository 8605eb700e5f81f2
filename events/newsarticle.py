"""EnrichedArticle -> schema.org NewsArticle as JSON-LD, for pages and search engines. Pure."""

from typing import Any

from events.article import EnrichedArticle
from events.urls import canonical_url


def news_article(event: EnrichedArticle) -> dict[str, Any]:
    """Give the NewsArticle; `dateline` is where it was written, as `located` in ninjs, and free text."""
    url = canonical_url(event.url or "")
    article: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "@id": f"urn:marsad:article:{event.article_id}",
        "identifier": event.event_id,
        "headline": event.title,
        "articleBody": event.text,
        "inLanguage": event.lang,
        "url": url,
        "mainEntityOfPage": url,
        "datePublished": event.published_at,
        "dateModified": event.updated_at or event.fetched_at,
        "version": event.revision,
        "wordCount": len(event.text.split()),
        "dateline": event.dateline.raw if event.dateline else None,
        "author": [{"@type": "Person", "name": name} for name in event.authors],
        "publisher": {"@type": "Organization", "name": event.source_name or event.source_id},
        "sourceOrganization": {"@type": "Organization", "name": event.agency} if event.agency else None,
        "about": [_topic(topic.label, topic.id) for topic in event.topics],
        "contentLocation": [_place(place) for place in event.places],
        "mentions": [_mention("Organization", one) for one in event.organisations]
        + [_mention("Person", one) for one in event.people],
        "isBasedOn": _based_on(event),
    }
    return {name: value for name, value in article.items() if value not in ("", [], None)}


def _topic(label: str, code: str) -> dict[str, Any]:
    number = code.partition(":")[2]
    return {"@type": "Thing", "name": label, "sameAs": f"http://cv.iptc.org/newscodes/mediatopic/{number}"}


def _place(place: Any) -> dict[str, Any]:
    return {
        "@type": "Place", "name": place.name, "sameAs": f"https://sws.geonames.org/{place.id.partition(':')[2]}/",
        "geo": {"@type": "GeoCoordinates", "latitude": place.lat, "longitude": place.lon},
    }  # fmt: skip


def _mention(kind: str, one: Any) -> dict[str, Any]:
    known = {"sameAs": f"http://www.wikidata.org/entity/{one.id}"} if one.id else {}
    return {"@type": kind, "name": one.name, **known}


def _based_on(event: EnrichedArticle) -> str | None:
    """Name what it copies or revises; of a composite it is the other way round, so nothing is said."""
    if event.relates_to is None or event.relation not in ("copy", "revision"):
        return None
    return f"urn:marsad:article:{event.relates_to.article_id}"
