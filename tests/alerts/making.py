"""Articles and rules for the tests of alerts, written by us."""

from typing import Any

import msgspec

from events.alert import Match, Rule
from events.article import EnrichedArticle
from events.wire import raw_article
from streams.alert import RuleSet, read_rules
from streams.local import Chain

BLAST = (
    "قتل {killed} أشخاص وأصيب سبعة آخرون بانفجار عبوة ناسفة في منطقة الكرادة وسط بغداد صباح اليوم السبت، "
    "وفق مصدر في الشرطة. وقال المصدر إن القوات الأمنية طوقت مكان الحادث ونقلت المصابين إلى المستشفى."
)
NUMBERS = {3: "ثلاثة", 4: "أربعة", 5: "خمسة", 6: "ستة", 8: "ثمانية", 9: "تسعة"}


def raw(page: str = "one", killed: int = 3, source: str = "a", **more: Any) -> dict[str, Any]:
    return {
        "source_id": source,
        "url": f"https://{source}.example/{page}",
        "title": "انفجار وسط بغداد",
        "content_text": BLAST.format(killed=NUMBERS[killed]),
        "lang": "ar",
        "fetched_at": "2026-11-21T08:00:00.000Z",
    } | more


def events(*raws: dict[str, Any]) -> list[EnrichedArticle]:
    """What the stages make of raw articles, repeats left out."""
    chain = Chain.up_to("all")
    made = [chain.run(raw_article(one), f"t/0/{number}").value for number, one in enumerate(raws)]
    return [value for value in made if isinstance(value, EnrichedArticle)]


def event(**more: Any) -> EnrichedArticle:
    """One event; `more` are raw fields."""
    (made,) = events(raw(**more))
    return made


def altered(made: EnrichedArticle, **more: Any) -> EnrichedArticle:
    return msgspec.structs.replace(made, **more)


def rules(text: str) -> list[Rule]:
    found = read_rules(text)
    assert not found.errors, [str(fault) for fault in found.faults]
    return found.rules


def rule(query: str = "انفجار", **keys: Any) -> Rule:
    """A rule; `keys` are further lines of its file."""
    lines = [f"    {key}: {value}" for key, value in keys.items()]
    (made,) = rules("\n".join(["rules:", "  - id: r", f"    query: |-\n      {query}", *lines]))
    return made


def matches(one: Rule, *found: EnrichedArticle) -> list[Match]:
    """The matches of one rule."""
    ruleset = RuleSet([one])
    made = []
    for made_event in found:
        some, failures = ruleset.match(made_event)
        assert not failures
        made += some
    return made


def holds(query: str, made: EnrichedArticle) -> bool:
    return bool(matches(rule(query), made))
