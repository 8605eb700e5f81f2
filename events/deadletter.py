"""What became of a dead letter: a note beside it, because a log's record cannot be taken out."""

from typing import Literal

from events.article import SCHEMA_VERSION, Value

Action = Literal["replayed", "dropped"]


class HandledLetter(Value, frozen=True, kw_only=True):
    """A dead letter that somebody has dealt with, key `position` (`TOPIC/PARTITION/OFFSET` of the letter).

    `sent_to` is where a replayed record stands now, null for a dropped one.
    """

    schema_version: int = SCHEMA_VERSION
    position: str
    action: Action
    handled_at: str
    sent_to: str | None = None
