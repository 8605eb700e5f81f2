"""The toll of the event an article is about, and further tolls told apart from it.

The headline and the first sentence that tells a toll say what the event is; later sentences restate it,
correct it, disagree, or belong to another.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from events.article import Casualties, Evidence, OtherToll, TollRole
from streams.tag.passage import Passage
from streams.tag.past import is_years_later
from streams.tag.told import Interval, Role, Toll, tolls
from streams.tag.tollwords import KINDS, Words, words

_ROLES: dict[Role, TollRole] = {"background": "background", "cumulative": "cumulative"}
_OF_TODAY = ("event", "update", "corrects")
_LEAD_SENTENCES = 5
_NEAR_LEAD = 4
_NEXT_SOURCE = 2


@dataclass
class _Story:
    """The toll of the event as the article unfolds it."""

    numbers: dict[str, Interval] = field(default_factory=dict)
    evidence: list[Evidence] = field(default_factory=list)
    others: list[Toll] = field(default_factory=list)
    lead: int | None = None
    left: bool = False
    remembers: bool = False
    """The article is about a court case or a day of remembrance: its tolls are of what is remembered."""


def casualties(
    passages: Sequence[Passage], published_at: str
) -> tuple[Casualties | None, tuple[OtherToll, ...]]:
    """Give the toll of the event the article is about, or None, and the other tolls in reading order."""
    table, year = words(), published_at[:4]
    titled, texted = (list(tolls(table, passage, year)) for passage in passages)
    if not (titled or texted) or _is_of_disease(table, passages):
        return None, ()
    headline = [toll for toll in titled if toll.role in _OF_TODAY]
    others = [toll for toll in titled if toll.role not in _OF_TODAY]
    story = _Story(others=others, remembers=not headline and _remembers(table, passages))
    for toll in headline:
        _add_headline(story, toll)
    late = any(toll.place >= _LEAD_SENTENCES for toll in texted)
    eventful = bool(story.numbers) or not late or _is_eventful(table, passages)
    told = dict(story.numbers)
    for toll in texted:
        _add(story, toll, told, eventful)
    if not story.numbers:
        _promote(story)
    main = _value(story) if story.numbers else None
    return main, tuple(_other(toll) for toll in _merged(story.others))


def _remembers(table: Words, passages: Sequence[Passage]) -> bool:
    """Tell whether headline or lead is of a court case or a day of remembrance, and tells no toll itself."""
    for passage in passages:
        lead = passage.sentence(0).words
        if table.sets["remembered"].within(lead) or is_years_later(table, lead):
            return True
    return False


def _promote(story: _Story) -> None:
    """Let a first count stand that nothing took the place of: "حصيلة أولية تشير إلى 8 قتلى"."""
    if story.others and story.others[0].role == "elsewhere" and story.others[0].place == 0:
        first = story.others.pop(0)  # "في حادث منفصل" where no other is told of
        story.numbers.update(first.numbers)
        story.evidence.extend(first.evidence)
    if story.others and all(toll.role == "superseded" for toll in story.others):
        for toll in story.others:
            story.numbers.update(toll.numbers)
            story.evidence.extend(toll.evidence)
        story.others = []


def _merged(others: Sequence[Toll]) -> list[Toll]:
    """Join tolls that say the same: one toll, with every place where it is told."""
    merged: list[Toll] = []
    for toll in others:
        same = (one for one in merged if (one.role, one.numbers) == (toll.role, toll.numbers))
        known = next(same, None)
        if known is None:
            merged.append(toll)
        else:
            merged[merged.index(known)] = replace(known, evidence=(*known.evidence, *toll.evidence))
    return merged


def _is_of_disease(table: Words, passages: Sequence[Passage]) -> bool:
    """Tell whether the headline is of a disease, or the lead is where neither tells of an attack."""
    title, text = passages
    disease = table.sets["disease"]
    if any(disease.within(title.sentence(number).words) for number in range(2)):
        return True
    return disease.within(text.sentence(0).words) and not _is_eventful(table, passages)


def _is_eventful(table: Words, passages: Sequence[Passage]) -> bool:
    head = [passage.sentence(number) for passage in passages for number in range(3)]
    return any(table.sets["events"].within(sentence.words) for sentence in head)


def _add_headline(story: _Story, toll: Toll) -> None:
    """Take a headline's toll; its second sentence adds kinds, never numbers."""
    for kind, interval in toll.numbers.items():
        story.numbers.setdefault(kind, interval)
    story.evidence.extend(toll.evidence)


def _add(story: _Story, toll: Toll, titled: dict[str, Interval], eventful: bool) -> None:
    """Take a toll of the text: restatement, correction, disagreement, or another's."""
    if not story.numbers and _is_remembered(story, toll):
        story.others.append(replace(toll, role="background"))
        return
    if toll.role in ("superseded", "background", "cumulative") or (
        not eventful and toll.place >= _LEAD_SENTENCES
    ):
        story.others.append(toll)
        return
    if toll.role == "elsewhere":
        story.left = True
        story.others.append(toll)
        return
    if toll.further and _is_of_event(story, toll):
        _add_more(story, toll)
    elif story.lead is None and not story.left:
        _add_lead(story, toll, titled)
    elif toll.role == "corrects" or (toll.role == "update" and _is_rise(story, toll)):
        _supersede(story, toll)
    elif not story.left and _shares_kind(story, toll) and _is_anothers_count(story, toll):
        _widen(story, toll)
    else:
        _restate(story, toll)


