"""How well dedupe tells articles apart, on the labelled pairs: `python -m benchmarks.eval_dedupe [FILE]`.

Pairs go through `normalize` and `dedupe` as raw articles, each before a memory that holds other articles
of the oldest pairs, so that words have a rarity. The half of a pair is the digest of its group (all those
made of one event): thresholds are tuned on `tuning`, and `report` is what is told; `fresh` and `own_words`
are pairs written after the rules. Plain baselines (baselines.py) see the same normalized articles. FILE: raw
articles as JSON lines; their candidates are counted.
"""

import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from benchmarks.baselines import BASELINES
from benchmarks.newsroom import Newsroom
from events.article import Article, RawArticle
from events.identity import digest
from events.rejected import Rejected
from events.wire import raw_article
from streams.dedupe import DedupeSettings, Index
from streams.dedupe.candidates import candidates, keys_of
from streams.dedupe.features import features_of
from streams.dedupe.memory import ShardMemory
from streams.normalize import normalize
from streams.text.fold import match

LABELLED = Path(__file__).parent.parent / "tests" / "dedupe" / "labelled"
PAIRS, FRESH, OWN_WORDS = (LABELLED / f"{name}.jsonl" for name in ("pairs", "fresh", "own_words"))
LABELS = ("repeat", "revision", "copy", "partial", "story", "apart")
SAME = ("repeat", "revision", "copy")
HALVES = ("tuning", "report")
STREAM = 2_000
BACKGROUND = 63
"""The first pairs of the file, whose articles every memory holds."""


@dataclass(frozen=True)
class Pair:
    """Two articles and what the second is to the first."""

    id: str
    group: str
    label: str
    left: Article
    right: Article

    @property
    def half(self) -> str:
        """Tuning or report, by the digest of the group."""
        return HALVES[int(digest("half", self.group)[:8], 16) % 2]


@dataclass(frozen=True)
class Seen:
    """What dedupe made of a pair: its word for the second article, and how it looked for it."""

    pair: Pair
    verdict: str
    looked_at: int
    reached: bool


def article(fields: dict[str, str], lang: str) -> Article:
    """Give the normalized article; dateline and agency are written before the text, as in a feed."""
    hour = float(fields.get("hours", 0)) + 48
    day, minutes = divmod(round(hour * 60), 24 * 60)
    opening = " - ".join(filter(None, (fields.get("dateline"), fields.get("agency"))))
    raw = RawArticle(
        source_id=fields["source"], url=fields.get("url"), item_id=fields.get("item"), title=fields["title"],
        content_text=f"{opening}: {fields['text']}" if opening else fields["text"], lang=lang,
        fetched_at=f"2026-11-{18 + day:02d}T{minutes // 60:02d}:{minutes % 60:02d}:00.000Z",
    )  # fmt: skip
    return normalize(raw)


def pairs(path: Path = PAIRS) -> list[Pair]:
    """Read labelled pairs."""
    rows = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    return [
        Pair(
            row["id"], row["group"], row["label"], *(article(row[s], row["lang"]) for s in ("left", "right"))
        )
        for row in rows
    ]


def take(index: Index, each: Article, origin: str) -> tuple[str, str]:
    """Decide and remember an article; give the outcome and its story."""
    decision = index.decide(each, origin)
    index.apply(decision.changes)
    return decision.outcome, decision.article.story_id if decision.article else ""


@cache
def runs(each: Article) -> frozenset[str]:
    """Give the runs of six words of a text: an article that shares none with a pair may stand behind it."""
    words = match(each.text, each.lang).split()
    return frozenset(" ".join(words[at : at + 6]) for at in range(len(words) - 5))


