"""What every page has: the document, the way to the other pages, the line that the script brings to life."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from marsad.web.marks import one_line
from marsad.web.memory import Memory
from marsad.web.query import Query
from marsad.web.texts import Texts

SECTIONS = {"stories": "/", "alerts": "/alerts", "feeds": "/feeds", "lag": "/lag"}


@dataclass(frozen=True, slots=True)
class Frame:
    """One page: which section it is, its heading, and its address in the other interface language.

    `stream` is where its news come from; without one the script loads `main` again every `every` seconds.
    """

    section: str
    other_url: str
    ui: str
    title: str = ""
    stream: str = ""
    every: int = 0


def document(frame: Frame, memory: Memory, words: Texts, parts: Sequence[Markup]) -> str:
    """Give the whole document: header and navigation, then `parts`, the last of which is `main`."""
    name = f"{words['title']} – {words['tagline']}"
    return Markup(
        '<!doctype html>\n<html lang="{lang}" dir="{dir}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n<title>{title}</title>\n'
        '<link rel="icon" href="/static/icon.svg" type="image/svg+xml">\n'
        '<link rel="stylesheet" href="/static/page.css">\n<script src="/static/page.js" defer></script>\n'
        "</head>\n<body>\n{header}{body}</body>\n</html>\n"
    ).format(
        lang=words.lang,
        dir=words["dir"],
        title=f"{one_line(frame.title)} – {words['title']}" if frame.title else name,
        header=_header(frame, memory, words),
        body=Markup("").join(parts),
    )


def _header(frame: Frame, memory: Memory, words: Texts) -> Markup:
    other = words.other
    return Markup(
        '<a class="skip" href="#stories">{skip}</a>\n<header>\n<h1><a href="{home}">{title}</a></h1>\n'
        '<p>{tagline}</p>\n<a href="{other_url}" lang="{other}" dir="{other_dir}" hreflang="{other}">'
        "{other_name}</a>\n</header>\n{sections}"
    ).format(
        skip=words["skip"], home=_home(frame.ui, "/"), title=words["title"], tagline=words["tagline"],
        other_url=frame.other_url, other=other, other_dir="rtl" if other == "ar" else "ltr",
        other_name=words["other_language"], sections=_sections(frame, memory, words),
    )  # fmt: skip


def _home(ui: str, path: str) -> str:
    return Query(ui=ui).url(path)


def _sections(frame: Frame, memory: Memory, words: Texts) -> Markup:
    told = _told(memory, words)
    items = Markup("").join(
        Markup('<li><a href="{}"{}><span>{}</span>{}</a></li>\n').format(
            _home(frame.ui, path),
            Markup(' aria-current="page"') if name == frame.section else "",
            words.of("sections", name),
            Markup(" <b>{}</b>").format(told[name]) if told.get(name) else "",
        )
        for name, path in SECTIONS.items()
    )
    return Markup('<nav class="sections" aria-label="{}"><ul>\n{}</ul></nav>\n').format(
        words["sections_label"], items
    )


def _told(memory: Memory, words: Texts) -> dict[str, str]:
    """Give what stands beside a section's name where it says something: alerts, faults, records behind."""
    faults = sum(not row.well for row in memory.feeds.rows(memory.now()))
    behind = sum(lag.records for lag in memory.watch.lags)
    return {
        "alerts": str(len(memory.alerts)) if len(memory.alerts) else "",
        "feeds": words["n_faults"].replace("{n}", str(faults)) if faults else "",
        "lag": str(behind) if behind else "",
    }


def live(frame: Frame, words: Texts) -> Markup:
    """Give the line that the script brings to life; hidden without it."""
    return Markup(
        '<div class="live" id="live" hidden data-stream="{stream}" data-every="{every}" data-fresh="{fresh}" '
        'data-lost="{lost}" data-pause="{pause}" data-paused="{paused}" data-resume="{resume}" '
        'data-updated="{updated}">\n'
        '<span class="dot" aria-hidden="true"></span> <span id="state" role="status">{live}</span>\n'
        '<button type="button" id="show" hidden></button>\n'
        '<button type="button" id="pause">{pause}</button>\n</div>\n'
    ).format(
        stream=frame.stream, every=frame.every, fresh=words["fresh"], lost=words["lost"],
        pause=words["pause"], paused=words["paused"], resume=words["resume"],
        updated=words["newest_update"], live=words["live"],
    )  # fmt: skip


def main(inner: Markup, position: str = "") -> Markup:
    """Give the page's own part, which the script exchanges when the reader asks for what is new."""
    return Markup('<main id="stories" data-position="{}" tabindex="-1">\n{}</main>\n').format(position, inner)


def note(text: str | Markup) -> Markup:
    """Give a remark of ours."""
    return Markup('<p class="note">{}</p>\n').format(text)


def choice(name: str, label: str, chosen: str, options: dict[str, str], anything: str) -> Markup:
    """Give a list to choose a filter's value from; one that is not in it now still is."""
    known = options if not chosen or chosen in options else {**options, chosen: chosen}
    items = Markup("").join(
        Markup('<option value="{}"{}>{}</option>').format(
            value, Markup(" selected") if value == chosen else "", one_line(shown)
        )
        for value, shown in {"": anything, **known}.items()
    )
    return Markup('<label>{} <select name="{}">{}</select></label>').format(label, name, items)


def hidden(name: str, value: str) -> Markup:
    """Give a filter that the form keeps without showing it."""
    return Markup('<input type="hidden" name="{}" value="{}">').format(name, value)
