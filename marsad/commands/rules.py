"""`marsad rules`: alert rules, from a file to the running workers."""

import asyncio
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from marsad.errors import Misuse
from marsad.options import Broker, Output, TopicPrefix, command, group
from marsad.output import Format, emit, say, write
from marsad.settings import Settings, load

if TYPE_CHECKING:
    from streams.alert import RuleFile

Files = Annotated[list[Path], typer.Argument(metavar="FILE...", help="rules files (YAML)")]
REFUSED = 3


def register(app: typer.Typer) -> None:
    """Add the group."""
    rules = group("Alert rules: check, try and apply them", "marsad rules lint rules.yaml")
    app.add_typer(rules, name="rules")
    _of_files(rules)
    _of_the_log(rules)
    _of_the_topic(rules)


def _of_files(rules: typer.Typer) -> None:
    @command(rules, "lint", "marsad rules lint rules.yaml")
    def lint(files: Files, output: Output = None) -> int:
        """Check rules files: one line for each fault on stdout, with FILE:LINE:COLUMN.

        Exit code 3 where anything is an error; warnings alone are none. docs/alerts.md tells of every key.
        """
        found = _read(files)
        rows = [
            {"file": str(path), "line": fault.place.line, "column": fault.place.column, "kind": fault.kind,
             "message": fault.message}
            for path, one in found.items() for fault in one.faults
        ]  # fmt: skip
        if output is None:
            for row in rows:
                write(_clean("{file}:{line}:{column}: {kind}: {message}".format(**row)))
        else:
            emit(rows, output)
        errors = sum(row["kind"] == "error" for row in rows)
        good = sum(len(one.rules) for one in found.values())
        say(f"{good} rules are good, {errors} errors, {len(rows) - errors} warnings")
        return REFUSED if errors else 0

    @command(rules, "test", "marsad rules test rules.yaml")
    def test(files: Files) -> int:
        """Run the test cases that stand in the files, through the same stages as on Kafka.

        Exit code 0 where all pass, 1 where one fails, 3 where a file has errors.
        """
        from marsad.alerting import run_case  # noqa: PLC0415  (the stages; not for --help)

        found = _read(files)
        if _told(found):
            return REFUSED
        failed = passed = 0
        for path, one in found.items():
            for case in one.cases:
                told = run_case(case, one.rules)
                failed, passed = failed + bool(told.wrong), passed + (not told.wrong)
                write(_clean(f"{'FAILED' if told.wrong else 'passed'}  {case.name}"))
                for place, words in told.wrong:
                    write(_clean(f"  {path}:{place.line}:{place.column}: {words}"))
        say(f"{passed} passed, {failed} failed" if passed + failed else "no test cases: add `tests:`")
        return 1 if failed else 0


def _of_the_log(rules: typer.Typer) -> None:
    @command(
        rules, "backtest",
        "marsad rules backtest rules.yaml --broker 127.0.0.1:9092 --since 24h",
        "marsad rules backtest rules.yaml --events enriched.jsonl",
    )  # fmt: skip
    def backtest(
        files: Files,
        since: Annotated[
            str | None, typer.Option(metavar="T", help="2026-11-21T08:00:00Z, or 90m, 24h, 7d ago")
        ] = None,
        events: Annotated[
            Path | None, typer.Option("--events", metavar="FILE", help="enriched events as JSON lines")
        ] = None,
        broker: Broker = None,
        topic_prefix: TopicPrefix = None,
        output: Output = None,
    ) -> int:
        """Show what the rules would have done with the enriched events there are; sends nothing.

        Alerts as JSON lines (or a table) on stdout, the counts of each rule on stderr. --since goes by when
        an article was fetched.
        """
        found = _read(files)
        if _told(found):
            return REFUSED
        settings = load({"broker": broker, "topic_prefix": topic_prefix})
        if events is None and settings.broker is None:
            raise Misuse("no events to look at: give --broker HOST:PORT or --events FILE")
        return asyncio.run(_backtest(settings, found, since, events, output))


