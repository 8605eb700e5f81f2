"""Lines that are no news: read-also links, share bars, credits, self-promotion.

Takes a draft, gives it without the lines that `phrases.toml` names; each cut is on record, whole. Precision
comes first: a line goes only when all of it is such a line, so no real sentence is lost. Rules run on the
match form, because kashida and missing hamzas inside boilerplate (اقــرأ أيضـاً) defeat rules on the
written one.
"""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Literal

from events.article import Removed, RemovedKind
from streams.normalize.draft import Draft, Line, removal, rewritten
from streams.normalize.names import find_agency, is_named_person
from streams.text.fold import fold, match
from streams.text.letters import FOLDING_LANGUAGES

MAX_WORDS = 40
"""Longer lines are prose, apart from the few phrases that allow more."""

MAX_LIST = 8
"""How many lines a list of links under "read also" may have."""

Where = Literal["line", "label", "start", "lead", "has"]
_MARK = re.compile(r"\s*(?:[:|›»>…؛/]|\.\.|[-–—]\s)")
_STRICT_MARK = re.compile(r"\s*[:|/]")
_PROSE_END = re.compile(r"[.!؟?»”\"):،؛]\s*$")
_FULL_STOP = re.compile(r"[^.…][.!؟?]\s*$")
_NOTICE = re.compile(r"©|(?i:\(c\)|copyright)|(?:19|20)\d\d")
_BULLET = re.compile(r"^\s*[-–—•*▪●◾»›>]\s*\S")


@dataclass(frozen=True, slots=True)
class Phrase:
    """One entry of `phrases.toml`: a phrase in its match form, and when it marks a line."""

    kind: RemovedKind
    text: str
    where: Where
    max_words: int
    mark: bool
    opens: bool
    bare: bool
    names: bool
    ours: bool


@dataclass(frozen=True, slots=True)
class _Rules:
    by_word: dict[str, tuple[Phrase, ...]]
    inside: tuple[Phrase, ...]
    patterns: tuple[tuple[RemovedKind, re.Pattern[str]], ...]
    any_pattern: re.Pattern[str]
    networks: frozenset[str]
    actions: frozenset[str]
    buttons: frozenset[str]
    """Networks and actions."""
    ours: frozenset[str]
    feet: tuple[tuple[RemovedKind, bool, re.Pattern[str]], ...]


_DEFAULT_WORDS = {"line": 12, "label": 30, "start": 20, "lead": 10_000, "has": 12}


@cache
def _rules() -> _Rules:
    table = tomllib.loads(resources.files(__package__).joinpath("phrases.toml").read_text("utf-8"))
    phrases = sorted(_phrases(table["phrase"]), key=lambda phrase: -len(phrase.text))
    opening = [phrase for phrase in phrases if phrase.where != "has"]
    words = {phrase.text.split()[0] for phrase in opening}
    networks, actions = (frozenset(match(table["share"][name]).split()) for name in ("networks", "actions"))
    return _Rules(
        by_word={word: tuple(p for p in opening if p.text.split()[0] == word) for word in words},
        inside=tuple(phrase for phrase in phrases if phrase.where == "has"),
        patterns=tuple((entry["kind"], re.compile(entry["regex"])) for entry in table["pattern"]),
        any_pattern=re.compile("|".join(f"(?:{entry['regex']})" for entry in table["pattern"])),
        networks=networks,
        actions=actions,
        buttons=networks | actions,
        ours=frozenset(match(table["share"]["ours"]).split()),
        feet=tuple((e["kind"], e.get("tail", False), re.compile(e["regex"])) for e in table["foot"]),
    )


def named_by(line: Line) -> str:
    """Give the phrase that makes a whole line boilerplate, "" where a pattern does, or what is around it."""
    found = _verdict(line)
    return found[1].text if found and found[1] else ""


def feet() -> tuple[tuple[RemovedKind, bool, re.Pattern[str]], ...]:
    """Give what ends an item: the kind, whether it may follow a full stop, the pattern."""
    return _rules().feet


def _phrases(entries: list[dict[str, Any]]) -> Iterator[Phrase]:
    for entry in entries:
        where: Where = entry["where"]
        for text in _folds(entry["text"]):
            yield Phrase(
                kind=entry["kind"],
                text=text,
                where=where,
                max_words=entry.get("max_words", _DEFAULT_WORDS[where]),
                mark=entry.get("mark", False),
                opens=entry.get("opens", False),
                bare=entry.get("bare", where == "start"),
                names=entry.get("names", False),
                ours=entry.get("ours", False),
            )


def _folds(texts: list[str]) -> dict[str, None]:
    """Give texts as lines of any language of the script fold: Sorani keeps ە, Urdu ھ."""
    return dict.fromkeys(
        match(text, lang).replace("\n", " ") for text in texts for lang in ("ar", *sorted(FOLDING_LANGUAGES))
    )


def cut_boilerplate(draft: Draft) -> Draft:
    """Give the draft without the lines that are no news."""
    kept: list[Line] = []
    removed: list[Removed] = []
    at = 0
    while at < len(draft.lines):
        line = draft.lines[at]
        if height := _bar_height(draft.lines[at : at + MAX_LIST]):
            removed += [removal("share_bar", part.text) for part in draft.lines[at : at + height]]
            at += height
            continue
        at += 1
        found = _verdict(line)
        if found is None:
            line, rest = _without_tail(line, draft.lang)
            kept.append(line)
            removed += rest
            continue
        kind, phrase = found
        if phrase and phrase.where == "lead":
            cut, left = _split_lead(line, phrase, draft.lang)
            kept += left
            removed.append(removal(kind, cut))
            continue
        removed.append(removal(kind, line.text))
        if phrase and phrase.opens and line.folded == phrase.text:
            for link in _list_of_links(draft.lines[at:]):
                removed.append(removal(kind, link.text))
                at += 1
    return draft.cut(tuple(kept), tuple(removed))


