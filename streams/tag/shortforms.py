"""Later mentions of a person by family name alone: the first full name says who it is."""

from collections.abc import Iterator, Sequence

from streams.tag.cues import introducers
from streams.tag.names import Spotted
from streams.tag.passage import Passage

_CLITICS = "وفبلك"


def short_forms(passages: Sequence[Passage], people: Sequence[Spotted]) -> Iterator[Spotted]:
    """Give the later mentions of a person by family name alone: the first full name says who it is."""
    shorts: dict[str, str | None] = {}
    owners: dict[str, Spotted] = {}
    for person in people:
        last = person.passage.folded.text[person.start : person.end].split(" ")[-1]
        long_enough = (last.startswith("ال") and len(last) > 4) or (last.isascii() and len(last) > 3)
        long_enough = long_enough or (len(last) > 3 and last not in introducers().given)
        if long_enough and " " in person.passage.folded.text[person.start : person.end]:
            shorts[last] = person.key if shorts.get(last, person.key) == person.key else None
            owners.setdefault(last, person)
    forms = {short: short for short, key in shorts.items() if key}
    forms |= {clitic + short: short for short in tuple(forms) for clitic in _CLITICS}
    for passage in passages if forms else ():
        standing = [
            (at + len(word), word)
            for word in forms.keys() & passage.vocabulary
            for at in passage.folded.standing(word)
        ]
        for end, word in sorted(standing):
            name = forms[word]
            plain = not name.startswith("ال") and not name.isascii()
            if not (plain and not _is_speaking(passage, end - len(name))):
                yield _short(passage, end - len(name), end, owners[name])


def _is_speaking(passage: Passage, start: int) -> bool:
    """Tell whether "قال", "وأضاف" stands right before: a name without ال could be a word elsewhere."""
    before = passage.before(start)
    return bool(before) and before[0].removeprefix("و") in introducers().speech


def _short(passage: Passage, start: int, end: int, full: Spotted) -> Spotted:
    return Spotted(passage, start, end, "person", full.key, full.rule, None)
