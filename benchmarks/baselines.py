"""Plain ways to tell whether two articles are one text, to set beside ours (eval_dedupe.py)."""

from collections import Counter
from collections.abc import Callable
from functools import cache

import numpy as np
from datasketch import MinHash, MinHashLSH

from events.article import Article
from events.identity import digest, identity_address
from streams.text.fold import match


def title_match(left: Article, right: Article) -> bool:
    """Say whether the folded titles are equal."""
    return match(left.title, left.lang) == match(right.title, right.lang)


def url_only(left: Article, right: Article) -> bool:
    """Say whether the addresses are one."""
    left, right = (identity_address(each.url) for each in (left, right))
    return left is not None and left == right


@cache
def shingles(text: str) -> frozenset[bytes]:
    """Give the runs of five characters."""
    return frozenset(text[at : at + 5].encode() for at in range(max(1, len(text) - 4)))


def folded(each: Article) -> str:
    """Give the match form of a text on one line."""
    return match(each.text, each.lang).replace("\n", " ")


def minhash_lsh(left: Article, right: Article) -> bool:
    """Say what datasketch's index says at its default threshold, 0.8."""
    index, sketches = MinHashLSH(threshold=0.8, num_perm=128), []
    for each in (left, right):
        sketch = MinHash(num_perm=128)
        sketch.update_batch(sorted(shingles(folded(each))))
        sketches.append(sketch)
    index.insert("left", sketches[0])
    return bool(index.query(sketches[1]))


def simhash(left: Article, right: Article) -> bool:
    """Say whether SimHashes of 64 bits over words differ in three bits at most (Manku et al., 2007)."""
    left, right = (_simhash(folded(each).split()) for each in (left, right))
    return (left ^ right).bit_count() <= 3


def _simhash(words: list[str]) -> int:
    sums = np.zeros(64, np.int64)
    for word, count in Counter(words).items():
        number = int(digest(word)[:16], 16)
        sums += count * np.array([1 if number >> bit & 1 else -1 for bit in range(64)])
    return sum(1 << bit for bit in range(64) if sums[bit] > 0)


BASELINES: dict[str, Callable[[Article, Article], bool]] = {
    "title match": title_match,
    "URL only": url_only,
    "MinHashLSH 0.8": minhash_lsh,
    "SimHash k=3": simhash,
}
