"""A child ends with its parent, also when the parent was killed: the end of a pipe says so."""

import os
import signal
import threading
from collections.abc import Mapping

PARENT_FD = "MARSAD_PARENT_FD"
"""Names the descriptor of the pipe whose other end only the parent holds."""

GRACE_SECONDS = 15.0


def end_with_parent(environ: Mapping[str, str] = os.environ) -> None:
    """Where a parent supervises us, send ourselves SIGTERM as soon as it is gone."""
    descriptor = environ.get(PARENT_FD)
    if descriptor is not None:
        threading.Thread(target=_watch, args=(int(descriptor),), daemon=True, name="parent-watch").start()


def _watch(descriptor: int) -> None:
    while os.read(descriptor, 1):
        pass  # the parent never writes; only the end of the pipe means something
    os.kill(os.getpid(), signal.SIGTERM)
    # Whoever has not stopped by now is stuck; what it has not acknowledged comes again.
    threading.Event().wait(GRACE_SECONDS)
    os._exit(1)
