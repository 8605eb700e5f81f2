"""The pages beside the stories: alerts, health of the feeds, lag of the stages."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import get_args

from markupsafe import Markup, escape

from events.alert import Alert
from events.feed import FeedStatus
from events.times import wire_time
from marsad.lag import Lag
from marsad.web.alerts import SEVERITIES, AlertQuery
from marsad.web.feeds import FeedRow
from marsad.web.marks import clean, isolated, link, moment
from marsad.web.memory import Memory
from marsad.web.query import Query, address, values
from marsad.web.shell import Frame, choice, document, hidden, live, main, note
from marsad.web.sse import position_text
from marsad.web.texts import Texts
from marsad.web.tolls import toll

MAX_SHOWN = 300
"""Feeds on one page; the others are counted, and a filter finds them."""
EVERY = 20
"""Seconds after which the script loads feeds and lag again."""
NOTHING = Markup("")
STATUSES: tuple[str, ...] = get_args(FeedStatus)


@dataclass(frozen=True, slots=True)
class FeedQuery:
    """The filters of the feeds' page: words in name or address, and the status."""

    q: str = ""
    status: str = ""
    ui: str = ""

    @classmethod
    def of(cls, parameters: Mapping[str, str]) -> "FeedQuery":
        """Read URL parameters."""
        return cls(**values(parameters, "q", "status", "ui"))

    def url(self, ui: str) -> str:
        """Give the address of this query in an interface language."""
        return address("/feeds", q=self.q, status=self.status, ui=ui)

    def rows(self, rows: Iterable[FeedRow]) -> list[FeedRow]:
        """Give the feeds that are asked for."""
        words = self.q.casefold().split()
        return [
            row
            for row in rows
            if self.status in ("", row.feed.status)
            and all(word in f"{row.feed.source_name} {row.feed.feed_url}".casefold() for word in words)
        ]


def alerts_page(memory: Memory, query: AlertQuery, words: Texts) -> str:
    """Give the alerts that `query` asks for, newest first."""
    frame = Frame("alerts", query.url(ui=words.other), query.ui, words.of("sections", "alerts"),
                  query.url("/events/alerts"))  # fmt: skip
    shown = list(memory.alerts.newest(query))
    inner = _heading(frame) + (alert_items(shown, query, words) if shown else note(words["no_alerts"]))
    body = main(inner + _api("/api/alerts", words), position_text(memory.alerts.position))
    return document(frame, memory, words, (_alert_filters(memory, query, words), live(frame, words), body))


def _alert_filters(memory: Memory, query: AlertQuery, words: Texts) -> Markup:
    severities = {one: words.of("severities", one) for one in SEVERITIES}
    fields = (
        choice("severity", words["severity"], query.severity, severities, words["any"]),
        choice("rule", words["rule"], query.rule, memory.alerts.rules(), words["any"]),
    )
    return _form("/alerts", fields, query.ui, query.filtered, words)


def _form(path: str, fields: Sequence[Markup], ui: str, filtered: bool, words: Texts) -> Markup:
    clear = Markup(' <a href="{}">{}</a>').format(Query(ui=ui).url(path), words["clear"])
    kept = hidden("ui", ui) if ui else NOTHING
    return Markup(
        '<form class="filters" role="search" method="get" action="{}">\n{}{}\n'
        '<button type="submit">{}</button>{}\n</form>\n'
    ).format(path, Markup("\n").join(fields), kept, words["show"], clear if filtered else "")


def alert_items(alerts: Iterable[Alert], query: AlertQuery, words: Texts, *, brief: bool = False) -> Markup:
    """Give alerts as a list: how urgent, which rule, why, about which story; unless brief with its labels."""
    return Markup('<ul class="alerts">\n{}</ul>\n').format(
        Markup("").join(_alert(one, query, words, brief) for one in alerts)
    )


