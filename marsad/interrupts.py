"""Ctrl-C and SIGTERM as an event to wait for: the orderly stop that every long command makes."""

import asyncio
import signal
import sys
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def stop_event() -> asyncio.Event:
    """Give an event that SIGINT, SIGTERM and SIGHUP set; call it in the running loop."""
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in SIGNALS:
        loop.add_signal_handler(number, stop.set)
    return stop


def end_on_signals() -> None:
    """End with exit code 0 at these signals, from now until `stop_event` takes them over.

    Between the two lie imports and questions to the broker: nothing that has to be put in order.
    """
    for number in SIGNALS:
        signal.signal(number, _end)


def _end(_number: int, _frame: FrameType | None) -> None:
    sys.exit(0)


def end_if_cancelled() -> None:
    """Raise `CancelledError` where this task was cancelled and a library kept it to itself.

    aiokafka's `stop` and `close` do: they wait for tasks they cancelled, and take ours for theirs.
    """
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError
