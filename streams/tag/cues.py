"""Words that introduce or end the names of people and bodies: ranks, offices, given names, heads."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from streams.tag.lexicon import Meaning
from streams.tag.tables import settings
from streams.text.fold import match

LINKS = frozenset(
    ["بن", "ابن", "بنت", "ابو", "ابي", "ام", "ال", "عبد", "bin", "ibn", "abu", "al", "el", "de", "van", "von"]
)
"""Parts of names that are none by themselves."""


@dataclass(frozen=True)
class Cues:
    """Sets of words in match form."""

    given: frozenset[str]
    common: frozenset[str]
    stops: frozenset[str]
    roles: frozenset[str]
    ranks: frozenset[str]
    not_names: frozenset[str]
    named_after: frozenset[str]
    """English words for what bears a person's name: Abu Hanifa mosque."""
    speech: frozenset[str]
    offices: frozenset[str]
    """English words for what somebody is; a name stands right after, or before with a comma."""
    surnames: frozenset[str]
    """English titles that are family names too: Julie Bishop."""
    plain: frozenset[str]
    """English words that begin no name however they are written: weekdays, articles, verbs of saying."""


@cache
def introducers() -> Cues:
    """Give the words that introduce or end names, read once."""
    people, organisations = settings("cues.toml")["people"], settings("cues.toml")["organisations"]

    def words(table: dict[str, list[str]], *names: str) -> frozenset[str]:
        return frozenset(match(word) for name in names for word in table[name])

    return Cues(
        given=words(people, "given"),
        common=words(people, "common"),
        stops=words(people, "stops"),
        roles=words(people, "roles"),
        ranks=words(people, "ranks", "english_ranks"),
        speech=words(people, "speech"),
        offices=words(people, "english_offices"),
        surnames=words(people, "surnames"),
        plain=words(people, "english_plain"),
        named_after=words(people, "named_after"),
        not_names=words(organisations, "not_names") | words(people, "stops"),
    )


def entries() -> Iterable[tuple[str, Meaning]]:
    """Give the lexicon entries of ranks, given names and heads of organisations."""
    people, organisations = settings("cues.toml")["people"], settings("cues.toml")["organisations"]
    for kind, words in (
        ("rank", [*people["ranks"], *people["english_ranks"]]),
        ("given", people["given"]),
        ("given", people["given_english"]),
        ("office", people["english_offices"]),
        ("head", organisations["heads"]),
    ):
        for word in words:
            yield match(word), Meaning(kind, 0)
