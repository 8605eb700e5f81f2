"""`marsad topics export|import`: topics as files, and back."""

import asyncio
from collections.abc import Awaitable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from marsad.errors import Failure, Misuse
from marsad.options import Broker, TopicPrefix, command
from marsad.output import say, write
from marsad.settings import Settings, load

if TYPE_CHECKING:
    from marsad.backup import Done


def register(topics: typer.Typer) -> None:
    """Add both commands to the group of topics."""

    @command(topics, "export", "marsad topics export --out backup --broker 127.0.0.1:9092")
    def export(
        names: Annotated[
            list[str] | None, typer.Argument(metavar="TOPIC...", help="default: all of ours")
        ] = None,
        out: Annotated[Path, typer.Option(metavar="DIR", help="where the files go")] = Path("backup"),
        broker: Broker = None,
        topic_prefix: TopicPrefix = None,
    ) -> None:
        """Write topics to files, one each: bytes, headers, keys, time stamps, partitions, places of groups.

        What comes in while it runs may or may not be in it: stop connectors and workers for a backup that is
        of one moment.
        """
        settings = load({"broker": broker, "topic_prefix": topic_prefix})
        asyncio.run(_export(settings, names or [], out))

    @command(topics, "import", "marsad topics import backup/*.jsonl.zst --broker 127.0.0.1:9092")
    def import_(
        files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="what export wrote")],
        as_: Annotated[
            str | None, typer.Option("--as", metavar="TOPIC", help="into this topic; groups stay as they are")
        ] = None,
        broker: Broker = None,
        topic_prefix: TopicPrefix = None,
    ) -> None:
        """Write files back into their topics, which must be there and empty, and set the groups' places."""
        settings = load({"broker": broker, "topic_prefix": topic_prefix})
        if as_ is not None and len(files) != 1:
            raise Misuse("--as names the topic of one file")
        asyncio.run(_import(settings, files, as_))


async def _export(settings: Settings, names: list[str], out: Path) -> None:
    from marsad import backup  # noqa: PLC0415  (aiokafka; not for --help)
    from marsad.connection import client_options  # noqa: PLC0415

    options = client_options(settings)
    for name in names or backup.all_names(settings.topic_prefix):
        done = await _told(options, backup.export(options, settings.topic_prefix, name, out))
        write(str(out / f"{done.topic}{backup.SUFFIX}"))
        say(f"{done.topic}: {done.records} records{_with(done)}")


async def _import(settings: Settings, files: list[Path], as_: str | None) -> None:
    from marsad import backup  # noqa: PLC0415
    from marsad.connection import client_options  # noqa: PLC0415

    options = client_options(settings)
    for path in files:
        done = await _told(options, backup.restore(options, path, as_))
        say(f"{done.topic}: {done.records} records{_with(done)}")


def _with(done: "Done") -> str:
    return f", places of {', '.join(done.groups)}" if done.groups else ""


async def _told(options: dict[str, Any], work: Awaitable["Done"]) -> "Done":
    from aiokafka.errors import KafkaError  # noqa: PLC0415

    from marsad.topics import unreachable  # noqa: PLC0415

    try:
        return await work
    except LookupError as error:
        raise Failure(str(error)) from error
    except (KafkaError, OSError) as error:
        raise unreachable(options, error) from error
