"""English participles that tell what befell somebody: "killed", "shot dead", "treated for burns"."""

from streams.tag.tollwords import Words

LOST = ("died", "dead", "killed", "slain", "perished", "drowned", "dies", "die", "drown", "perish")
HURT = frozenset(["wounded", "injured", "hurt", "missing", "unaccounted"])
_REACH_OF_HARM = 5
_LONGEST_AGE = 2


def participle(table: Words, sentence: tuple[str, ...], at: int) -> tuple[str | None, int]:
    """Give the kind that an English participle at `at` tells of, and its width: "killed", "shot dead"."""
    if at >= len(sentence):
        return None, 0
    phrase = table.sets["killed_phrases"].at(sentence, at)
    if phrase or sentence[at] in LOST:
        return "killed", phrase or 1
    danger = table.sets["in_danger"].at(sentence, at)
    if danger:
        return "injured", danger
    if table.sets["harmed"].at(sentence, at):
        for end in range(at + 1, min(at + _REACH_OF_HARM, len(sentence))):
            if sentence[end] in table.sets["harm"].words:
                return "injured", end + 1 - at
    return (table.noun_kind(sentence[at]), 1) if sentence[at] in HURT else (None, 0)


def is_age(sentence: tuple[str, ...], at: int) -> bool:
    """Tell "woman, 34, dies": a number in digits after one person that counts nothing itself."""
    return at < len(sentence) and sentence[at].isdecimal() and len(sentence[at]) <= _LONGEST_AGE
