"""EnrichedArticle -> ninjs 3.1 (IPTC, CC BY 4.0): what news systems exchange. Pure.

ninjs is closed: it takes no fields of ours, so revision changes,
evidence and tolls stay behind; `altIds` names the
event they can be looked up by. Confidence there is a whole number from 0 to 100.
"""

from typing import Any

from events.article import EnrichedArticle, Named, Place, Topic
from events.urls import canonical_url

STANDARD = {
    "name": "ninjs",
    "version": "3.1",
    "schema": "http://www.iptc.org/std/ninjs/ninjs-schema_3.1.json#",
}
MEDIATOPIC = "http://cv.iptc.org/newscodes/mediatopic/"
CREATOR = "marsad"


URGENCY = {"flash": 1, "urgent": 2}
"""ninjs counts from 1, the most urgent, to 9."""


def ninjs(event: EnrichedArticle) -> dict[str, Any]:
    """Give the ninjs news item; a withdrawn article is `canceled`."""
    changes = event.relates_to.changes if event.relates_to else ()
    item: dict[str, Any] = {
        "uri": f"urn:marsad:article:{event.article_id}",
        "standard": STANDARD,
        "type": "text",
        "representationType": "full",
        "version": str(event.revision),
        "firstCreated": event.first_seen_at,
        "versionCreated": event.fetched_at,
        "contentCreated": event.published_at,
        "pubStatus": "canceled" if any(change.kind == "withdrawn" for change in changes) else "usable",
        "urgency": URGENCY[event.urgency.level] if event.urgency else None,
        "language": event.lang,
        "title": event.title,
        "headlines": [{"role": "main", "contentType": "text/plain", "value": event.title}]
        if event.title
        else [],
        "bodies": [_body(event)],
        "by": ", ".join(event.authors),
        "located": (event.dateline.place if event.dateline else None) or "",
        "subjects": [_subject(topic) for topic in event.topics],
        "places": [_place(place) for place in event.places],
        "organisations": [_named(one) for one in event.organisations],
        "people": [_named(one) for one in event.people],
        "events": [{"id": event.story_id, "uri": f"urn:marsad:story:{event.story_id}", "rel": "story"}],
        "infoSources": _sources(event),
        "altIds": _alt_ids(event),
        "associations": _associations(event),
    }
    return {name: value for name, value in item.items() if value not in ("", [], None)}


def _body(event: EnrichedArticle) -> dict[str, Any]:
    words = len(event.text.split())
    return {"role": "main", "contentType": "text/plain", "charCount": len(event.text), "wordCount": words,
            "value": event.text}  # fmt: skip


def _subject(topic: Topic) -> dict[str, Any]:
    code = topic.id.partition(":")[2]
    return {"name": topic.label, "uri": MEDIATOPIC + code, "rel": "about", "creator": CREATOR,
            "confidence": _percent(topic.score)}  # fmt: skip


def _place(place: Place) -> dict[str, Any]:
    number = place.id.partition(":")[2]
    return {
        "name": place.name, "uri": f"https://sws.geonames.org/{number}/", "rel": "mentions",
        "literal": place.id,
        "geoJSON": {
            "type": "Feature", "properties": {},
            "geometry": {"type": "Point", "coordinates": [place.lon, place.lat]},
        },
    }  # fmt: skip


def _named(one: Named) -> dict[str, Any]:
    known = {"uri": f"http://www.wikidata.org/entity/{one.id}"} if one.id else {}
    return {"name": one.name, "rel": one.role or "mentions", **known}


def _sources(event: EnrichedArticle) -> list[dict[str, Any]]:
    found = [{"name": event.source_name or event.source_id, "role": "publisher", "literal": event.source_id}]
    if event.agency:
        found.append({"name": event.agency, "role": "agency"})
    return found


def _alt_ids(event: EnrichedArticle) -> list[dict[str, str]]:
    ids = {"event_id": event.event_id, "item_id": event.item_id, "url": canonical_url(event.url or "")}
    return [{"role": role, "value": value} for role, value in ids.items() if value]


def _associations(event: EnrichedArticle) -> list[dict[str, Any]]:
    if event.relates_to is None:
        return []
    uri = f"urn:marsad:article:{event.relates_to.article_id}"
    return [{"name": event.relation, "rel": event.relation, "uri": uri, "type": "text",
             "version": str(event.relates_to.revision)}]  # fmt: skip


def _percent(score: float) -> int:
    return max(0, min(100, round(score * 100)))
