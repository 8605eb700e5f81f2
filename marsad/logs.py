"""What workers log: one line an event on stderr, Arabic unescaped; clients only when something is wrong."""

import logging
import sys

QUIET = ("aiokafka", "faust", "mode", "streams.engine.faustfix", "asyncio")


def to_stderr(level: str = "INFO") -> None:
    """Send our log lines to stderr with time, level and part; idempotent."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        logging.Formatter("{asctime} {levelname} {name}: {message}", "%Y-%m-%dT%H:%M:%S", style="{")
    )
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name in QUIET:
        # At DEBUG these cost a tenth of the time and say nothing to an operator.
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.getLogger("aiokafka").propagate = True