def judged(pair: Pair, background: list[Pair], settings: DedupeSettings) -> Seen:
    """Show dedupe the pair after the background."""
    index = Index({}, settings)
    for number, other in enumerate(background):
        mine = runs(pair.left) | runs(pair.right)
        if other.left.lang == pair.left.lang and runs(other.left).isdisjoint(mine):
            take(index, other.left, f"background/0/{number}")
    _, story = take(index, pair.left, "pair/0/0")
    memory = index._shards[pair.left.shard]
    looked_at, near = looked_for(memory, pair.right, settings)
    reached = memory.next_seq - 1 in near
    outcome, joined = take(index, pair.right, "pair/0/1")
    if outcome == "new":
        outcome = "story" if joined == story else "apart"
    return Seen(pair, outcome, looked_at, reached)


def looked_for(memory: ShardMemory, each: Article, settings: DedupeSettings) -> tuple[int, tuple[int, ...]]:
    """Give how many remembered articles share a band or an anchor with one, and those that are read back."""
    keys = keys_of(features_of(each), memory)
    _, both, _ = keys.edges()
    wide = np.full(both, settings.newest_per_key, np.int64)
    _, rows = memory.find(keys.asked()[:both], wide)
    return len(np.unique(rows)), candidates(keys, memory, settings).near


def wanted(label: str) -> str:
    """Give dedupe's word for a label."""
    return "apart" if label in ("related", "different") else label


def scores(truth: list[bool], said: list[bool]) -> str:
    """Give precision, recall and F1."""
    hits = sum(t and s for t, s in zip(truth, said, strict=True))
    if not any(truth):
        return "none there" + (f", {sum(said)} said" if any(said) else "")
    precision, recall = hits / max(1, sum(said)), hits / max(1, sum(truth))
    f1 = 2 * precision * recall / (precision + recall) if hits else 0.0
    return f"precision {precision:.3f}  recall {recall:.3f}  F1 {f1:.3f}"


def clusters(half: list[Pair], settings: DedupeSettings) -> Iterator[tuple[str, str]]:
    """Give (true story, story by dedupe) of each article that became an event, in one stream of the half.

    Left out: composites, which belong to several stories, and the other event of a `different` pair.
    """
    stream: dict[str, tuple[Article, str]] = {}
    for pair in half:
        right = pair.id if pair.label == "related" else pair.group
        sides = [(pair.left, pair.group)]
        if pair.label not in ("partial", "different"):
            sides.append((pair.right, right))
        for each, truth in sides:
            if pair.label != "partial":
                stream[digest(each.source_id, each.url or "", each.fetched_at, each.text)] = (each, truth)
    index = Index({}, settings)
    for origin, (each, truth) in sorted(stream.items(), key=lambda item: (item[1][0].fetched_at, item[0])):
        outcome, story = take(index, each, origin)
        if outcome != "repeat":
            yield truth, story


def b_cubed(rows: list[tuple[str, str]]) -> float:
    """Give the B-cubed F1 of a clustering."""
    truth, made = (Counter(row[side] for row in rows) for side in (0, 1))
    both = Counter(rows)
    precision = sum(n * n / made[made_] for (_, made_), n in both.items()) / len(rows)
    recall = sum(n * n / truth[true] for (true, _), n in both.items()) / len(rows)
    return 2 * precision * recall / (precision + recall)


def adjusted_rand(rows: list[tuple[str, str]]) -> float:
    """Give the adjusted Rand index of a clustering."""

    def couples(counts: Counter[str] | Counter[tuple[str, str]]) -> float:
        return sum(n * (n - 1) / 2 for n in counts.values())

    truth, made = (couples(Counter(row[side] for row in rows)) for side in (0, 1))
    chance = truth * made / (len(rows) * (len(rows) - 1) / 2)
    return (couples(Counter(rows)) - chance) / ((truth + made) / 2 - chance)