def _alert(alert: Alert, query: AlertQuery, words: Texts, brief: bool) -> Markup:
    story = Query(ui=query.ui).url(Query(story=alert.story_id).story_path)
    parts = [
        Markup('<span class="badge {}">{}</span>').format(
            alert.severity, words.of("severities", alert.severity)
        ),
        Markup('<a href="{}">{}</a>').format(query.url(rule=alert.rule_id), isolated(alert.rule_name)),
        Markup("{}").format(words.of("reasons", alert.reason)),
        moment(alert.occurred_at),
        isolated(alert.source_name or alert.source_id),
    ]
    title = isolated(alert.title or words["untitled"], alert.lang)
    return Markup(
        '<li class="story">\n<p class="meta">{meta}</p>\n<p class="title"><a href="{story}">{title}</a></p>\n'
        "{rest}</li>\n"
    ).format(
        meta=Markup(" · ").join(parts), story=story, title=title,
        rest=NOTHING if brief else _alert_details(alert, words),
    )  # fmt: skip


def _alert_details(alert: Alert, words: Texts) -> Markup:
    held = alert.deliver_after and Markup("<p>{} {}</p>\n").format(words["held"], moment(alert.deliver_after))
    told = toll(words["casualties"], alert.casualties, words) if alert.casualties else NOTHING
    return told + (held or NOTHING) + _pairs("labels", alert, words) + _pairs("annotations", alert, words)


def _pairs(name: str, alert: Alert, words: Texts) -> Markup:
    pairs = alert.labels if name == "labels" else alert.annotations
    if not pairs:
        return NOTHING
    items = Markup("").join(
        Markup("<dt>{}</dt><dd>{}</dd>").format(isolated(pair.name), isolated(pair.value)) for pair in pairs
    )
    return Markup('<dl aria-label="{}" class="pairs">{}</dl>\n').format(words[name], items)


def feeds_page(memory: Memory, query: FeedQuery, words: Texts) -> str:
    """Give the feeds: those with a fault first, each saying what is wrong, since when, and its next try."""
    frame = Frame(
        "feeds", query.url(words.other), query.ui, words.of("sections", "feeds"), every=EVERY
    )  # fmt: skip
    all_rows = memory.feeds.rows(memory.now())
    rows = query.rows(all_rows)
    inner = _heading(frame) + _feed_counts(all_rows, words) + _feed_rows(rows, words)
    body = main(inner + _api("/api/feeds", words))
    return document(frame, memory, words, (_feed_filters(query, words), live(frame, words), body))


def _feed_filters(query: FeedQuery, words: Texts) -> Markup:
    search = Markup(
        '<label>{} <input type="search" name="q" value="{}" maxlength="200" dir="auto"></label>'
    ).format(words["search"], query.q)
    statuses = {one: words.of("statuses", one) for one in STATUSES}
    chosen = choice("status", words["status"], query.status, statuses, words["any"])
    return _form("/feeds", (search, chosen), query.ui, bool(query.q or query.status), words)


def _feed_counts(rows: Sequence[FeedRow], words: Texts) -> Markup:
    faults = sum(not row.well for row in rows)
    return Markup('<p class="counts">{}: <b>{}</b> · {}: <b>{}</b></p>\n').format(
        words["feeds_total"], len(rows), words["feeds_faulty"], faults
    )


def _feed_rows(rows: Sequence[FeedRow], words: Texts) -> Markup:
    if not rows:
        return note(words["no_feeds"])
    items = Markup("").join(_feed(row, words) for row in rows[:MAX_SHOWN])
    more = len(rows) - MAX_SHOWN
    left = note(words["n_more"].replace("{n}", str(more))) if more > 0 else NOTHING
    return Markup('<ul class="feeds">\n{}</ul>\n{}').format(items, left)


