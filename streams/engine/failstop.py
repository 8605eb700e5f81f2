"""Fail-stop: a worker that is not sure any more ends at once, without any shutdown code.

Faust's orderly crash acknowledges and commits events that are still in flight (guide/FAUST.md 2.5), so
nothing of it may run. What was not acknowledged comes again to the next worker.
"""

import logging
import os
import sys
from typing import NoReturn

log = logging.getLogger("marsad.engine")

EXIT_CODE = 70
"""EX_SOFTWARE of sysexits.h; the supervisor restarts the stage with a back-off."""


def fail_stop(where: str, error: BaseException) -> NoReturn:
    """Say why in one line, then end this process without unwinding."""
    try:
        log.critical("stopping at once: %s: %s: %s", where, type(error).__name__, error, exc_info=error)
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
    finally:
        os._exit(EXIT_CODE)


def end_now(why: str) -> NoReturn:
    """End this process in peace, but without unwinding either: what is not acknowledged comes again."""
    log.info("%s", why)
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    os._exit(0)
