"""Which language a text is written in, by the text and not by the feed's claim (`<language>` lies).

Scripts decide first. Arabic, Persian, Sorani, Urdu and Pashto share one: there frequent words count, and letters
that only one of them has. European languages with plain signs are told by frequent words; py3langid decides the
rest of the Latin and Cyrillic ones. A claim counts only where the text is too short to tell.
"""

import re
import unicodedata
from collections import Counter
from functools import cache
from typing import Any

from events.article import Direction

SAMPLE = 800
"""Characters that are looked at: a page of news tells its language in its first lines."""

_CERTAIN = 20  # letters from which on the text alone decides

# Frequent words that the other languages of the script do not have, folded by `_even`.
_ARABIC_SCRIPT = {
    "ar": "في الي علي التي الذي هذا هذه ذلك كان كانت قال قالت وقال عن ان او ثم بين خلال بعد قبل حتي الذين منذ عند وقد "
    "لم لن هو هي كما حيث اليوم امس ضد نحو وفي ومن من مع غير",
    "fa": "است این که را برای از به در بود شد می های کرد شده خود آن تا یک دو نیز باید ایران گفت کند هم اما شود دارد ای با بر",
    "ckb": "لە بە کە بۆ لەگەڵ ئەو ئەم و دەکات کرد بوو کوردستان هەرێمی هەر نییە ئەوەی دوای لەلایەن ڕۆژی هەیە هاوڵاتی دەڵێت",
    "ur": "کے کی میں ہے اور سے کو نے پر کا ہیں یہ کہ ہو تھا تھی گیا گئے اس ایک کیا نہیں بھی لیے کر دیا رہا",
    "ps": "د په او کې چې له دی ته سره یې دي کړي شوي پر وویل هم خو یو دا",
}
_OWN_LETTERS = {
    "ckb": "ەێۆڵڕ",
    "ur": "ٹڈڑںہھے",
    "fa": "",
    "ps": "ښځڅۍېړټډڼ",
    "ar": "ةأإىؤ",
}
_LATIN = {
    "en": "the of and to in that is was for on with said his has have at by from are it as be were will not its who",
    "fr": "le la les des et est dans une un du que qui pour sur avec pas au par plus ce se sont été aux cette selon",
    "tr": "ve bir bu için ile da de olarak çok daha olan gibi kadar sonra ise dedi olduğu tarafından türkiye nin",
    "de": "der die das und ist nicht mit den von zu ein eine dem auf für im sich des auch nach wurde werden hat",
    "es": "el la los las de que y en un una es por con para del se su no más como al fue ha sido este",
    "it": "il di che la le un una per con non del della sono è gli nel alla dei da ha anche più",
    "ku": "û li di ji bi ku de jî yên ya yê ew wê vê kurdistanê bo hat dike kir hatin",
}
_SCRIPTS = {
    "HEBREW": "he",
    "GREEK": "el",
    "ARMENIAN": "hy",
    "GEORGIAN": "ka",
    "SYRIAC": "syr",
    "DEVANAGARI": "hi",
    "BENGALI": "bn",
    "THAI": "th",
    "HIRAGANA": "ja",
    "KATAKANA": "ja",
    "HANGUL": "ko",
    "CJK": "zh",
    "ETHIOPIC": "am",
    "TAMIL": "ta",
    "MALAYALAM": "ml",
    "GURMUKHI": "pa",
}
_SCRIPT_OF = {
    "ar": "ARABIC",
    "fa": "ARABIC",
    "ckb": "ARABIC",
    "ur": "ARABIC",
    "ps": "ARABIC",
    "ug": "ARABIC",
    "sd": "ARABIC",
}
_RTL = frozenset("ar fa ckb ur ps ug sd he yi syr dv".split())
_WORD = re.compile(r"[^\W\d_]+(?:[\u064b-\u0652\u0670\u200c][^\W\d_]*)*")
_TAG = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")


def direction(lang: str) -> Direction:
    """Give the writing direction of a language: `rtl` or `ltr`."""
    return "rtl" if lang.partition("-")[0] in _RTL else "ltr"


def language(text: str, claimed: str | None = None) -> str:
    """Give the language of `text` as a BCP 47 tag, `und` where nothing tells it."""
    sample = text[:SAMPLE]
    words = _WORD.findall(sample)
    letters = sum(map(len, words))
    claim = _claim(claimed)
    if not letters:
        return claim if claim and not text.strip() else "und"
    script = _script(words)
    if letters < _CERTAIN and claim and _fits(claim, script):
        return claim
    if script == "ARABIC":
        return _arabic(words)
    if script in _SCRIPTS:
        return _japanese(sample) or _SCRIPTS[script]
    return _european(sample, words, letters)


def _claim(claimed: str | None) -> str | None:
    """Give the base language of a feed's claim, where it is a language tag at all."""
    if not claimed or not _TAG.fullmatch(claimed.strip().replace("_", "-")):
        return None
    return re.split("[-_]", claimed.strip())[0].lower()


def _fits(claim: str, script: str) -> bool:
    wanted = _SCRIPT_OF.get(claim) or next((name for name, lang in _SCRIPTS.items() if lang == claim), None)
    return script == wanted if wanted else script in ("LATIN", "CYRILLIC")


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


@cache
def _sets() -> dict[str, frozenset[str]]:
    return {lang: frozenset(map(_even, words.split())) for lang, words in _ARABIC_SCRIPT.items()}


def _arabic(words: list[str]) -> str:
    """Tell the languages of the Arabic script apart; Arabic where nothing speaks for another."""
    counts = Counter(map(_even, words))
    scores = {
        lang: 2.0 * sum(counts[word] for word in known & counts.keys()) for lang, known in _sets().items()
    }
    text = "".join(words)
    for lang, own in _OWN_LETTERS.items():
        scores[lang] += 0.5 * sum(map(text.count, own))
    scores["ar"] += sum(count for word, count in counts.items() if word.startswith(("ال", "وال", "بال")))
    scores["fa"] += 0.5 * sum(map(text.count, "پچژگ"))
    return min(scores.items(), key=lambda entry: (-entry[1], entry[0] != "ar", entry[0]))[0]


def _japanese(sample: str) -> str | None:
    return "ja" if any("\u3040" <= char <= "\u30ff" for char in sample) else None


@cache
def _latin_sets() -> dict[str, frozenset[str]]:
    return {lang: frozenset(words.split()) for lang, words in _LATIN.items()}


def _european(sample: str, words: list[str], letters: int) -> str:
    """Tell European languages by frequent words where these are plain, else by py3langid."""
    lowered = [word.lower() for word in words]
    scores = sorted(
        ((sum(word in known for word in lowered), lang) for lang, known in _latin_sets().items()),
        key=lambda entry: (-entry[0], entry[1]),
    )
    (best, lang), (second, _) = scores[0], scores[1]
    if best >= 3 and best >= 2 * second:
        return lang
    if letters < 3:
        return "und"
    return str(_identifier().classify(sample)[0])


@cache
def _identifier() -> Any:
    """Load py3langid when it is first needed: its model takes half a second, and Arabic never asks."""
    from py3langid import langid  # noqa: PLC0415

    return langid.LanguageIdentifier.from_model_file(langid.MODEL_FILE)