def _feed(row: FeedRow, words: Texts) -> Markup:
    feed, said = row.feed, row.said
    name = isolated(feed.source_name or feed.source_id)
    wrong = Markup('<p class="wrong">{}</p>\n').format(_wrong(row, words))
    times = (
        ("since", moment(said.since) if said.since else NOTHING),
        ("next_try", _next_try(row, words)),
        ("last_new", moment(feed.last_new_at) if feed.last_new_at else NOTHING),
        ("address", link(feed.feed_url, isolated(feed.feed_url, "", "ltr"))),
    )
    told = Markup("").join(
        Markup("<dt>{}</dt><dd>{}</dd>").format(words[key], one) for key, one in times if one
    )
    return Markup(
        '<li class="story feed {state}">\n'
        '<p class="title"><span class="badge {status}">{word}</span> {name}</p>\n'
        '{wrong}<dl class="pairs">{told}</dl>\n</li>\n'
    ).format(
        state="well" if row.well else "faulty", status=feed.status, name=name, told=told,
        word=words.of("statuses", feed.status), wrong=NOTHING if row.well else wrong,
    )  # fmt: skip


def _wrong(row: FeedRow, words: Texts) -> Markup:
    """Say what is wrong: in the words of `marsad feeds list`, or ours around what the server said."""
    feed, fault = row.feed, row.said.fault
    quoted = feed.moved_to if fault == "moved" else feed.last_error
    return escape(words.of("faults", fault)).format(
        wrong=isolated(row.said.wrong, "en", "ltr"),
        told=isolated(quoted, "en", "ltr"),
        times=words["times_in_a_row"].replace("{n}", str(feed.errors)) if feed.errors > 1 else "",
    )


def _next_try(row: FeedRow, words: Texts) -> Markup:
    if row.feed.status != "gone" and row.feed.next_poll_at:
        return moment(row.feed.next_poll_at)
    return Markup("{}").format(words["never" if row.feed.status == "gone" else "taken_up"])


def lag_page(memory: Memory, ui: str, words: Texts) -> str:
    """Give how far behind each stage is, in records and in seconds, as measured last."""
    ui = Query.of({"ui": ui}).ui
    other = Query(ui=words.other).url("/lag")
    frame = Frame("lag", other, ui, words.of("sections", "lag"), every=EVERY)
    watch = memory.watch
    told = _lag_table(watch.lags, words) if watch.lags else note(words["no_lag"])
    when = Markup('<p class="meta">{} {}</p>\n').format(
        words["measured_at"], moment(wire_time(watch.measured_at))
    ) if watch.measured_at else NOTHING  # fmt: skip
    old = note(words["lag_old"]) if watch.lags and watch.stale else NOTHING
    body = main(_heading(frame) + old + told + when + _api("/api/lag", words))
    return document(frame, memory, words, (live(frame, words), body))


def _lag_table(lags: Iterable[Lag], words: Texts) -> Markup:
    names = ("stage", "records_behind", "seconds_behind", "reads")
    head = Markup("").join(Markup('<th scope="col">{}</th>').format(words[name]) for name in names)
    rows = Markup("").join(
        Markup('<tr><th scope="row">{}</th><td>{}</td><td>{}</td><td>{}</td></tr>\n').format(
            clean(words.of("stages", lag.stage)), lag.records, lag.seconds,
            Markup(" ").join(isolated(name, "", "ltr") for name in lag.topic.split(",")),
        )
        for lag in lags
    )  # fmt: skip
    return Markup(
        '<table>\n<caption>{}</caption>\n<thead><tr>{}</tr></thead>\n<tbody>\n{}</tbody>\n</table>\n'
    ).format(words["lag_caption"], head, rows)  # fmt: skip


def _heading(frame: Frame) -> Markup:
    return Markup("<h2>{}</h2>\n").format(frame.title)


def _api(path: str, words: Texts) -> Markup:
    return Markup('<nav aria-label="{}"><a href="{}">{}</a></nav>\n').format(
        words["pages"], path, words["api"]
    )
