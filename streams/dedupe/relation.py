"""Copy, part of a composite, or neither: the exact comparison of an article with a few candidates.

Word 3-grams decide how much of one text stands in the other; the facts decide whether that may count.
Over-merging is the worse error: a text that only reads alike stays an article of its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from events.article import Article
from streams.dedupe.conflict import conflicts
from streams.dedupe.entry import Content, Entry
from streams.dedupe.facts import Facts, Reading, names_in
from streams.dedupe.features import MAX_CHARACTERS, Features
from streams.dedupe.recent import Recent
from streams.dedupe.settings import DedupeSettings
from streams.dedupe.words import word, words_of
from streams.text.fold import match

_ABRIDGED = 0.8
"""A text shorter than this share of the other is a shortened copy or an item of a composite."""
_SHORTENED = 1 / _ABRIDGED
"""By so much more of one text than of the other is shared where that one was cut, or added to."""
_ALL_BUT_ONE = 0.7
_SAME_TOPIC = 0.25
_SAME_TITLE = 0.5
_SHORT_CONTAINMENT = 0.9
_SLACK, _MOST, _HALF = 1.1, 0.75, 0.5
_HEAD, _LEAD = 15, 15
"""The first words of an article stand among the first of its copy, but for a sentence of the outlet's."""
_TITLE_WORDS, _FLASH_WORDS = 3, 6
_NEAR = 0.4
"""Above this share of all word 3-grams, texts of different length are one text, whatever their titles."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """How much two texts share, in word 3-grams: 0 to 1. `mine` is the share of the new text."""

    jaccard: float
    mine: float
    theirs: float
    title: float
    same_body: bool

    @property
    def containment(self) -> float:
        """Give the share of the shorter text that stands in the longer one."""
        return max(self.mine, self.theirs)

    @property
    def similarity(self) -> float:
        """Give one number that ranks pairs of any relation; 1.0 is the same title and text."""
        body = 1.0 if self.same_body else min(0.999, 0.75 * self.jaccard + 0.25 * self.containment)
        return round(0.9 * body + 0.1 * self.title, 4)


@dataclass(frozen=True, slots=True)
class Related:
    """A candidate that passed."""

    relation: Literal["copy", "partial"]
    entry: Entry
    similarity: float
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Refused:
    """A candidate that reads alike but tells of other things: `kinds` of facts that differ."""

    entry: Entry
    kinds: frozenset[str]


Overlap = tuple[float, float, float]


def overlap(new: Features, old: Content) -> Overlap:
    """Give (share of both texts together, of the new one, of the remembered one) that they have in common."""
    mine, theirs = new.shingles, np.frombuffer(old.shingles, "<u4")
    both = np.concatenate([mine, theirs])
    both.sort(kind="stable")  # as fast as merging two sorted rows; what stands there twice is shared
    shared = int(np.count_nonzero(both[1:] == both[:-1]))
    union = len(mine) + len(theirs) - shared
    return (
        shared / union if union else 0.0,
        shared / len(mine) if len(mine) else 0.0,
        shared / len(theirs) if len(theirs) else 0.0,
    )


def likeness(new: Features, old: Content, old_title: str) -> Likeness:
    """Compare an article with a remembered one; `old_title` is in the match form."""
    return _likeness(new, old, old_title, overlap(new, old))


def _likeness(new: Features, old: Content, old_title: str, shared: Overlap) -> Likeness:
    jaccard, mine, theirs = shared
    fingerprint = new.article.fingerprint
    return Likeness(
        jaccard=jaccard,
        mine=mine,
        theirs=theirs,
        title=title_likeness(new.title_words, words_of(old_title, 200)),
        same_body=old.version == fingerprint.version and old.body == fingerprint.body,
    )


def title_likeness(left: Sequence[str], right: Sequence[str]) -> float:
    """Give the Jaccard share of the stems of two titles; 1.0 where both are empty."""
    a, b = ({word(text).stem or text for text in words} for words in (left, right))
    return len(a & b) / len(a | b) if a | b else 1.0


def facts_of(entry: Entry, lang: str) -> Facts:
    """Give the facts of a remembered article."""
    assert entry.content is not None  # noqa: S101 - candidates have content
    return Facts(_reading(entry.content, lang), names_in(f"{entry.voice} {entry.source_id}", lang))


_READ: Recent[tuple[bytes, str], Reading] = Recent(room=1 << 17)
"""By packed texts and language; the room is in words, about 150 bytes each."""


def keep_reading(content: Content, features: Features) -> None:
    """Keep the reading of an article that is remembered as `content`: most candidates came lately."""
    _READ.put((content.packed, features.article.lang), features.reading, content.words)


def _reading(content: Content, lang: str) -> Reading:
    kept = _READ.get((content.packed, lang))
    if kept is None:
        title, text = (part[:MAX_CHARACTERS] for part in content.texts())
        kept = Reading(match(title, lang), match(text, lang), text)
        _READ.put((content.packed, lang), kept, content.words)
    return kept


def relate(new: Features, entry: Entry, settings: DedupeSettings) -> Related | Refused | None:
    """Say what `new` is to a remembered article; None where the texts share too little."""
    content = entry.content
    if content is None:
        return None
    if min(len(new.words), content.words) < settings.min_words:
        return _short_copy(new, entry, content)
    shared = overlap(new, content)
    if not _may_pass(new, content, shared, settings):
        return None
    facts = facts_of(entry, new.article.lang)
    alike = _likeness(new, content, facts.reading.title, shared)
    kinds = frozenset() if alike.same_body else conflicts(new.facts, facts)
    if kinds:
        return Refused(entry, kinds)
    relation = _relation(new, alike, facts.reading, settings)
    return (
        None
        if relation is None
        else Related(relation, entry, alike.similarity, _reasons(new.article, entry, alike, relation))
    )


def tells_enough(new: Features) -> bool:
    """Whether a text of a few words with its title is one that two outlets do not write by chance."""
    title, text = len(new.title_words), len(new.words)
    return title >= _TITLE_WORDS and title + text >= _FLASH_WORDS


def _short_copy(new: Features, entry: Entry, content: Content) -> Related | None:
    """Take a few words for a copy only where title and text are the very same: twins differ in one."""
    fingerprint = new.article.fingerprint
    same = content.exact == fingerprint.exact and content.version == fingerprint.version
    if not same or not tells_enough(new):
        return None
    alike = Likeness(1.0, 1.0, 1.0, 1.0, same_body=True)
    return Related("copy", entry, alike.similarity, _reasons(new.article, entry, alike, "copy"))


def _may_pass(new: Features, old: Content, shared: Overlap, settings: DedupeSettings) -> bool:
    jaccard, mine, theirs = shared
    short = min(len(new.words), old.words) < settings.short_words
    if jaccard >= (settings.short_jaccard if short else settings.copy_jaccard):
        return True
    return max(mine, theirs) >= (_SHORT_CONTAINMENT if short else settings.copy_containment)


def _relation(
    new: Features, alike: Likeness, old: Reading, settings: DedupeSettings
) -> Literal["copy", "partial"] | None:
    """Tell a shortened or extended copy from an item within a composite.

    A shortened copy is the beginning of the longer one, under a title about the same; of a composite, the
    rest speaks of other things.
    """
    mine, theirs = Side(new.title, new.words), Side(old.title, old.text.split())
    shorter, longer = sorted((mine, theirs), key=lambda side: len(side.words))
    if alike.same_body or len(shorter.words) >= _ABRIDGED * len(longer.words):
        return "copy"
    if alike.title >= _SAME_TITLE or _titled(shorter, longer):
        return "copy"
    if _opens(shorter, longer) and _one_topic(shorter, longer):
        return "copy"
    if alike.containment >= settings.partial_containment:
        return "partial"
    return "copy" if alike.jaccard >= _NEAR else None


@dataclass(frozen=True, slots=True)
class Side:
    """One of two texts of different length: its title in the match form, and its words."""

    title: str
    words: Sequence[str]

    def stems(self, start: int = 0, end: int | None = None) -> frozenset[str]:
        """Give the stems of the words that carry meaning."""
        return frozenset(word(text).stem for text in self.words[start:end]) - {""}


def _opens(shorter: Side, longer: Side) -> bool:
    """Whether the shorter text is the beginning of the longer one, give or take a few words."""
    item, head = shorter.stems(), shorter.stems(0, _HEAD)
    if len(head & longer.stems(0, _HEAD + _LEAD)) < _HALF * len(head):
        return False
    return len(item & longer.stems(0, int(len(shorter.words) * _SLACK))) >= _MOST * len(item)


def _titled(shorter: Side, longer: Side) -> bool:
    """Whether the longer text is headlined by the shorter one, and half of it: a copy with another lead."""
    if len(shorter.words) < _HALF * len(longer.words):
        return False
    title = frozenset(word(text).stem for text in longer.title.split()) - {""}
    return bool(title) and len(title & shorter.stems()) >= _SAME_TITLE * len(title)


def _one_topic(shorter: Side, longer: Side) -> bool:
    """Whether the longer text is about what the shorter one says: by its title, else by its vocabulary."""
    item = shorter.stems()
    title = frozenset(word(text).stem for text in longer.title.split()) - {""}
    # A paragraph added at the end may speak of anything; a title that touches the item is then enough.
    touched = _SAME_TOPIC if len(shorter.words) >= _ALL_BUT_ONE * len(longer.words) else _SAME_TITLE
    if title and len(title & item) >= touched * len(title):
        return True
    rest = longer.stems(int(len(shorter.words) * _SLACK))
    return not rest or len(item & rest) >= _SAME_TOPIC * min(len(item), len(rest))


def _reasons(article: Article, entry: Entry, alike: Likeness, relation: str) -> tuple[str, ...]:
    content = entry.content
    assert content is not None  # noqa: S101 - relate() has looked
    article_raw, old_raw = article.dateline.raw if article.dateline else None, content.dateline
    checks = (
        (
            "same_text",
            content.exact == article.fingerprint.exact and content.version == article.fingerprint.version,
        ),
        ("same_body", alike.same_body),
        ("near_text", not alike.same_body and relation == "copy" and alike.jaccard >= 0.5),
        ("abridged", relation == "copy" and alike.mine > _SHORTENED * alike.theirs),
        ("extended", relation == "copy" and alike.theirs > _SHORTENED * alike.mine),
        ("contained", relation == "partial" and alike.mine >= alike.theirs),
        ("contains", relation == "partial" and alike.theirs > alike.mine),
        ("other_title", alike.title < 1.0),
        ("other_dateline", article_raw != old_raw),
        ("same_source", entry.source_id == article.source_id),
    )
    return tuple(code for code, holds in checks if holds) or ("near_text",)