def _is_of_event(story: _Story, toll: Toll) -> bool:
    """Tell whether more of the same is of the event: right after its toll, and of no other place."""
    near = story.lead is not None and toll.place <= story.lead + _NEXT_SOURCE
    return near and not story.left and toll.role == "event"


def _add_more(story: _Story, toll: Toll) -> None:
    for kind, interval in toll.numbers.items():
        known = story.numbers.get(kind)
        story.numbers[kind] = interval if known is None else known.plus(interval)
    story.evidence.extend(toll.evidence)


def _is_remembered(story: _Story, toll: Toll) -> bool:
    """Tell whether a toll is of what a court or a day of remembrance looks back on, or was told as past."""
    if toll.role not in (*_OF_TODAY, "disagrees"):
        return False
    again = any(one.role == "background" and one.numbers == toll.numbers for one in story.others)
    return story.remembers or again


def _add_lead(story: _Story, toll: Toll, titled: dict[str, Interval]) -> None:
    """Take the first toll of the text: more careful than the headline where both can be true."""
    clash = [kind for kind in toll.numbers if kind in titled and not titled[kind].meets(toll.numbers[kind])]
    if clash and toll.role == "disagrees":
        story.lead = toll.place
        _widen(story, toll)
        return
    if clash and toll.role not in ("update", "corrects"):
        story.others.append(toll)
        return
    story.lead = toll.place
    story.numbers.update(toll.numbers)
    story.evidence.extend(toll.evidence)


def _is_anothers_count(story: _Story, toll: Toll) -> bool:
    """Tell whether another source counts the same: it says so, or is named in the next sentence but one."""
    near = story.lead is not None and toll.place <= story.lead + _NEXT_SOURCE
    return toll.role == "disagrees" or (toll.role == "event" and toll.attributed and near)


def _is_rise(story: _Story, toll: Toll) -> bool:
    return any(
        kind in story.numbers and (interval.low or 0) > (story.numbers[kind].low or 0)
        for kind, interval in toll.numbers.items()
    )


def _supersede(story: _Story, toll: Toll) -> None:
    """Let a toll that has risen stand; the lower numbers and their evidence go to the others."""
    old = {kind: story.numbers[kind] for kind in toll.numbers if kind in story.numbers}
    gone = [one for one in story.evidence if _kind(one) in old]
    story.others.append(Toll(toll.place, "superseded", old, tuple(gone)))
    story.evidence = [one for one in story.evidence if _kind(one) not in old]
    story.evidence.extend(toll.evidence)
    story.numbers.update(toll.numbers)


def _kind(evidence: Evidence) -> str:
    return evidence.rule.removeprefix("casualties:").partition("-")[0]


def _shares_kind(story: _Story, toll: Toll) -> bool:
    return any(kind in story.numbers for kind in toll.numbers)


def _widen(story: _Story, toll: Toll) -> None:
    """Keep both where sources disagree: from the lower to the higher."""
    for kind, interval in toll.numbers.items():
        known = story.numbers.get(kind)
        if known is None:
            story.numbers[kind] = interval
        elif known != interval:
            lows = [low for low in (known.low, interval.low) if low is not None]
            high = None if known.high is None or interval.high is None else max(known.high, interval.high)
            story.numbers[kind] = Interval(min(lows) if lows else None, high, stated=False)
    story.evidence.extend(toll.evidence)


def _restate(story: _Story, toll: Toll) -> None:
    """Take a later sentence: the same again, a closer number, a kind not told yet; else another toll."""
    shared = [kind for kind in toll.numbers if kind in story.numbers]
    joint = len(toll.evidence) == 1 and len(toll.numbers) > 1
    if joint or any(not _agrees(story.numbers[kind], toll.numbers[kind]) for kind in shared):
        story.others.append(toll)
        return
    near = story.lead is not None and toll.place <= story.lead + _NEAR_LEAD
    if not shared and (story.left or not near):
        story.others.append(toll)
        return
    for kind, interval in toll.numbers.items():
        known = story.numbers.get(kind)
        if known is None or (interval.stated and not known.stated):
            story.numbers[kind] = interval
    story.evidence.extend(toll.evidence)


def _agrees(known: Interval, told: Interval) -> bool:
    """Tell whether a later number is the known one: equal, or closer within bounds that were vague."""
    if known.stated and told.stated:
        return known == told
    return known.meets(told)


def _value(story: _Story) -> Casualties:
    counts = {kind: story.numbers[kind].count() for kind in KINDS if kind in story.numbers}
    return Casualties(**counts, evidence=tuple(_in_order(story.evidence)))


def _other(toll: Toll) -> OtherToll:
    counts = {kind: toll.numbers[kind].count() for kind in KINDS if kind in toll.numbers}
    return OtherToll(**counts, evidence=tuple(_in_order(toll.evidence)), role=_ROLES.get(toll.role, "other"))


def _in_order(evidence: Sequence[Evidence]) -> list[Evidence]:
    unique = {(one.field != "title", one.start, one.end, one.rule): one for one in evidence}
    return [unique[key] for key in sorted(unique)]
