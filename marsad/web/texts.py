"""The page's own words, Arabic and English; and which of the two a reader gets."""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

LANGUAGES = ("ar", "en")


class Texts:
    """The words of one interface language; an unknown name of a closed set is shown as it is."""

    def __init__(self, lang: str, words: dict[str, Any]) -> None:
        self.lang = lang
        self._words = words

    def __getitem__(self, name: str) -> str:
        return str(self._words[name])

    @property
    def other(self) -> str:
        """The interface language that this one is not."""
        return next(lang for lang in LANGUAGES if lang != self.lang)

    def of(self, group: str, name: str) -> str:
        """Give the word for `name` in a closed set: relations, kinds, removals, roles."""
        return str(self._words[group].get(name, name))


@cache
def texts(lang: str) -> Texts:
    """Give the words for `lang`, Arabic where we have none."""
    table = tomllib.loads(files("marsad.web").joinpath("texts.toml").read_text("utf-8"))
    chosen = lang if lang in table else LANGUAGES[0]
    return Texts(chosen, table[chosen])


def preferred(asked: str | None, accept_language: str) -> str:
    """Give the interface language: the one asked for, else the browser's first that we have, else Arabic."""
    if asked in LANGUAGES:
        return asked
    for part in accept_language.lower().split(","):
        tag = part.split(";")[0].strip().split("-")[0]
        if tag in LANGUAGES:
            return tag
    return LANGUAGES[0]
