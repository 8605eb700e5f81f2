"""The command `marsad`: finds the commands in marsad/commands, runs one, gives an exit code."""

import importlib
import logging
import os
import pkgutil
import sys
from typing import Annotated, NoReturn, TextIO

import typer

from marsad import __version__, commands
from marsad.errors import Failure
from marsad.output import say

ORDER = (
    "run poll process push connectors worker web broker topics tail project dlt lag retag rules dictionaries "
    "feeds schema config doctor"
).split()
"""As a reader of the help meets them; files not named here come last."""

EXAMPLES = """\b
Example:
  marsad run                                  all of it on this machine
  marsad process articles.jsonl > out.jsonl   the same stages, no broker

Marsad takes news feeds in and gives enriched events out, through Kafka.
"""


def build() -> typer.Typer:
    """Put the command line together."""
    app = typer.Typer(
        name="marsad",
        help=EXAMPLES,
        no_args_is_help=True,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_global_options)
    names = {module.name for module in pkgutil.iter_modules(commands.__path__)}
    for name in sorted(names, key=lambda name: (ORDER.index(name) if name in ORDER else len(ORDER), name)):
        importlib.import_module(f"marsad.commands.{name}").register(app)
    return app


def _show_version(asked: bool) -> None:
    if asked:
        typer.echo(f"marsad {__version__}")
        raise typer.Exit


def _global_options(
    version: Annotated[
        bool, typer.Option("--version", help="show the version", callback=_show_version, is_eager=True)
    ] = False,
) -> None:
    pass


def main() -> NoReturn:
    """Run the command line and exit: 0 done, 1 failed, 2 wrong usage or settings, 3 some inputs refused."""
    _prepare_streams()
    # Clients report every lost connection in their log; a command says once what it means.
    logging.getLogger("aiokafka").addHandler(logging.NullHandler())
    try:
        sys.exit(run(sys.argv[1:]))
    except BrokenPipeError:  # `marsad tail | head`: the reader has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)


def _prepare_streams() -> None:
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIO) or hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")  # type: ignore[union-attr]


def run(arguments: list[str]) -> int:
    """Run one command; give its exit code. Only a bug raises, and only where MARSAD_DEBUG is set."""
    try:
        code = build()(arguments, prog_name="marsad", standalone_mode=False)
        sys.stdout.flush()
    except Failure as failure:
        say(f"marsad: {failure}")
        return failure.exit_code
    except typer.TyperException as error:
        return _usage(error)
    except (KeyboardInterrupt, typer.Abort):
        return 130
    except BrokenPipeError:
        raise
    except Exception as error:
        if os.environ.get("MARSAD_DEBUG"):
            raise
        say(f"marsad: this is a bug: {type(error).__name__}: {error}. MARSAD_DEBUG=1 shows where.")
        return 1
    return code if isinstance(code, int) else 0


def _usage(error: typer.TyperException) -> int:
    context = getattr(error, "ctx", None)
    message = error.format_message() if hasattr(error, "format_message") else str(error)
    where = context.command_path if context else "marsad"
    if type(error).__name__ == "NoArgsIsHelpError":
        typer.echo(message, err=True)
    else:
        say(f"{where}: {message} (`{where} --help` shows how)")
    return int(getattr(error, "exit_code", 2))


if __name__ == "__main__":
    main()
