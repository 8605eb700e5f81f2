"""The one exception that means "this record will never fit": it goes to the dead letters."""

from typing import Literal, get_args

Reason = Literal[
    "empty",  # null or zero bytes
    "not_json",  # the bytes are no JSON text (RFC 8259; NaN and lone surrogates are none)
    "not_object",  # JSON, but no object at the top
    "missing_source_id",
    "missing_fetched_at",
    "missing_identity",  # neither `url` nor `item_id`
    "wrong_type",  # a known field holds another type than its schema says
    "bad_time",  # a time that names no instant (RFC 3339)
    "too_large",  # the record, or what it became, is over the topic's size
    "undeliverable",  # a receiver of alerts refuses it, or did not take it in all the time it had
    "too_old",  # an alert that nobody wants to be woken for any more
    "too_slow",  # one stage took longer than its hard limit for one event
]

MAX_MESSAGE = 500

REASONS: tuple[Reason, ...] = get_args(Reason)


class Rejected(Exception):
    """A record that does not fit, with a reason out of the closed set `REASONS`.

    Anything else that is raised while a record is handled is a bug or a broken machine and stops
    the worker; only this goes to the dead letters.
    """

    def __init__(self, reason: Reason, message: str = "") -> None:
        # Messages go into headers and log lines, and may quote what somebody else wrote.
        message = message if len(message) <= MAX_MESSAGE else message[:MAX_MESSAGE] + "…"
        super().__init__(f"{reason}: {message}" if message else reason)
        self.reason: Reason = reason
        self.message = message
