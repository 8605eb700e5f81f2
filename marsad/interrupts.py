"""Ctrl-C and SIGTERM as an event to wait for: the orderly stop that every long command makes."""

import asyncio
import signal


def stop_event() -> asyncio.Event:
    """Give an event that SIGINT, SIGTERM and SIGHUP set; call it in the running loop."""
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, stop.set)
    return stop
