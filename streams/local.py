"""The same stages in one process, without a broker: for trying, tuning, backfilling and golden tests."""

from dataclasses import dataclass

from events import topics
from events.article import Article, DedupedArticle, EnrichedArticle, RawArticle
from events.repeat import Repeat
from events.wire import encode, encode_for
from streams.dedupe import DedupeSettings, Index
from streams.normalize import normalize
from streams.stages import STAGES
from streams.tag import tag

Value = Article | DedupedArticle | EnrichedArticle | Repeat


@dataclass(frozen=True, slots=True)
class Made:
    """What one raw record became: a value and its bytes on the wire, and one word for the counts."""

    value: Value
    data: bytes
    outcome: str


@dataclass(frozen=True, slots=True)
class Chain:
    """The stages up to and including `last`, with one memory over all records."""

    index: Index
    last: str = "tag"

    @classmethod
    def up_to(cls, stage: str, settings: DedupeSettings | None = None) -> "Chain":
        """Give a chain with an empty memory; `all` means up to the last stage."""
        last = STAGES[-1] if stage == "all" else stage
        if last not in STAGES:
            raise ValueError(f"no stage {stage!r}; one of {', '.join(STAGES)}, all")
        return cls(Index(settings=settings or DedupeSettings()), last)

    def run(self, raw: RawArticle, origin: str) -> Made:
        """Take one raw record as far as it goes; raises `Rejected` for what the workers refuse."""
        article = normalize(raw)
        data = encode_for(topics.NORMALIZED, article)
        if self.last == "normalize":
            return Made(article, data, "normalized")
        return self._decide(article, origin)

    def _decide(self, article: Article, origin: str) -> Made:
        decision = self.index.decide(article, origin)
        if decision.article is None:
            assert decision.repeat is not None  # noqa: S101 - one of the two is always there
            made = Made(decision.repeat, encode(decision.repeat), decision.outcome)
        else:
            made = Made(decision.article, encode_for(topics.DEDUPED, decision.article), decision.outcome)
        # Only now: what is refused leaves no trace in memory, as in the engine.
        self.index.apply(decision.changes)
        if self.last == "dedupe" or decision.article is None:
            return made
        enriched = tag(decision.article)
        return Made(enriched, encode_for(topics.ENRICHED, enriched), decision.outcome)
