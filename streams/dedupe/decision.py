"""The decision on one article, in its order: identity, then revision, then copy, then story."""

from collections.abc import Iterator

from events.article import RelatesTo
from streams.dedupe.aliases import own_key
from streams.dedupe.candidates import Candidates, candidates
from streams.dedupe.entry import Content, Entry, Outcome, StoryState, pack_texts, replace
from streams.dedupe.features import MAX_CHARACTERS
from streams.dedupe.identity import Known, identified
from streams.dedupe.joining import joinable
from streams.dedupe.memory import frame_key
from streams.dedupe.parting import parts, without
from streams.dedupe.relation import Refused, Related, keep_reading, likeness, relate
from streams.dedupe.revision import changes
from streams.dedupe.sight import Sight
from streams.dedupe.spelling import corrected, respelt
from streams.dedupe.story import founded, joined, united, voice_of
from streams.dedupe.volatile import Version, changed_end, changed_line
from streams.text.fold import match

_REVISIONS_BACK = 5
_PLAIN = 0.95
"""A candidate so much alike ends the search: those after it share less of what is looked up."""


def decide(sight: Sight) -> Entry:
    """Give the entry that will be remembered of the article."""
    known = identified(sight)
    if known is None:
        return _another_article(sight)
    if _says_the_same(sight, known):
        return _revision(sight, known, 0) if _corrected(sight, known) else _repeat(sight, known, known.reason)
    before, after = Version(*known.content.texts()), Version(sight.article.title, sight.article.text)
    of = sight.article.source_id, sight.article.lang
    line, end = changed_line(before, after, *of), changed_end(before, after, *of)
    if any((sight.memory.frames.get(sign) or 0) >= sight.settings.volatile_articles for sign in (line, end)):
        return _repeat(sight, known, known.reason, "volatile_line")
    return _revision(sight, known, end if end and _changed_so_before(sight, known, end) else line)


def _changed_so_before(sight: Sight, known: Known, end: int) -> bool:
    """Whether the last revision, too, was a change of nothing but the last few words."""
    earlier, article = sight.read(known.entry.before), sight.article
    if earlier is None or earlier.content is None:
        return False
    before, after = Version(*earlier.content.texts()), Version(*known.content.texts())
    return changed_end(before, after, article.source_id, article.lang) == end


def _says_the_same(sight: Sight, known: Known) -> bool:
    """Whether title and text are those of the latest revision: only what a reader reads counts."""
    article, features = sight.article, sight.features
    if known.content.version == article.fingerprint.version:
        return known.content.exact == article.fingerprint.exact
    title, text = known.content.texts()
    # As in the fingerprint, words alone count, not where sentences and paragraphs break.
    return match(title, article.lang).split() == features.title.split() and (
        match(text[:MAX_CHARACTERS], article.lang).split() == features.text.split()
    )


def _corrected(sight: Sight, known: Known) -> bool:
    """Whether a few words were put right, and not back to a former revision: feeds go to and fro."""
    article = sight.article
    shown = f"{article.title}\n{article.text}"
    if not corrected("\n".join(known.content.texts()), shown):
        return False
    earlier = sight.read(known.entry.before)
    for _ in range(_REVISIONS_BACK):
        if earlier is None or earlier.content is None:
            break
        if not respelt("\n".join(earlier.content.texts()), shown):
            return False
        earlier = sight.read(earlier.before)
    return True


def _repeat(sight: Sight, known: Known, *reasons: str) -> Entry:
    """Remember a repeat by its origin; in full where it brings a new id, or its article grows old."""
    latest = known.entry
    entry = _entry(sight, "repeat", latest.article_id, latest.revision, latest.first_seen_at)
    entry = replace(entry, reasons=reasons)
    if not _adds(sight, known):
        return entry
    entry = replace(entry, before=latest.seq)
    return _in_full(sight, entry, latest.voice, sight.latest_story(latest))


def _adds(sight: Sight, known: Known) -> bool:
    articles = sight.memory.articles
    keys = (own_key(sight.article.article_id), *sight.hints)
    if any(articles.get(key) is None for key in keys):
        return True
    return sight.clock - known.entry.clock > sight.settings.identity_window_ms // 2


