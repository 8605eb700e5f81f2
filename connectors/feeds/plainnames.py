"""The elements and attributes of plain feeds (`plain.py`), as expat names them: URI, space, name."""

ATOM, DC = "http://www.w3.org/2005/Atom ", "http://purl.org/dc/elements/1.1/ "
CONTENT, MEDIA = "http://purl.org/rss/1.0/modules/content/ ", "http://search.yahoo.com/mrss/ "
SY, SLASH = "http://purl.org/rss/1.0/modules/syndication/ ", "http://purl.org/rss/1.0/modules/slash/ "
WFW, WORDPRESS = "http://wellformedweb.org/CommentAPI/ ", "com-wordpress:feed-additions:1 "
PREFIXES = {"content": CONTENT, "dc": DC, "media": MEDIA, "slash": SLASH, "sy": SY, "wfw": WFW}
"""What feedparser calls these namespaces; a feed that calls another one so is not plain."""
OTHER_VERSIONS = ("http://purl.org/rss/1.0/", "http://my.netscape.com/rdf/simple/0.9/")
"""Namespaces by which feedparser tells the version, wherever they are declared."""
XML_LANG = "http://www.w3.org/XML/1998/namespace lang"
VERSIONS = {"0.91": "rss091u", "0.92": "rss092", "0.93": "rss093", "0.94": "rss094"}
TYPES = {"": "text/plain", "text": "text/plain", "html": "text/html"}

# What the fields of feed and item are called in feedparser's answer; the rest is known, and not needed.
ITEM = {
    "title": "title", "description": "summary", "pubDate": "published", DC + "date": "dc_date", "guid": "id",
    "link": "links", CONTENT + "encoded": "content",
}  # fmt: skip
ITEM_PEOPLE, ITEM_TAGS = frozenset({"author", DC + "creator"}), frozenset({"category", DC + "subject"})
ITEM_REST = frozenset({
    "comments", "enclosure", "source", SLASH + "comments", WFW + "commentRss", WFW + "comment",
    MEDIA + "content", MEDIA + "thumbnail", WORDPRESS + "post-id",
})  # fmt: skip
CHANNEL = {
    "title": "title", "language": "language", "ttl": "ttl", SY + "updatePeriod": "sy_updateperiod",
    SY + "updateFrequency": "sy_updatefrequency",
}  # fmt: skip
CHANNEL_REST = frozenset({
    "link", "description", "pubDate", "lastBuildDate", "generator", "copyright", "docs", "category",
    "managingEditor", "webMaster", SY + "updateBase", WORDPRESS + "site",
})  # fmt: skip
IMAGE = frozenset({"url", "title", "link", "width", "height", "description"})
ENTRY = {
    ATOM + "title": "title", ATOM + "summary": "summary", ATOM + "content": "content", ATOM + "id": "id",
    ATOM + "published": "published", ATOM + "updated": "updated",
}  # fmt: skip
FEED_REST = frozenset(
    ATOM + name for name in ("subtitle", "id", "updated", "generator", "icon", "logo", "rights", "category")
)
PERSON = {ATOM + "name": "name", ATOM + "email": "email", ATOM + "uri": "href"}

_PICTURE = frozenset({"url", "type", "medium", "width", "height", "fileSize", "length"})
ATTRIBUTES = {
    "rss": {"version"}, "guid": {"isPermaLink"}, "category": {"domain"}, "source": {"url"},
    "enclosure": _PICTURE, MEDIA + "content": _PICTURE, MEDIA + "thumbnail": _PICTURE,
    ATOM + "link": {"rel", "type", "href", "title", "hreflang", "length"},
    ATOM + "category": {"term", "scheme", "label"}, ATOM + "generator": {"uri", "version"},
    **{ATOM + name: {"type"} for name in ("title", "subtitle", "summary", "content", "rights")},
}  # fmt: skip
HOLDERS = frozenset({"rss", "channel", "item", "image", ATOM + "feed", ATOM + "entry", ATOM + "author"})
KNOWN = HOLDERS.union(
    IMAGE, ITEM, ITEM_PEOPLE, ITEM_TAGS, ITEM_REST, CHANNEL, CHANNEL_REST, ENTRY, FEED_REST, PERSON,
    {ATOM + "link"},
)  # fmt: skip
