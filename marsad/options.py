"""What the commands share: options that mean the same everywhere, and help that leads with an example."""

import inspect
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from marsad.output import Format

Broker = Annotated[
    str | None, typer.Option("--broker", metavar="HOST:PORT[,HOST:PORT]", help="Kafka (MARSAD_BROKER)")
]
Data = Annotated[Path | None, typer.Option("--data", metavar="DIR", help="data directory (MARSAD_DATA)")]
TopicPrefix = Annotated[
    str | None,
    typer.Option("--topic-prefix", metavar="TEXT", help="beginning of topic names (MARSAD_TOPIC_PREFIX)"),
]
Partitions = Annotated[
    int | None,
    typer.Option("--partitions", metavar="N", help="partitions of new topics (MARSAD_PARTITIONS)"),
]
Replication = Annotated[
    int | None, typer.Option("--replication", metavar="N", help="copies of new topics (MARSAD_REPLICATION)")
]
HealthPort = Annotated[
    int | None,
    typer.Option(
        "--health-port",
        metavar="P",
        help="serve /livez, /readyz, /metrics, /version there; 0 takes a free port (MARSAD_HEALTH_PORT)",
    ),
]
HealthHost = Annotated[
    str | None,
    typer.Option("--health-host", metavar="HOST", help="address of the health port (MARSAD_HEALTH_HOST)"),
]
Output = Annotated[
    Format | None, typer.Option("-o", "--output", help="json: an object a line; table: for people")
]


class Stage(StrEnum):
    """One stage of the way, or all of them."""

    NORMALIZE = "normalize"
    DEDUPE = "dedupe"
    TAG = "tag"
    ALL = "all"


class WorkerStage(StrEnum):
    """What a worker can run."""

    NORMALIZE = "normalize"
    DEDUPE = "dedupe"
    TAG = "tag"
    ALERT = "alert"
    ALL = "all"


def command(
    app: typer.Typer, name: str, *examples: str
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register a function as a command whose help begins with these examples, then its docstring."""

    def register(function: Callable[..., Any]) -> Callable[..., Any]:
        about = inspect.cleandoc(function.__doc__ or "")
        short = about.partition("\n")[0].rstrip(".")
        app.command(name, help=_with_examples(about, examples), short_help=short)(function)
        return function

    return register


def _with_examples(about: str, examples: tuple[str, ...]) -> str:
    # \b keeps the lines of a paragraph as they are (Click's convention, which Typer kept).
    return "\b\nExample:\n" + "\n".join(f"  {one}" for one in examples) + f"\n\n{about}"


def group(about: str, *examples: str) -> typer.Typer:
    """Make a group of commands, as in `marsad topics list`; its help begins with the examples too."""
    return typer.Typer(
        help=_with_examples(about, examples), short_help=about, no_args_is_help=True, rich_markup_mode=None
    )
