"""`marsad config show|schema`: the settings in force and their origin; the schema of marsad.toml."""

import typer

from marsad import settings
from marsad.options import Broker, Data, Output, Partitions, TopicPrefix, command, group
from marsad.output import emit, write_document


def register(app: typer.Typer) -> None:
    """Add the group."""
    config = group("Settings in force with their origin; schema of the file", "marsad config show")
    app.add_typer(config, name="config")

    @command(config, "show", "marsad config show", "MARSAD_PARTITIONS=12 marsad config show -o json")
    def show(
        broker: Broker = None,
        data: Data = None,
        topic_prefix: TopicPrefix = None,
        partitions: Partitions = None,
        output: Output = None,
    ) -> None:
        """Show every setting, its value and where it came from; secrets stay hidden.

        The order is: flag, environment (MARSAD_ + name in capitals), marsad.toml, default.
        """
        flags = {"broker": broker, "data": data, "topic_prefix": topic_prefix, "partitions": partitions}
        emit(settings.shown(settings.load(flags)), output)

    @command(config, "schema", "marsad config schema > marsad.schema.json")
    def schema(output: Output = None) -> None:
        """Print the JSON Schema of marsad.toml."""
        write_document(settings.schema(), output)
