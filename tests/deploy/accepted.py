"""What Marsad itself makes of a command line or an environment that a deployment file holds."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import typer

from marsad import settings
from marsad.cli import build
from marsad.engine import INSTANCE_VARIABLE

ROOT = Path(__file__).parents[2]
NOWHERE = Path("/nonexistent")
VARIABLES = (
    {settings.ENV_PREFIX + name.upper() for name in settings.FIELDS}
    | {
        settings.ENV_PREFIX + name.upper() + "_FILE"
        for name, one in settings.FIELDS.items()
        if one.metadata["secret"]
    }
    | {INSTANCE_VARIABLE}
)


def command(arguments: Sequence[str]) -> dict[str, Any]:
    """Parse as the command line does, without running it; gives the parameters of the last command."""
    at: Any = typer.main.get_command(build())
    context, rest = None, [str(one) for one in arguments]
    while hasattr(at, "commands"):
        context = at.make_context("marsad", rest, parent=context)
        name, at, rest = at.resolve_command(context, [*context._protected_args, *context.args])
        assert at is not None, f"no command {name}"
    return dict(at.make_context(name, rest, parent=context).params)


def environment(variables: Mapping[str, str]) -> None:
    """Read the MARSAD_ variables as a process would; a value that does not fit raises `Misuse`."""
    ours = {name: value for name, value in variables.items() if name.startswith(settings.ENV_PREFIX)}
    assert set(ours) <= VARIABLES, set(ours) - VARIABLES
    settings.load({}, {name: value for name, value in ours.items() if not name.endswith("_FILE")}, NOWHERE)