def report(name: str, seen: list[Seen], settings: DedupeSettings) -> None:
    """Print everything about one half."""
    print(f"\n{name}: {len(seen)} pairs")
    for label in LABELS:
        truth, said = [wanted(s.pair.label) == label for s in seen], [s.verdict == label for s in seen]
        print(f"  {label:16} {scores(truth, said)}  ({sum(truth)} pairs)")
    near = [s for s in seen if s.pair.label != "partial"]
    truth = [s.pair.label in SAME for s in near]
    print("  one text or not (repeat, revision, copy):")
    print(f"    {'marsad':14} {scores(truth, [s.verdict in SAME for s in near])}")
    for baseline, says in BASELINES.items():
        print(f"    {baseline:14} {scores(truth, [says(s.pair.left, s.pair.right) for s in near])}")
    rows = list(clusters([s.pair for s in seen], settings))
    print(f"  stories: B-cubed F1 {b_cubed(rows):.3f}  ARI {adjusted_rand(rows):.3f}  ({len(rows)} articles)")
    reach = [s.reached for s in seen if s.pair.label in ("copy", "partial")]
    looked = [s.looked_at for s in seen]
    reached = f"recall {np.mean(reach):.3f} of copies and parts, " if reach else ""
    print(f"  index: {reached}{np.mean(looked):.1f} candidates an article")
    missed = defaultdict(list)
    for s in seen:
        if s.verdict != wanted(s.pair.label):
            missed[f"{s.pair.label} called {s.verdict}"].append(s.pair.id)
    for what, ids in sorted(missed.items()):
        print(f"  {what}: {', '.join(ids)}")


def raw_file(path: Path, settings: DedupeSettings) -> None:
    """Print what dedupe makes of raw articles, and how many candidates each meets."""
    index, outcomes, looked = Index({}, settings), Counter[str](), list[int]()
    with path.open("rb") as lines:
        for number, line in enumerate(lines):
            try:
                each = normalize(raw_article(json.loads(line)))
            except (ValueError, Rejected):
                outcomes["refused"] += 1
                continue
            memory = index._shards.get(each.shard) or ShardMemory(settings)
            looked.append(looked_for(memory, each, settings)[0])
            outcomes[take(index, each, f"raw/0/{number}")[0]] += 1
    print(
        f"{path.name}: {dict(outcomes)}; candidates an article: mean {np.mean(looked):.1f}, "
        f"99 of 100 at most {np.percentile(looked, 99):.0f}, most {max(looked)}"
    )


def in_a_stream(count: int, settings: DedupeSettings) -> None:
    """Print what the index does in a window of made-up articles, of which each knows what it is made of."""
    index, room = Index({}, settings), Newsroom(13)
    numbers, looked, reached = dict[int, int](), list[int](), list[bool]()
    outcomes: Counter[str] = Counter()
    for at in range(count):
        draft = room.draft(at)
        each = room.written(draft)
        memory = index._shards.get(each.shard) or ShardMemory(settings)
        candidates_seen, near = looked_for(memory, each, settings)
        looked.append(candidates_seen)
        if draft.kind == "copy" and draft.made_of in numbers:
            reached.append(numbers[draft.made_of] in near)
        numbers[at] = memory.next_seq
        outcomes[f"{draft.kind} as {take(index, each, f'made/0/{at}')[0]}"] += 1
    print(
        f"\nmade-up stream of {count}: {np.mean(looked[count // 2 :]):.1f} candidates an article at last, "
        f"index recall {np.mean(reached):.3f} of {len(reached)} copies\n  {dict(outcomes)}"
    )


def main(files: list[str]) -> None:
    """Print the evaluation, or what is asked about files."""
    settings = DedupeSettings()
    for file in files:
        raw_file(Path(file), settings)
    if files:
        return
    everything = pairs()
    seen = [judged(pair, everything[:BACKGROUND], settings) for pair in everything]
    for half in HALVES:
        report(half, [s for s in seen if s.pair.half == half], settings)
    fresh = [judged(pair, everything[:BACKGROUND], settings) for pair in pairs(FRESH)]
    report("fresh (written after the rules; see the README beside them)", fresh, settings)
    told = [judged(pair, everything[:BACKGROUND], settings) for pair in pairs(OWN_WORDS)]
    for half in HALVES:
        report(f"own words, {half}", [s for s in told if s.pair.half == half], settings)
    in_a_stream(STREAM, settings)


if __name__ == "__main__":
    main(sys.argv[1:])
