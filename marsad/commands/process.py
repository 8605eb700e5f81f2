"""`marsad process`: raw articles through the same stages, in this process; no broker."""

import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from marsad.errors import Misuse
from marsad.options import Output, Stage, command
from marsad.output import Format, say, write

if TYPE_CHECKING:
    from connectors.archive import Line

REFUSED = 3
STDIN = Path("-")
"""As a FILE it stands for the standard input, beside others."""
LABEL = 10
"""Columns of the words that an account's lines begin with."""


def register(app: typer.Typer) -> None:
    """Add the command."""

    @command(
        app,
        "process",
        "marsad poll https://example.org/rss.xml | marsad process",
        "marsad process archive.jsonl.gz --stage normalize > clean.jsonl",
        "marsad process archive.jsonl.gz --stage normalize --explain | less",
    )
    def process(
        files: Annotated[
            list[Path] | None, typer.Argument(metavar="[FILE...]", help="JSON lines, .gz, .zst; else stdin")
        ] = None,
        stage: Annotated[Stage, typer.Option(help="up to and including this stage")] = Stage.ALL,
        explain: Annotated[
            bool,
            typer.Option("--explain", help="with --stage normalize: what was cut, folded, found and why"),
        ] = False,
        output: Output = None,
    ) -> int:
        """Take raw articles through the stages; print each event as soon as it is made, in input order.

        The same input gives the same bytes. Repeats are counted, not printed. A refused line is named on
        stderr and the others go on; the exit code is then 3.
        """
        if explain and stage is not Stage.NORMALIZE:
            raise Misuse("--explain tells what normalize did: add --stage normalize")
        lines = _lines(files or [])
        counts = _explain(lines) if explain else _process(lines, stage, output)
        say(", ".join(f"{count} {word}" for word, count in counts.items()) or "no records")
        return REFUSED if counts["refused"] else 0


def _lines(files: list[Path]) -> "Iterator[Line]":
    from connectors.archive import read_archive, read_stream  # noqa: PLC0415  (not for --help)

    if not files:
        yield from read_stream(sys.stdin.buffer)
    for file in files:
        yield from read_stream(sys.stdin.buffer) if file == STDIN else read_archive(file)


def _process(lines: "Iterator[Line]", stage: Stage, output: Format | None) -> Counter[str]:
    from events.rejected import Rejected  # noqa: PLC0415
    from marsad.engine import dedupe_settings  # noqa: PLC0415
    from marsad.rows import article_writer  # noqa: PLC0415
    from marsad.settings import load  # noqa: PLC0415
    from streams.local import Chain  # noqa: PLC0415

    show = article_writer(output)
    chain = Chain.up_to(stage.value, dedupe_settings(load()))
    counts: Counter[str] = Counter()
    for number, line in enumerate(lines):
        if line.article is None:
            say(str(line.refusal))
            counts["refused"] += 1
            continue
        try:
            made = chain.run(line.article, f"local/0/{number}")
        except Rejected as rejected:
            say(f"line {line.number}: {rejected}")
            counts["refused"] += 1
            continue
        counts[made.outcome] += 1
        if made.outcome != "repeat":
            show(made.data)
    return counts


def _explain(lines: "Iterator[Line]") -> Counter[str]:
    """Tell a person of each item what normalize did; one empty line parts two items."""
    from events.rejected import Rejected  # noqa: PLC0415
    from marsad.terminal import clean  # noqa: PLC0415
    from streams.normalize.explain import explain  # noqa: PLC0415

    counts: Counter[str] = Counter()
    for line in lines:
        refusal = str(line.refusal)
        try:
            account = list(explain(line.article)) if line.article else None
        except Rejected as rejected:
            account, refusal = None, f"line {line.number}: {rejected}"
        if account is None:
            say(refusal)
            counts["refused"] += 1
            continue
        if counts["explained"]:
            write("")
        for told in account:
            write(told[:LABEL] + clean(told[LABEL:]))
        counts["explained"] += 1
    return counts
