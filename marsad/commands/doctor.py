"""`marsad doctor`: what is missing or wrong on this machine, and the fix."""

import dataclasses

import typer

from marsad.errors import Failure
from marsad.options import Broker, Data, Output, command
from marsad.output import emit, say
from marsad.settings import load


def register(app: typer.Typer) -> None:
    """Add the command."""

    @command(app, "doctor", "marsad doctor", "marsad doctor --broker 127.0.0.1:9092")
    def doctor(broker: Broker = None, data: Data = None, output: Output = None) -> None:
        """Look for what is missing or wrong on this machine, and name the fix; exit code 1 if anything is.

        Looks at Python, packages, Java, Kafka's jars, the data directory, disk and port, and at the broker
        where one is named.
        """
        settings = load({"broker": broker, "data": data})
        from marsad.doctor import examine  # noqa: PLC0415  (aiokafka; not for --help)

        checks = examine(settings)
        emit([dataclasses.asdict(check) for check in checks], output)
        for check in checks:
            if not check.ok:
                say(f"{check.name}: {check.found}. {check.fix}")
        wrong = sum(not check.ok for check in checks)
        if wrong:
            raise Failure(f"{wrong} of {len(checks)} checks failed")
