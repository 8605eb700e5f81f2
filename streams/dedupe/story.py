"""Which story an article belongs to, and how that story stands after it.

Copies, parts and revisions belong to the story of what they relate to. A new article joins the story of the
recent article that is most like it by TF-IDF of light stems over title and beginning (the best plain measure
on Arabic, ARABIC.md 3.3), if the likeness is clear, the titles share something, and the facts do not speak
against it; else it founds a story of its own. A story that nobody adds to for the story window is over.

Independent sources are counted by voice: a copy has the voice of its original, agency text that of its
agency.
"""

from events.article import Article
from events.identity import digest
from events.story import Story
from streams.dedupe.candidates import Candidates
from streams.dedupe.entry import Entry, StoryState
from streams.dedupe.relation import Refused
from streams.dedupe.sight import Sight
from streams.dedupe.table import key64
from streams.dedupe.terms import Vector, cosine
from streams.text.fold import match


def voice_of(article: Article) -> str:
    """Give who speaks in `article`: its agency where it credits one, else its source."""
    agency = match(article.agency, article.lang) if article.agency else ""
    return f"agency:{agency}" if agency else f"source:{article.source_id}"


def founded(article: Article, article_id: str, voice: str) -> StoryState:
    """Give the story that `article` founds."""
    return StoryState(
        story_id=digest("story", article.shard, article_id),
        title=article.title,
        articles=1,
        sources=_member(article.source_id),
        voices=_member(voice),
        first_seen_at=article.fetched_at,
        last_changed_at=article.fetched_at,
        last_article_id=article_id,
    )


def joined(story: StoryState, article: Article, article_id: str, voice: str, *, new: bool) -> StoryState:
    """Give `story` with one more article in it, or (`new` false) with another revision of one."""
    return StoryState(
        story_id=story.story_id,
        title=story.title or article.title,
        articles=story.articles + new,
        sources=_with(story.sources, article.source_id),
        voices=_with(story.voices, voice) if new else story.voices,
        first_seen_at=min(story.first_seen_at, article.fetched_at),
        last_changed_at=max(story.last_changed_at, article.fetched_at),
        last_article_id=article_id,
    )


def _member(name: str) -> bytes:
    return key64(name).to_bytes(8, "big")


def _with(members: bytes, name: str) -> bytes:
    known = {members[i : i + 8] for i in range(0, len(members), 8)}
    return b"".join(sorted(known | {_member(name)}))


def story_event(state: StoryState, lang: str) -> Story:
    """Give the value that goes to the stories topic."""
    counts = state.counts()
    return Story(
        story_id=state.story_id,
        title=state.title,
        lang=lang,
        articles=counts.articles,
        sources=counts.sources,
        independent_sources=counts.independent_sources,
        first_seen_at=state.first_seen_at,
        last_changed_at=state.last_changed_at,
        last_article_id=state.last_article_id,
    )


def joinable(sight: Sight, found: Candidates, refused: list[Refused]) -> StoryState | None:
    """Give the latest state of the story that a new article clearly belongs to, or None.

    `refused` are texts that read alike but tell of other things: their stories are not this one's.
    """
    barred = {_story_id(twin.entry) for twin in refused if _bars(sight, twin)}
    mine = Vector.of(sight.features)
    best: tuple[float, StoryState] | None = None
    for entry in map(sight.read, found.alike):
        if entry is None or _story_id(entry) in barred or not _near(sight, entry):
            continue
        score = round(cosine(sight.memory, mine, Vector.remembered(entry)), 9)
        latest = sight.latest_of_story(entry)
        if score < _needed(sight, entry) or (best and score <= best[0]) or latest is None:
            continue
        if latest.story is not None and _near(sight, latest):
            best = (score, latest.story)
    return best[1] if best else None


def _story_id(entry: Entry) -> str:
    return entry.story.story_id if entry.story else ""


def _near(sight: Sight, entry: Entry) -> bool:
    return sight.within(entry, sight.settings.story_window_ms)


def _bars(sight: Sight, twin: Refused) -> bool:
    """Say whether a twin is another event.

    Other figures alone are a toll that rose, but not in one outlet half a day apart: that is a daily report.
    """
    if twin.kinds != {"figures"}:
        return True
    same_source = twin.entry.source_id == sight.article.source_id
    return same_source and not sight.within(twin.entry, sight.settings.update_window_ms)


def _needed(sight: Sight, entry: Entry) -> float:
    """Give how like an article must be: titles alone and short items much more (ARABIC.md 1.7)."""
    remembered = entry.content.words if entry.content else 0
    short = min(len(sight.features.words), remembered) < sight.settings.short_words
    return sight.settings.story_cosine + (0.25 if short else 0.0)
