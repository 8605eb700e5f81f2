"""`marsad config show|schema`: the settings in force and their origin; the schema of marsad.toml."""

import orjson
import typer

from marsad import settings
from marsad.options import Output, command, group
from marsad.output import emit, write


def register(app: typer.Typer) -> None:
    """Add the group."""
    config = group("Settings in force with their origin; schema of the file", "marsad config show")
    app.add_typer(config, name="config")

    @command(config, "show", "marsad config show", "MARSAD_PARTITIONS=12 marsad config show -o json")
    def show(output: Output = None) -> None:
        """Show every setting, its value and where it came from; secrets stay hidden.

        The order is: flag, environment (MARSAD_ + name in capitals), marsad.toml, default.
        """
        emit(settings.shown(settings.load()), output)

    @command(config, "schema", "marsad config schema > marsad.schema.json")
    def schema() -> None:
        """Print the JSON Schema of marsad.toml."""
        write(orjson.dumps(settings.schema(), option=orjson.OPT_INDENT_2).decode())
