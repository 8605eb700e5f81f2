"""Made-up Arabic news of which no two are alike, as many as wanted and the same ones every time.

A text is a row of sentences made by templates (the phrases that all news shares) whose gaps are filled from
word lists: half with the dozen words that it is about, half by Zipf's law from 60,000 made-up words,
and figures. Nine of a hundred articles are copies of an earlier one under another source, every twentieth
word another one; three tell of an earlier one's matter in other sentences; four are revisions, three repeats.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from events.article import Article
from events.identity import digest
from events.times import wire_time
from streams.normalize.fingerprint import fingerprint
from streams.text.fold import match

START = datetime(2026, 11, 20, tzinfo=UTC)
STEP_MS = 200
LETTERS = "ابتثجحخدذرزسشصضطظعغفقكلمنهوي"
VOCABULARY = 60_000
SOURCES = 200
KEPT = 5_000
_TEMPLATES = """
اعلن المتحدث باسم وزاره _ ان _ _ سوف _ خلال _ _ _ المقبله
وقال _ _ في تصريح صحفي ان _ _ بلغ _ _ مقارنه مع _ _
واضاف ان _ _ _ _ الي _ _ من دون ان _ _
وذكر مصدر في _ _ ان _ _ _ قرب _ _ مساء امس
كما اشار البيان الي ان _ _ _ _ و _ _ وفق _ _
من جانبه اكد _ _ اهميه _ _ في _ _ لتحقيق _ _
وشهدت مدينه _ _ _ بعد _ _ ما ادي الي _ _
ودعا _ _ الجهات المعنيه الي _ _ _ قبل _ _ _
يذكر ان _ _ كان قد _ _ في _ _ العام الماضي
وبحسب _ _ فان _ _ _ يشكل _ _ من _ _
وفي سياق متصل _ _ _ عن _ _ _ الي جانب _ _
واوضح _ ان _ _ تضمن _ _ _ و _ _ _ ايضا
"""

Numbers = NDArray[np.int64]
Kind = Literal["new", "copy", "story", "revision", "repeat"]


@dataclass(frozen=True, slots=True)
class Draft:
    """An article in word numbers, and of which earlier one it is made."""

    number: int
    kind: Kind
    source: int
    page: int
    about: Numbers
    title: Numbers
    words: Numbers
    made_of: int | None = None


class Newsroom:
    """Makes drafts and articles; `seed` draws other ones of the same language."""

    def __init__(self, seed: int) -> None:
        letters = np.random.default_rng(7)  # one language for all newsrooms
        made = ("".join(letters.choice(list(LETTERS), letters.integers(3, 9))) for _ in range(VOCABULARY * 2))
        words = list(dict.fromkeys(word for word in made if match(word, "ar") == word))[:VOCABULARY]
        phrases = [line.split() for line in _TEMPLATES.split("\n") if line]
        phrase_words = sorted({word for line in phrases for word in line if word != "_"})
        self.words = words + phrase_words + [str(n) for n in range(3, 1_000)]
        place = {word: at for at, word in enumerate(phrase_words, len(words))}
        self._templates = [np.array([place.get(word, -1) for word in line]) for line in phrases]
        self._figures = len(words) + len(phrase_words)
        self._dice = np.random.default_rng(seed)
        self._made: list[Draft] = []

    def _zipf(self, count: int) -> Numbers:
        drawn = VOCABULARY ** self._dice.random(count)  # inverse transform: rank is size ** u
        return drawn.astype(np.int64) - 1

    def _text(self, about: Numbers) -> Numbers:
        chosen = self._dice.integers(0, len(self._templates), self._dice.integers(5, 20))
        words = np.concatenate([self._templates[at] for at in chosen])
        gaps = np.flatnonzero(words < 0)
        filled = self._zipf(len(gaps))
        kind = self._dice.random(len(gaps))
        mine, figures = kind < 0.5, kind > 0.95
        filled[mine] = self._dice.choice(about, int(mine.sum()))
        filled[figures] = self._dice.integers(self._figures, len(self.words), int(figures.sum()))
        words[gaps] = filled
        return words

    def draft(self, number: int) -> Draft:
        """Give the next draft: of its own, or made of one of the last few thousand."""
        chance = self._dice.random()
        if chance >= 0.19 or len(self._made) < 100:
            about = self._zipf(12)
            made = Draft(
                number, "new", int(self._dice.integers(SOURCES)), number, about,
                self._dice.permutation(about)[:7], self._text(about),
            )  # fmt: skip
        else:
            made = self._derived(number, chance, self._made[int(self._dice.integers(len(self._made)))])
        if made.kind != "repeat":
            self._made.append(made)
            del self._made[:-KEPT]
        return made

    def _derived(self, number: int, chance: float, of: Draft) -> Draft:
        other = int(self._dice.integers(SOURCES))
        if chance < 0.09:
            return Draft(number, "copy", other, number, of.about, of.title, self._edited(of.words), of.number)
        if chance < 0.12:
            title = self._dice.permutation(of.about)[:7]
            return Draft(number, "story", other, number, of.about, title, self._text(of.about), of.number)
        words, kind = (self._edited(of.words), "revision") if chance < 0.16 else (of.words, "repeat")
        return Draft(number, kind, of.source, of.page, of.about, of.title, words, of.number)  # type: ignore[arg-type]

    def _edited(self, words: Numbers) -> Numbers:
        edited = words.copy()
        at = self._dice.integers(0, len(words), max(1, len(words) // 20))
        edited[at] = self._zipf(len(at))
        return edited

    def shown(self, numbers: Numbers) -> str:
        """Give the words of these numbers."""
        return " ".join([self.words[at] for at in numbers.tolist()])

    def article(self, number: int) -> Article:
        """Give the next draft as `normalize` would hand it on."""
        return self.written(self.draft(number))

    def written(self, draft: Draft) -> Article:
        """Give a draft as `normalize` would hand it on."""
        title, text = self.shown(draft.title), self.shown(draft.words)
        source, url = f"source-{draft.source}", f"https://s{draft.source}.example/news/{draft.page}"
        when = wire_time(START + timedelta(milliseconds=STEP_MS * draft.number))
        return Article(
            article_id=digest("url", source, url), source_id=source, url=url, canonical_url=url, title=title,
            text=text, lang="ar", dir="rtl", published_at=when, published_source="fetched", fetched_at=when,
            shard="ar", fingerprint=fingerprint(match(title, "ar"), match(text, "ar")),
        )  # fmt: skip
