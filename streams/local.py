"""The same stages in one process, without a broker: for trying, tuning, backfilling and golden tests."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from events.article import Article, DedupedArticle, EnrichedArticle, RawArticle
from events.rejected import Rejected
from events.repeat import Repeat
from streams.dedupe import DedupeSettings, Index
from streams.normalize import normalize
from streams.stages import STAGES
from streams.tag import tag

Made = Article | DedupedArticle | EnrichedArticle | Repeat | Rejected


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
        """Take one raw record as far as it goes; a refusal is a value, so that the others go on."""
        try:
            return self._run(raw, origin)
        except Rejected as refused:
            return refused

    def _run(self, raw: RawArticle, origin: str) -> Made:
        article = normalize(raw)
        if self.last == "normalize":
            return article
        decision = self.index.decide(article, origin)
        self.index.apply(decision.changes)
        if decision.article is None:
            assert decision.repeat is not None  # noqa: S101 - the two exclude each other
            return decision.repeat
        return decision.article if self.last == "dedupe" else tag(decision.article)


def process(records: Iterable[RawArticle], stage: str = "all") -> Iterator[Made]:
    """Give what each raw record becomes, in input order; deterministic: same records, same values."""
    chain = Chain.up_to(stage)
    for number, raw in enumerate(records):
        yield chain.run(raw, f"local/0/{number}")
