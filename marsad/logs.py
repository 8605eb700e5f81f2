"""What workers log: one line an event on stderr, Arabic unescaped; clients only when something is wrong."""

import logging
import sys

QUIET = ("aiokafka", "faust", "mode", "streams.engine.faustfix", "asyncio")

NORMAL = "Group Coordinator Request failed"
"""A new cluster makes its offsets topic when the first group asks, and says so until it is there."""

BURST = 5
BURST_SECONDS = 10.0


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


def to_stderr(level: str = "INFO") -> None:
    """Send our log lines to stderr with time, level and part; idempotent."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        logging.Formatter("{asctime} {levelname} {name}: {message}", "%Y-%m-%dT%H:%M:%S", style="{")
    )
    handler.addFilter(RepeatFilter())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name in QUIET:
        # At DEBUG these cost a tenth of the time and say nothing to an operator.
        logging.getLogger(name).setLevel(logging.WARNING)
    # Rebalances and elections are told as warnings, and heal by themselves.
    logging.getLogger("aiokafka.consumer.group_coordinator").setLevel(logging.ERROR)
