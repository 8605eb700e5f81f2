"""The last element of a dateline that the sentence follows without a mark.

Feeds lose the line break or the dash behind it: "الرياض 06 جمادى الآخرة 1448 هـ الموافق 27 نوفمبر 2026 م واس
أعلنت ...", "بغداد - رويترز أعلنت ...". An agency may be the sentence's subject, so what follows has a say.
"""

import re

from streams.normalize.elements import MAX_WORDS, Element, classify
from streams.normalize.names import begins_news, is_relay, may_end
from streams.text.fold import matches

_WORD = re.compile(r"\S+")
_MAX_NAME = 4
_LEAST = 3
"""Words that must follow: what stands alone is no sentence."""


def run_on(text: str, opened: list[Element]) -> tuple[int, Element] | None:
    """Find the element at the head of `text`, `opened` being those before: where it ends, and what it is."""
    words = list(_WORD.finditer(text))[: MAX_WORDS + _LEAST]
    keys = matches([word[0] for word in words])
    longest = min(len(words) - _LEAST, _MAX_NAME if opened else MAX_WORDS)
    for size in range(longest, 0, -1):
        end = words[size - 1].end()
        if not may_end(keys[size - 1]) or text[end - 1] in ".:،؛":
            continue
        element = classify(text[:end], None)
        if element and not element.unknown and _fits(element, opened, keys[size:]):
            return end, element
    return None


def _fits(element: Element, opened: list[Element], following: list[str]) -> bool:
    """Tell whether an element ends a dateline where words in match form follow."""
    if element.agency:
        placed = element.city or any(one.place or one.date or one.desk for one in opened)
        plain = element.city or not element.agency.common or element.text[0] in '«“"'
        return placed and plain and (element.date or not is_relay(following))
    signed = any(one.agency or one.outlet for one in opened)
    return signed and (element.desk or element.city) and begins_news(following)
