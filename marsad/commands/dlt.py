"""`marsad dlt list|show|replay|drop`: what was refused, why, and what to do with it."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Annotated, Any, TypeVar

import typer

from marsad.choice import Choice, Keys, Positions, Reasons, Since, Stages, Topics, Until
from marsad.errors import Failure
from marsad.options import Broker, Output, TopicPrefix, command, group
from marsad.output import Format, emit, say, write_document
from marsad.settings import Settings, load

REFUSED = 3
RATE = 100.0
MAX_ATTEMPTS = 3
"""A record refused so often is not replayed unless asked: the loop of replay and refusal ends here."""

T = TypeVar("T")
Yes = Annotated[bool, typer.Option("--yes", help="do it; without it nothing is written")]


def register(app: typer.Typer) -> None:
    """Add the group."""
    dlt = group(
        "Dead letters: what was refused, and why", "marsad dlt list --broker 127.0.0.1:9092 --reason not_json"
    )
    app.add_typer(dlt, name="dlt")
    _reading(dlt)
    _working(dlt)


def _reading(dlt: typer.Typer) -> None:
    @command(dlt, "list", "marsad dlt list --broker 127.0.0.1:9092 --reason not_json --since 2h")
    def list_(
        broker: Broker = None,
        reason: Reasons = None,
        stage: Stages = None,
        key: Keys = None,
        since: Since = None,
        until: Until = None,
        topic: Topics = None,
        everything: Annotated[bool, typer.Option("--all", help="also those replayed or dropped")] = False,
        topic_prefix: TopicPrefix = None,
        output: Output = None,
    ) -> None:
        """List the dead letters of all topics, oldest first within a partition."""
        settings = load({"broker": broker, "topic_prefix": topic_prefix})
        choice = Choice(None, reason, stage, key, since, until)
        emit(_run(settings, _rows(settings, choice, topic, everything)), output)

    @command(dlt, "show", "marsad dlt show news.articles.raw.v1.dlt/3/17 --broker 127.0.0.1:9092")
    def show(
        position: Annotated[
            str, typer.Argument(metavar="TOPIC/PARTITION/OFFSET", help="as `dlt list` has it")
        ],
        broker: Broker = None,
        topic_prefix: TopicPrefix = None,
        output: Output = None,
    ) -> None:
        """Show one dead letter whole: key, headers, and the value as JSON, text or base64."""
        settings = load({"broker": broker, "topic_prefix": topic_prefix})
        write_document(_run(settings, _one(settings, position)), output)


def _working(dlt: typer.Typer) -> None:
    @command(
        dlt,
        "replay",
        "marsad dlt replay --reason too_slow --since 1d --broker 127.0.0.1:9092    # a dry run",
        "marsad dlt replay --reason too_slow --since 1d --broker 127.0.0.1:9092 --yes",
    )
    def replay(
        positions: Positions = None,
        broker: Broker = None,
        reason: Reasons = None,
        stage: Stages = None,
        key: Keys = None,
        since: Since = None,
        until: Until = None,
        topic: Topics = None,
        rate: Annotated[float, typer.Option("--rate", min=0.1, help="records a second at most")] = RATE,
        max_attempts: Annotated[
            int, typer.Option("--max-attempts", min=1, help="leave those refused so often")
        ] = MAX_ATTEMPTS,
        yes: Yes = False,
        topic_prefix: TopicPrefix = None,
        output: Output = None,
    ) -> int:
        """Give dead letters to their topics once more, byte for byte; a dry run without --yes.

        Each goes to the topic and partition it came from. What was replayed or dropped before is left out.
        Killed and called again, it goes on; what was given twice is a repeat, never a second article.
        """
        settings = load({"broker": broker, "topic_prefix": topic_prefix})
        choice = Choice(positions, reason, stage, key, since, until)
        work = _replay(settings, choice, topic, (rate, max_attempts), yes, output)
        return _run(settings, work)

    @command(
        dlt,
        "drop",
        "marsad dlt drop --reason not_json --until 7d --broker 127.0.0.1:9092    # a dry run",
        "marsad dlt drop --reason not_json --until 7d --broker 127.0.0.1:9092 --yes",
    )
    def drop(
        positions: Positions = None,
        broker: Broker = None,
        reason: Reasons = None,
        stage: Stages = None,
        key: Keys = None,
        since: Since = None,
        until: Until = None,
        topic: Topics = None,
        yes: Yes = False,
        topic_prefix: TopicPrefix = None,
        output: Output = None,
    ) -> int:
        """Note that dead letters need nobody any more; a dry run without --yes.

        They are neither listed nor replayed after that; their bytes stay until the topic's retention ends.
        """
        settings = load({"broker": broker, "topic_prefix": topic_prefix})
        choice = Choice(positions, reason, stage, key, since, until)
        return _run(settings, _drop(settings, choice, topic, yes, output))


def _run(settings: Settings, work: Coroutine[Any, Any, T]) -> T:
    """Run it; what Kafka says against it in words."""
    from aiokafka.errors import KafkaError  # noqa: PLC0415

    from marsad.connection import client_options  # noqa: PLC0415
    from marsad.topics import unreachable  # noqa: PLC0415

    try:
        return asyncio.run(work)
    except LookupError as error:
        raise Failure(str(error)) from error
    except KafkaError as error:
        raise unreachable(client_options(settings), error) from error


def _cluster(settings: Settings, topics: list[str] | None) -> Any:
    from marsad.connection import client_options  # noqa: PLC0415
    from marsad.deadletters import Cluster  # noqa: PLC0415

    return Cluster(client_options(settings), settings.topic_prefix, tuple(topics or ()))


async def _rows(
    settings: Settings, choice: Choice, topics: list[str] | None, everything: bool
) -> list[dict[str, Any]]:
    from marsad.deadletters import handled, letters  # noqa: PLC0415
    from marsad.letters import row  # noqa: PLC0415

    cluster = _cluster(settings, topics)
    done = await handled(cluster)
    found = [letter async for letter in letters(cluster, choice.wanted())]
    return [
        row(letter) | ({"handled": done.get(letter.position)} if everything else {})
        for letter in found
        if everything or letter.position not in done
    ]


async def _one(settings: Settings, position: str) -> dict[str, Any]:
    from marsad.deadletters import handled, letters  # noqa: PLC0415
    from marsad.reading import as_document  # noqa: PLC0415

    wanted = Choice([position]).wanted()
    cluster = _cluster(settings, [position.partition("/")[0]])
    async for letter in letters(cluster, wanted):
        return as_document(letter.record) | {"handled": (await handled(cluster)).get(position)}
    raise Failure(f"no dead letter at {position}; `marsad dlt list` shows them")


async def _open(settings: Settings, choice: Choice, topics: list[str] | None) -> tuple[Any, list[Any]]:
    """Give the cluster, and the letters asked for that nobody has dealt with yet."""
    from marsad.deadletters import handled, letters  # noqa: PLC0415

    named = topics or sorted({one.partition("/")[0] for one in choice.positions or ()})
    cluster = _cluster(settings, named)
    done = await handled(cluster)
    found = [letter async for letter in letters(cluster, choice.wanted())]
    for letter in found:
        if choice.positions and letter.position in done:
            say(f"{letter.position}: {done[letter.position]} before; left out")
    for position in sorted(set(choice.positions or ()) - {letter.position for letter in found}):
        raise Failure(f"no dead letter at {position}; `marsad dlt list` shows them")
    return cluster, [letter for letter in found if letter.position not in done]


async def _replay(
    settings: Settings,
    choice: Choice,
    topics: list[str] | None,
    limits: tuple[float, int],
    yes: bool,
    output: Format | None,
) -> int:
    from marsad.deadletters import Desk, obstacle, partition_counts  # noqa: PLC0415

    cluster, found = await _open(settings, choice, topics)
    there = await partition_counts(cluster.client, found)
    obstacles = [(letter, obstacle(letter, there, limits[1])) for letter in found]
    chosen = [letter for letter, why in obstacles if why is None]
    refused = [(letter, why) for letter, why in obstacles if why is not None]
    if yes:
        refused += await Desk(cluster, limits[0], _progress(len(chosen))).replay(chosen)
    _tell(chosen, refused, ("replayed", "would be replayed"), yes, output)
    return REFUSED if refused else 0


async def _drop(
    settings: Settings, choice: Choice, topics: list[str] | None, yes: bool, output: Format | None
) -> int:
    from marsad.deadletters import Desk  # noqa: PLC0415

    cluster, chosen = await _open(settings, choice, topics)
    if yes:
        await Desk(cluster, RATE, _progress(len(chosen))).drop(chosen)
    _tell(chosen, [], ("dropped", "would be dropped"), yes, output)
    return 0


def _progress(total: int) -> Callable[[int], None]:
    return lambda done: say(f"{done} of {total}") if done < total else None


def _tell(
    chosen: list[Any],
    refused: list[tuple[Any, str]],
    words: tuple[str, str],
    yes: bool,
    output: Format | None,
) -> None:
    from marsad.letters import row  # noqa: PLC0415

    left = {letter.position for letter, _ in refused}
    told = [letter for letter in chosen if letter.position not in left]
    emit((row(letter) for letter in told), output)
    for letter, why in refused:
        say(f"{letter.position}: not replayed, {why}")
    said = f"{len(told)} {words[0] if yes else words[1]}"
    said += f", {len(refused)} left" if refused else ""
    say(said if yes or not told else f"{said}; --yes does it")