def _of_the_topic(rules: typer.Typer) -> None:
    @command(rules, "apply", "marsad rules apply rules.yaml --broker 127.0.0.1:9092")
    def apply(
        files: Files,
        since: Annotated[
            str,
            typer.Option(
                metavar="now|begin", help="new rules look at articles from now on, or all there are"
            ),
        ] = "now",
        prune: Annotated[
            bool, typer.Option("--prune", help="remove the rules that stand in no FILE")
        ] = False,
        broker: Broker = None,
        topic_prefix: TopicPrefix = None,
    ) -> int:
        """Put rules into force: the workers take them within a second, without a restart.

        Nothing is applied where a file has errors. A rule that is there already and is changed goes on from
        where it is. --since begin lets new rules look at every article the log still holds, and page for it.
        """
        if since not in ("now", "begin"):
            raise Misuse("--since is now or begin")
        found = _read(files)
        if _told(found):
            return REFUSED
        settings = load({"broker": broker, "topic_prefix": topic_prefix})
        return asyncio.run(_apply(settings, found, since, prune))

    @command(rules, "list", "marsad rules list --broker 127.0.0.1:9092")
    def list_(broker: Broker = None, topic_prefix: TopicPrefix = None, output: Output = None) -> None:
        """Show the rules in force."""
        settings = load({"broker": broker, "topic_prefix": topic_prefix})
        emit(asyncio.run(_list(settings)), output)

    @command(rules, "remove", "marsad rules remove mosul-blast --broker 127.0.0.1:9092")
    def remove(
        ids: Annotated[list[str], typer.Argument(metavar="ID...", help="as `rules list` has them")],
        broker: Broker = None,
        topic_prefix: TopicPrefix = None,
    ) -> int:
        """Take rules out of force."""
        settings = load({"broker": broker, "topic_prefix": topic_prefix})
        return asyncio.run(_remove(settings, ids))


def _clean(line: str) -> str:
    from marsad.terminal import clean  # noqa: PLC0415

    return clean(line)


def _read(files: list[Path]) -> "dict[Path, RuleFile]":
    from marsad.alerting import read_file, same_id_twice  # noqa: PLC0415

    found = {path: read_file(path) for path in files}
    twice = list(same_id_twice(found))
    if twice:
        raise Misuse("; ".join(twice))
    return found


def _told(found: "dict[Path, RuleFile]") -> bool:
    """Name every error on stderr; tell whether there is one."""
    for path, one in found.items():
        for fault in one.errors:
            say(f"{path}:{fault}")
    return any(one.errors for one in found.values())


async def _backtest(
    settings: Settings,
    found: "dict[Path, RuleFile]",
    since: str | None,
    events: Path | None,
    output: Format | None,
) -> int:
    from marsad.backtest import backtest, instant  # noqa: PLC0415

    rules = [rule for one in found.values() for rule in one.rules]
    told = await backtest(settings, rules, instant(since) if since else None, events)
    if output is Format.TABLE or (output is None and sys.stdout.isatty()):
        emit(map(_alert_row, told.alerts), output)
    else:
        emit(told.alerts, Format.JSON)
    for line in told.lines:
        say(line)
    return REFUSED if told.refused else 0


def _alert_row(alert: dict[str, Any]) -> dict[str, Any]:
    return {
        name: alert[name] for name in ("occurred_at", "severity", "rule_id", "reason", "source_id", "title")
    }


async def _apply(settings: Settings, found: "dict[Path, RuleFile]", since: str, prune: bool) -> int:
    from marsad.rulestopic import apply  # noqa: PLC0415

    rules = [rule for one in found.values() for rule in one.rules]
    changes = await apply(settings, rules, since, prune)
    for line in changes:
        write(line)
    say(f"{len(changes)} changes; {len(rules)} rules in the files")
    return 0


async def _list(settings: Settings) -> list[dict[str, Any]]:
    from marsad.rulestopic import in_force  # noqa: PLC0415

    return [
        {"rule_id": rule.rule_id, "severity": rule.severity, "query": rule.query, "version": rule.version,
         "applied_at": rule.applied_at, "name": rule.name}
        for rule in (await in_force(settings)).values()
    ]  # fmt: skip


async def _remove(settings: Settings, ids: list[str]) -> int:
    from marsad.rulestopic import remove  # noqa: PLC0415

    unknown = await remove(settings, ids)
    for one in unknown:
        say(f"{one}: no such rule is in force")
    return REFUSED if unknown else 0
