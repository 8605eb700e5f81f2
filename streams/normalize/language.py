"""Which language a text is written in, by the text and not by the feed's claim (`<language>` lies).

Scripts decide first. Arabic, Persian, Sorani, Urdu and Pashto share one: there frequent words count, and
letters that only one of them has. European languages with plain signs are told by frequent words; py3langid
decides the rest of the Latin and Cyrillic ones. A claim counts only where the text is too short to tell.
"""

import re
import tomllib
import unicodedata
from collections import Counter
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from events.article import Direction
from streams.text.everyday import everyday_letters

SAMPLE = 800
"""Characters that are looked at: a page of news tells its language in its first lines."""

_CERTAIN = 20  # letters from which on the text alone decides
_HEADLINE = 60  # letters up to which an identifier of European languages is often wrong

_ARABIC_SCRIPT = frozenset("ar fa ckb ur ps ug sd".split())
_RTL = frozenset("ar fa ckb ur ps ug sd he yi syr dv".split())
_WORD = re.compile(r"[^\W\d_]+(?:[\u064b-\u0652\u0670\u200c][^\W\d_]*)*")
_TAG = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")


def direction(lang: str) -> Direction:
    """Give the writing direction of a language: `rtl` or `ltr`."""
    return "rtl" if lang.partition("-")[0] in _RTL else "ltr"


def language(text: str, claimed: str | None = None) -> str:
    """Give the language of `text` as a BCP 47 tag, `und` where nothing tells it."""
    sample = text[:SAMPLE]
    if len(sample) >= _CERTAIN and _is_plainly_arabic(sample):
        return "ar"
    words = _WORD.findall(sample)
    letters = sum(map(len, words))
    claim = _claim(claimed)
    if not letters:
        return claim if claim and not text.strip() else "und"
    script = _script(words)
    if letters < _CERTAIN and claim and _fits(claim, script):
        return claim
    if script == "ARABIC" or (arabic := _held_by_arabic(words, letters)):
        return _arabic(words if script == "ARABIC" else arabic)
    if script in _signs().scripts:
        return _japanese(sample) or _signs().scripts[script]
    return _european(sample, words, letters, claim)


def _is_plainly_arabic(sample: str) -> bool:
    """Tell, cheaply, an Arabic text: mostly letters that Arabic has, and none that it lacks.

    Persian, Sorani, Urdu and Pashto write some of those in every line.
    """
    letters = everyday_letters(sample)
    if letters is None or letters.neighbours:
        return False
    return letters.arabic >= max(_CERTAIN, letters.latin + 1)


def _claim(claimed: str | None) -> str | None:
    """Give the base language of a feed's claim, where it is a language tag at all."""
    if not claimed or not _TAG.fullmatch(claimed.strip().replace("_", "-")):
        return None
    return re.split("[-_]", claimed.strip())[0].lower()


def _fits(claim: str, script: str) -> bool:
    if claim in _ARABIC_SCRIPT:
        return script == "ARABIC"
    own = [name for name, lang in _signs().scripts.items() if lang == claim]
    return script in (own or ["LATIN", "CYRILLIC"])


@cache
def _script_of(letter: str) -> str:
    name = unicodedata.name(letter, "UNKNOWN").partition(" ")[0]
    return "CJK" if name.startswith("CJK") else name


def _script(words: list[str]) -> str:
    """Give the script that most letters are of."""
    counts: Counter[str] = Counter()
    for letter, count in Counter("".join(words)).items():
        counts[_script_of(letter)] += count
    return min(counts.items(), key=lambda entry: (-entry[1], entry[0]))[0]


def _even(word: str) -> str:
    """Fold keyboards' letters that the languages of the script write differently."""
    return word.translate(_EVEN)


_EVEN = str.maketrans("أإآٱىيكة", "ااااییکه", "".join(map(chr, [*range(0x64B, 0x653), 0x640, 0x670, 0x200C])))


@dataclass(frozen=True, slots=True)
class _Signs:
    arabic: dict[str, frozenset[str]]
    latin: dict[str, frozenset[str]]
    letters: dict[str, str]
    scripts: dict[str, str]
    press: list[str]


@cache
def _signs() -> _Signs:
    table = tomllib.loads(resources.files(__package__).joinpath("languages.toml").read_text("utf-8"))
    return _Signs(
        arabic={
            lang: frozenset(map(_even, words.split())) for lang, words in table["words"]["arabic"].items()
        },
        latin={lang: frozenset(words.split()) for lang, words in table["words"]["latin"].items()},
        letters=table["letters"],
        scripts=table["scripts"],
        press=table["press"]["languages"].split(),
    )


def _arabic(words: list[str]) -> str:
    """Tell the languages of the Arabic script apart; Arabic where nothing speaks for another."""
    counts = Counter(map(_even, words))
    known = _signs().arabic
    scores = {lang: 2.0 * sum(counts[word] for word in own & counts.keys()) for lang, own in known.items()}
    text = "".join(words)
    for lang in scores:
        own = _signs().letters[lang]
        scores[lang] += 0.5 * sum(map(text.count, own))
    scores["ar"] += sum(count for word, count in counts.items() if word.startswith(("ال", "وال", "بال")))
    scores["fa"] += 0.5 * sum(map(text.count, _signs().letters["shared_persian"]))
    return min(scores.items(), key=lambda entry: (-entry[1], entry[0] != "ar", entry[0]))[0]


def _japanese(sample: str) -> str | None:
    return "ja" if any("\u3040" <= char <= "\u30ff" for char in sample) else None


def _held_by_arabic(words: list[str], letters: int) -> list[str]:
    """Give the Arabic words of a text whose Latin ones, though more, are but names of products and bodies."""
    arabic = [word for word in words if not word.isascii() and _script([word]) == "ARABIC"]
    return arabic if 3 * sum(map(len, arabic)) > letters and not _speaks_latin(words) else []


def _speaks_latin(words: list[str]) -> bool:
    """Tell whether Latin words hold a sentence together, and are not but names."""
    lowered = {word.lower() for word in words}
    return any(len(lowered & known) >= 2 for known in _signs().latin.values())


def _european(sample: str, words: list[str], letters: int, claim: str | None) -> str:
    """Tell European languages by frequent words where these are plain, else by py3langid."""
    lowered = [word.lower() for word in words]
    scores = sorted(
        ((sum(word in known for word in lowered), lang) for lang, known in _signs().latin.items()),
        key=lambda entry: (-entry[0], entry[1]),
    )
    (best, lang), (second, _) = scores[0], scores[1]
    if best >= 3 and best >= 2 * second:
        return lang
    if claim and letters < _HEADLINE and (not best or claim == lang) and _fits(claim, _script(words)):
        return claim
    if letters < _CERTAIN:
        return lang if best else "und"
    return str(_identifier().classify(sample)[0])


@cache
def _identifier() -> Any:
    """Load py3langid when it is first needed: its model takes half a second, and Arabic never asks.

    Only languages that have a daily press: "First" is no Latvian, Lorem ipsum no Latin.
    """
    from py3langid import langid  # noqa: PLC0415

    identifier = langid.LanguageIdentifier.from_model_file(langid.MODEL_FILE)
    identifier.set_languages(_signs().press)
    return identifier
