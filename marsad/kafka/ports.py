"""Ports on the loopback interface: is this one free, and a free one that stays free."""

import errno
import random
import socket
from collections.abc import Iterable

from marsad.errors import Failure

HOST = "127.0.0.1"
FREE_RANGE = range(15000, 32000)
"""Below the ephemeral ports of Linux (32768) and macOS (49152). A client that keeps dialling a dead local
port in the
ephemeral range ends up connected to itself, and then holds the port its broker wants to come back to."""


def is_free(port: int) -> bool:
    """Tell whether a server could listen on this port now."""
    with socket.socket() as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as Java does: TIME_WAIT does not count
        try:
            trial.bind((HOST, port))
            trial.listen(1)
        except OSError as error:
            if error.errno == errno.EACCES:
                raise Failure(
                    f"port {port} is reserved to root on this machine; choose one above 1023"
                ) from error
            return False
        return True


def free_port(taken: Iterable[int] = ()) -> int:
    """Give a free port that is not among those already given out."""
    refused = set(taken)
    for _ in range(1000):
        port = random.choice(FREE_RANGE)  # noqa: S311  (spread, not secrecy)
        if port not in refused and is_free(port):
            return port
    raise Failure(f"no free port on {HOST} between {FREE_RANGE.start} and {FREE_RANGE.stop}")


def claim(port: int) -> int:
    """Give back the port where it is free. Raises Failure that names it and the fix where it is taken."""
    if not is_free(port):
        raise Failure(
            f"port {port} on {HOST} is taken by another program. Choose another one (--port), leave --port "
            f"out to have a free one chosen, or stop what holds it (lsof -iTCP:{port} -sTCP:LISTEN shows "
            "it)."
        )
    return port
