"""`marsad dictionaries lint`: what is wrong with the tables behind the tags."""

import typer

from marsad.options import Output, command, group
from marsad.output import emit, say

FAILED = 1


def register(app: typer.Typer) -> None:
    """Add the group."""
    dictionaries = group("Tables of names and terms behind the tags: lint", "marsad dictionaries lint")
    app.add_typer(dictionaries, name="dictionaries")

    @command(dictionaries, "lint", "marsad dictionaries lint", "marsad dictionaries lint -o json | jq .kind")
    def lint(output: Output = None) -> int:
        """Check the tables of the tag stage; the exit code is 1 where something is wrong.

        Kinds: columns, source, id, value (a cell that cannot be so), double (twice in one place), shared (a
        name of two, told apart by nothing), dead (never found), common (a word that is a name without
        context), letters (Persian or mixed ones), stale (accepted without need). What is right as it stands
        is listed with its reason in streams/tag/data/accepted.tsv.
        """
        from streams.tag.lint import findings  # noqa: PLC0415  (not for --help)

        found = findings()
        emit((one._asdict() for one in found), output)
        say(f"{len(found)} findings" if found else "nothing to find fault with")
        return FAILED if found else 0
