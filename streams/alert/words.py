"""A rule's words against an article's: the same folding, and Arabic's clitics peeled off.

A bare word of the query also matches with a clitic before it (والموصل, بالموصل, للموصل) and with the definite
article (الانفجار for انفجار). What stands in quotes matches exactly as written, folded.
"""

from functools import lru_cache

from streams.text.fold import match
from streams.text.letters import FOLDING_LANGUAGES

PREPOSITIONS = ("و", "ف", "ب", "ك", "ل", "وب", "وك", "ول", "فب", "فك", "فل")
WITH_ARTICLE = tuple(f"{one}ال" for one in ("", "و", "ف", "ب", "ك", "وب", "وك", "فب", "فك"))
LAM = ("لل", "ولل", "فلل")
"""What ل and the article become together: للعراق holds العراق, whose ا is not written."""
CLITICS = frozenset([*PREPOSITIONS, *WITH_ARTICLE, *LAM])
LONGEST_CLITIC = max(map(len, CLITICS))
SHORTEST_BARE = 3
"""Letters that must be left when a clitic is peeled: بيد is "however", not ب + يد."""


@lru_cache(maxsize=65_536)
def forms(text: str) -> tuple[str, ...]:
    """Give the match forms that `text` can have: one, and more where a language folds it otherwise.

    Words are parted by one space; a hard stop inside a phrase counts as a space too.
    """
    found = {" ".join(match(text, lang).split()) for lang in (None, *sorted(FOLDING_LANGUAGES))}
    return tuple(sorted(form for form in found if form))


def bare(token: str) -> list[str]:
    """Give the words that `token` may be with a clitic before it; without itself."""
    found = []
    for cut in range(1, min(LONGEST_CLITIC, len(token) - SHORTEST_BARE) + 1):
        if token[:cut] in CLITICS:
            found.append(token[cut:])
        if token[:cut] in LAM:
            found.append("ال" + token[cut:])
    return found
