"""`marsad broker`: the embedded Kafka in the foreground."""

import signal
from types import FrameType
from typing import TYPE_CHECKING, Annotated, Any

import typer

from marsad.options import Data, command
from marsad.output import say, write
from marsad.settings import load

if TYPE_CHECKING:
    from marsad.kafka import EmbeddedKafka


class _Stopped(BaseException):
    """SIGTERM or Ctrl-C: not an error, so nothing on the way may swallow it."""


def register(app: typer.Typer) -> None:
    """Add the command."""

    @command(app, "broker", "marsad broker --port 9092 --data .marsad")
    def broker(
        port: Annotated[
            int | None, typer.Option(min=1, max=65535, help="port; else that of the last run, or a free one")
        ] = None,
        data: Data = None,
        nodes: Annotated[
            int, typer.Option(min=1, max=9, help="how many brokers; 3 survive the loss of one")
        ] = 1,
    ) -> None:
        """Run Kafka 4.3.0 in the foreground, on this machine only, until Ctrl-C.

        Prints `ready HOST:PORT` on stdout when it serves. The first start fetches Kafka's jars; records
        stay below the data directory. It ends when this process ends.
        """
        settings = load({"data": data})
        from marsad.kafka import EmbeddedKafka  # noqa: PLC0415  (asyncio and more; not for --help)

        kafka = EmbeddedKafka(settings.data, port, nodes, settings.cache, say)
        try:
            _serve(kafka)
        except _Stopped:
            say("stopping Kafka")
        finally:
            _on_stop_signals(signal.SIG_IGN)
            kafka.stop()


def _serve(kafka: "EmbeddedKafka") -> None:
    _on_stop_signals(_raise_stopped)
    kafka.start()
    if len(kafka.processes) > 1:
        say(f"brokers: {kafka.address}")
    write(f"ready {kafka.first_address}")
    raise kafka.await_end()


def _raise_stopped(_number: int, _frame: FrameType | None) -> None:
    raise _Stopped


def _on_stop_signals(handler: Any) -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, handler)
