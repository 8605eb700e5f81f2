"""What workers log: one event a line on stderr, for a person on a terminal, as JSON for everybody else.

Every part logs by the standard library; structlog makes the line. Ids go in as fields (`extra={"article_id":
…}`), so that one article can be followed through all stages. Arabic stays unescaped, secrets never show,
and a line that repeats is shown a few times and counted.
"""

import logging
import re
import sys
from collections.abc import Callable, Iterable, Mapping, MutableMapping
from typing import Any, TypeAlias

import orjson
import structlog

from marsad.settings import FIELDS, HIDDEN, Settings
from marsad.terminal import clean

QUIET = ("aiokafka", "faust", "mode", "streams.engine.faustfix", "asyncio")

NORMAL = "Group Coordinator Request failed"
"""A new cluster makes its offsets topic when the first group asks, and says so until it is there."""

BURST = 5
BURST_SECONDS = 10.0
SHORTEST_SECRET = 4
"""A shorter secret is not masked: it would black out half of every line, and is guessed at once anyhow."""

_PASSWORD = re.compile(r"(?<=://)[^/\s@]*(?=@)")

Event: TypeAlias = MutableMapping[str, Any]
Processor: TypeAlias = Callable[[Any, str, Event], Any]


class RepeatFilter(logging.Filter):
    """Lets `BURST` lines of one kind through each `BURST_SECONDS`, then says how many it held back.

    A kind is logger and message template: without this a broker's restart of 20 s made 97,000 lines.
    """

    def __init__(self) -> None:
        super().__init__()
        self._seen: dict[tuple[str, str], tuple[float, int]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Tell whether `record` is shown; times are the records' own."""
        kind = (record.name, str(record.msg))
        if kind[1].startswith(NORMAL):
            return False
        since, count = self._seen.get(kind, (record.created, 0))
        if record.created - since > BURST_SECONDS:
            if count > BURST:
                record.msg, record.args = f"{record.getMessage()} (and {count - BURST} more like it)", None
            since, count = record.created, 0
        self._seen[kind] = (since, count + 1)
        return count < BURST


def to_stderr(settings: Settings | None = None) -> None:
    """Send our log lines to stderr, as `log_format` and `log_level` say; idempotent."""
    settings = settings or Settings()
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter(settings, sys.stderr.isatty()))
    handler.addFilter(RepeatFilter())
    logging.basicConfig(level=settings.log_level.upper(), handlers=[handler], force=True)
    for name in QUIET:
        # At DEBUG these cost a tenth of the time and say nothing to an operator.
        logging.getLogger(name).setLevel(logging.WARNING)
    # Rebalances and elections are told as warnings, and heal by themselves.
    logging.getLogger("aiokafka.consumer.group_coordinator").setLevel(logging.ERROR)


def formatter(settings: Settings, on_terminal: bool) -> logging.Formatter:
    """Give what makes a line of a log record: JSON unless asked for otherwise, or on a terminal."""
    for_person = on_terminal if settings.log_format == "auto" else settings.log_format == "console"
    shared: list[Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
        structlog.stdlib.ExtraAdder(),
        structlog.processors.format_exc_info,
        _harmless(_secrets(settings)),
    ]
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            _console() if for_person else _json,
        ],
    )


def _console() -> Processor:
    return structlog.dev.ConsoleRenderer(
        exception_formatter=structlog.dev.plain_traceback, timestamp_key="time", pad_event_to=0
    )


def _json(_: Any, __: str, event: Event) -> str:
    first = {name: event.pop(name, None) for name in ("time", "level", "logger", "event")}
    return orjson.dumps({**first, **event}, default=str, option=orjson.OPT_NON_STR_KEYS).decode()


def _secrets(settings: Settings) -> frozenset[str]:
    values = (getattr(settings, name) for name, one in FIELDS.items() if one.metadata["secret"])
    return frozenset(value for value in values if value and len(value) >= SHORTEST_SECRET)


def _harmless(secrets: Iterable[str]) -> Processor:
    """Take out what must not reach a terminal or a log file: secrets, passwords in addresses, controls."""

    def masked(text: str) -> str:
        for secret in secrets:
            text = text.replace(secret, HIDDEN)
        return _PASSWORD.sub(HIDDEN, text)

    def one(value: Any) -> Any:
        if isinstance(value, str):
            return "\n".join(_indented(line) for line in masked(value).splitlines())
        if isinstance(value, Mapping):
            return {str(name): one(part) for name, part in value.items()}
        return [one(part) for part in value] if isinstance(value, list | tuple | set) else value

    def process(_: Any, __: str, event: Event) -> Event:
        # `_record` and the like are structlog's own.
        changed = {name: one(value) for name, value in event.items() if not name.startswith("_")}
        changed["event"] = clean(str(changed.get("event", "")))
        event.update(changed)
        return event

    return process


def _indented(line: str) -> str:
    """Give a line without control and bidi characters; the indent of a trace stays."""
    return line[: len(line) - len(line.lstrip(" "))] + clean(line)
