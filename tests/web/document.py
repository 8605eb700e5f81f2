"""A page as a browser would take it apart, and what no text from outside may do to it."""

import re
from html.parser import HTMLParser

HOSTILE = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>\u202e&lt;\u2069\x00{0}{x}%s</bdi>"
ALLOWED_ATTRIBUTES = set(
    "action aria-current aria-hidden aria-label aria-labelledby charset class content "
    "data-every data-fresh data-lost data-pause "
    "data-paused data-position data-resume data-stream data-updated datetime defer dir hidden href hreflang "
    "id lang maxlength method name placeholder rel role scope selected src tabindex title type value".split()
)


CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
VISIBLE = ("title", "aria-label", "placeholder")


class Document(HTMLParser):
    """What a browser would make of the page: elements, their attributes, balanced or not."""

    VOID = frozenset({"meta", "link", "input"})

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self._open: list[str] = []
        self.feed(html)
        assert not self._open, f"not closed: {self._open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data

    def named(self, tag: str, class_: str = "") -> list[dict[str, str | None]]:
        return [
            found for name, found in self.elements if name == tag and class_ in (found.get("class") or "")
        ]


def assert_inert(document: Document) -> None:
    """No element, attribute, script address or control character that is not the page's own."""
    assert [found["src"] for found in document.named("script")] == ["/static/page.js"]
    assert document.named("img") == []
    for tag, found in document.elements:
        assert found.keys() <= ALLOWED_ATTRIBUTES, tag
        assert not re.match(r"\s*(javascript|data|vbscript):", found.get("href") or "", re.I)
        assert not CONTROLS.search("".join(found.get(name) or "" for name in VISIBLE)), tag
    assert not CONTROLS.search(document.text)