def _first_word(line: Line) -> str:
    return line.folded.partition("\n")[0].partition(" ")[0]


def _verdict(line: Line) -> tuple[RemovedKind, Phrase | None] | None:
    """Tell of what kind a line that is no news is, and by which phrase; None for news."""
    rules = _rules()
    words = line.words
    for phrase in rules.by_word.get(_first_word(line), ()):
        if words <= phrase.max_words and _applies(phrase, line):
            return phrase.kind, phrase
    if words > MAX_WORDS:
        return None
    folded = f" {line.folded} ".replace("\n", " ")
    for phrase in rules.inside:
        if words <= phrase.max_words and f" {phrase.text} " in folded and _is_notice(phrase, line):
            return phrase.kind, phrase
    text = line.text.strip()
    if not rules.any_pattern.fullmatch(text):  # one look at a line, not one for each pattern
        return None
    return next((kind, None) for kind, pattern in rules.patterns if pattern.fullmatch(text))


def _applies(phrase: Phrase, line: Line) -> bool:
    folded = line.folded.replace("\n", " ")
    if folded != phrase.text and not folded.startswith(phrase.text + " "):
        return False
    if phrase.where in ("line", "lead"):
        return phrase.where == "lead" or folded == phrase.text
    rest = line.folded[len(phrase.text) + 1 :]
    if not _has_what_it_needs(phrase, line, rest):
        return False
    if phrase.where == "start":
        return "\n" not in rest
    if folded == phrase.text:
        return not phrase.mark
    marks = _STRICT_MARK if phrase.mark else _MARK
    return bool(marks.match(line.text, _end_in_text(phrase, line))) and "\n" not in rest.strip()


def _has_what_it_needs(phrase: Phrase, line: Line, rest: str) -> bool:
    """Tell whether a line is no sentence by its end and by the words that follow the phrase."""
    rules = _rules()
    words = set(line.folded.split())
    networked = not words.isdisjoint(rules.networks)
    if phrase.ours and not networked and words.isdisjoint(rules.ours):
        return False
    if phrase.bare and not networked and _FULL_STOP.search(line.text):
        return False
    return not phrase.names or _names_someone(rest)


def _names_someone(folded: str) -> bool:
    """Tell whether words are persons' names, initials, or an agency's name."""
    folded = folded.removesuffix(" بتصرف")
    if find_agency(folded) or all(len(word) < 3 for word in folded.split()):
        return True
    return all(map(is_named_person, re.split(r"\s+و\s*(?=\S)|\n", folded)))


def _is_notice(phrase: Phrase, line: Line) -> bool:
    """Tell whether a phrase inside a line is a notice and no part of a sentence."""
    folded = line.folded.replace("\n", " ")
    at_an_end = folded.startswith(phrase.text) or folded.endswith(phrase.text)
    return at_an_end or bool(_NOTICE.search(line.text))


def _end_in_text(phrase: Phrase, line: Line) -> int:
    """Give where the phrase that opens `line` ends in its display form."""
    return fold(line.text).span(0, len(phrase.text))[1]


def _split_lead(line: Line, phrase: Phrase, lang: str) -> tuple[str, list[Line]]:
    end = _end_in_text(phrase, line)
    rest = line.text[end:].strip()
    return line.text[:end], [rewritten(line, rest, lang)] if rest else []


def _bar_height(lines: tuple[Line, ...]) -> int:
    """Count the lines from here on that hold only words of share buttons and make a bar together."""
    rules = _rules()
    words: list[str] = []
    height = 0
    for line in lines:
        if _first_word(line) not in rules.buttons or len(line.folded) >= 200:
            break
        own = line.folded.split()
        if not rules.buttons.issuperset(own):
            break
        words += own
        height += 1
    networks = len({word for word in words if word in rules.networks})
    acts = any(word in rules.actions for word in words)
    return height if networks >= 2 or (networks == 1 and acts) else 0


def _list_of_links(lines: tuple[Line, ...]) -> tuple[Line, ...]:
    """Give the lines below a lone "read also" that are its links.

    Links by markup and bulleted titles always are; of bare titles the first is, and all where only titles
    follow.
    """
    count = 0
    while count < min(len(lines), MAX_LIST) and (
        lines[count].linked or (lines[count].words <= 20 and _BULLET.match(lines[count].text))
    ):
        count += 1
    if count:
        return lines[:count]
    titles = [3 <= line.words <= 16 and not _PROSE_END.search(line.text) for line in lines[: MAX_LIST + 1]]
    if len(lines) <= MAX_LIST and all(titles):
        return lines
    # One title is what the words announce; what looks like a second may be a sub-heading.
    return lines[:1] if titles[:1] == [True] else ()


def _without_tail(line: Line, lang: str) -> tuple[Line, list[Removed]]:
    """Cut a "read also: title" that ends a paragraph after its last full stop."""
    if "\n" not in line.folded or ":" not in line.text:
        return line, []
    _, _, tail = line.folded.rpartition("\n")
    for phrase in _rules().by_word.get(tail.partition(" ")[0], ()):
        if phrase.kind != "read_also" or phrase.where != "label" or not tail.startswith(phrase.text + " "):
            continue
        folded = fold(line.text, lang)
        start, end = folded.span(
            len(folded.text) - len(tail), len(folded.text) - len(tail) + len(phrase.text)
        )
        if line.text[end:].lstrip().startswith(":") and tail.count(" ") < 20:
            return rewritten(line, line.text[:start].strip(), lang), [removal("read_also", line.text[start:])]
    return line, []
