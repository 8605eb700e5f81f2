"""Which dead letters a command is about, as typed: the options that `dlt list`, `replay` and `drop` share."""

import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Any

import typer

from marsad.errors import Misuse

Positions = Annotated[
    list[str] | None, typer.Argument(metavar="[TOPIC/PARTITION/OFFSET]...", help="as `dlt list` has them")
]
Reasons = Annotated[
    list[str] | None, typer.Option("--reason", metavar="REASON", help="only with this reason")
]
Stages = Annotated[list[str] | None, typer.Option("--stage", metavar="STAGE", help="only of this stage")]
Keys = Annotated[list[str] | None, typer.Option("--key", metavar="KEY", help="only with this key")]
Since = Annotated[
    str | None, typer.Option("--since", metavar="T", help="from 2h, 3d ago, or an RFC 3339 time")
]
Until = Annotated[str | None, typer.Option("--until", metavar="T", help="before that time")]
Topics = Annotated[
    list[str] | None,
    typer.Option("--topic", metavar="TOPIC", help="another dead-letter topic, also Connect's or Spring's"),
]


@dataclass(frozen=True, slots=True)
class Choice:
    """Which letters were asked for, as typed."""

    positions: list[str] | None = None
    reasons: list[str] | None = None
    stages: list[str] | None = None
    keys: list[str] | None = None
    since: str | None = None
    until: str | None = None

    def wanted(self) -> Any:
        """Give it in values; raises Misuse."""
        from marsad.deadletters import Wanted  # noqa: PLC0415  (aiokafka; not for --help)
        from marsad.moments import moment_ms  # noqa: PLC0415

        for position in self.positions or ():
            if not _is_position(position):
                raise Misuse(f"dlt: {position!r} is no TOPIC/PARTITION/OFFSET")
        _known_reasons(self.reasons or ())
        now_ms = int(time.time() * 1000)
        return Wanted(
            frozenset(self.positions or ()),
            frozenset(self.reasons or ()),
            frozenset(self.stages or ()),
            frozenset(self.keys or ()),
            moment_ms(self.since, now_ms, "--since") if self.since is not None else None,
            moment_ms(self.until, now_ms, "--until") if self.until is not None else None,
        )


def _known_reasons(reasons: Iterable[str]) -> None:
    """Refuse a mistyped reason; those of Connect and Spring are class names, with a dot."""
    from events.rejected import REASONS  # noqa: PLC0415

    for reason in reasons:
        if reason not in REASONS and "." not in reason:
            raise Misuse(f"--reason: {reason!r} is none of {', '.join(REASONS)}")


def _is_position(text: str) -> bool:
    topic, _, numbers = text.partition("/")
    return bool(topic) and numbers.count("/") == 1 and all(n.isdigit() for n in numbers.split("/"))