def _revision(sight: Sight, known: Known, frame: int) -> Entry:
    latest, article = known.entry, sight.article
    old_title, old_text = known.content.texts()
    alike = likeness(sight.features, known.content, match(old_title, article.lang))
    relates_to = RelatesTo(
        article_id=latest.article_id,
        revision=latest.revision,
        similarity=min(alike.similarity, 0.9999),
        reasons=(known.reason,),
        changes=changes((old_title, old_text), (article.title, article.text), article.lang),
    )
    entry = _entry(sight, "revision", latest.article_id, latest.revision + 1, latest.first_seen_at)
    told = sight.latest_story(latest)
    if parts(sight, known, alike, relates_to, told):
        voice = voice_of(article)
        story = founded(sight, latest.article_id, voice, entry.revision, told.story_id)
        gone = without(told, latest.source_id, latest.voice)
        return _in_full(
            sight, replace(entry, relates_to=relates_to, before=latest.seq, left=gone), voice, story
        )
    story = joined(told, sight, latest.article_id, latest.voice, new=False)
    if frame and sight.memory.framed.get(frame_key(frame, latest.article_id)) is not None:
        frame = 0  # this article has been counted
    entry = replace(entry, relates_to=relates_to, before=latest.seq, frame=frame)
    return _in_full(sight, entry, latest.voice, story)


def _another_article(sight: Sight) -> Entry:
    found = candidates(sight.keys, sight.memory, sight.settings)
    verdicts = list(_compared(sight, found))
    related = [verdict for verdict in verdicts if isinstance(verdict, Related)]
    if related:
        # The likest copy; of equals the earliest. A part of a composite only where nothing is a copy.
        best = max(related, key=lambda r: (r.relation == "copy", r.similarity, -r.entry.seq))
        return _related(sight, best, [r for r in related if r.relation == best.relation == "copy"])
    return _new(sight, found, [verdict for verdict in verdicts if isinstance(verdict, Refused)])


def _compared(sight: Sight, found: Candidates) -> Iterator[Related | Refused]:
    for entry in map(sight.read, found.near):
        if entry is None or not sight.within(entry, sight.copy_window_ms):
            continue
        verdict = relate(sight.features, entry, sight.settings)
        if verdict is not None:
            yield verdict
        if isinstance(verdict, Related) and verdict.similarity >= _PLAIN:
            return


def _related(sight: Sight, related: Related, copies: list[Related]) -> Entry:
    article, target = sight.article, related.entry
    relates_to = RelatesTo(
        article_id=target.article_id,
        revision=target.revision,
        similarity=related.similarity,
        reasons=related.reasons,
    )
    # What stands whole in another outlet's text adds no voice; a composite of several texts is its own.
    voice = voice_of(article) if "contains" in related.reasons else target.voice
    entry = _entry(sight, related.relation, article.article_id, 1, article.fetched_at)
    # A text that is a copy of articles in two stories shows that the two are one.
    stories = [sight.latest_story(target), *(sight.latest_story(copy.entry) for copy in copies)]
    story, merged = united(stories)
    story = joined(story, sight, article.article_id, voice, new=True)
    return _in_full(sight, replace(entry, relates_to=relates_to, merged=merged), voice, story)


def _new(sight: Sight, found: Candidates, refused: list[Refused]) -> Entry:
    article, voice = sight.article, voice_of(sight.article)
    entry = _entry(sight, "new", article.article_id, 1, article.fetched_at)
    stories = joinable(sight, found, refused)
    if not stories:
        return _in_full(sight, entry, voice, founded(sight, article.article_id, voice))
    story, merged = united(stories)
    state = joined(story, sight, article.article_id, voice, new=True)
    return _in_full(sight, replace(entry, merged=merged), voice, state)


def _entry(sight: Sight, outcome: Outcome, article_id: str, revision: int, first_seen_at: str) -> Entry:
    return Entry(
        seq=sight.memory.next_seq,
        shard=sight.article.shard,
        origin=sight.origin,
        outcome=outcome,
        article_id=article_id,
        revision=revision,
        source_id=sight.article.source_id,
        fetched_at=sight.article.fetched_at,
        at=sight.at,
        clock=sight.clock,
        first_seen_at=first_seen_at,
    )


def _in_full(sight: Sight, entry: Entry, voice: str, story: StoryState) -> Entry:
    """Add what later decisions need; the article's own id stands first among the keys."""
    own = (own_key(entry.article_id), own_key(sight.article.article_id), *sight.hints)
    return replace(entry, keys=tuple(dict.fromkeys(own)), voice=voice, story=story, content=_content(sight))


def _content(sight: Sight) -> Content:
    article, features = sight.article, sight.features
    terms, counts = features.terms
    content = Content(
        version=article.fingerprint.version,
        exact=article.fingerprint.exact,
        body=article.fingerprint.body,
        words=len(features.words),
        dateline=article.dateline.raw if article.dateline else None,
        shingles=features.shingles.astype("<u4").tobytes(),
        postings=sight.keys.stored().astype("<u4").tobytes(),
        terms=terms.astype("<u4").tobytes(),
        weights=counts.tobytes(),
        packed=pack_texts(article.title, article.text),
    )
    keep_reading(content, features)
    return content
