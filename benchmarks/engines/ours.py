"""Our worker with empty stages: `python -m benchmarks.engines.ours STAGE BROKER PREFIX FOLDER`.

Everything but the stage is the production worker: loop, window, memory with its changelog, commits. What it
does with a record is what `hops.py` has the peers do.
"""

import asyncio
import sys
from pathlib import Path

from benchmarks.engines.hops import Record, hop
from marsad import logs
from marsad.interrupts import stop_event
from streams.engine.app import EngineSettings
from streams.engine.memory import Memories
from streams.engine.records import Handled, Incoming, Outgoing
from streams.engine.steps import Step
from streams.engine.worker import run_stage


class EmptyStep:
    """Passes records on; dedupe's writes one state entry for each."""

    def __init__(self, stage: str, settings: EngineSettings, memories: Memories[object]) -> None:
        self._run = hop(stage, settings.prefix, empty=True)
        self._outcome = "normalized" if stage == "normalize" else "new"
        self._memories = memories

    async def handle(self, incoming: Incoming) -> Handled:
        """Give what the record causes."""
        assert incoming.key is not None and incoming.value is not None
        record = Record(incoming.topic, incoming.key, incoming.value, incoming.headers)
        made, kept = self._run(record)
        changelog: tuple[Outgoing, ...] = ()
        if kept:
            memory = await self._memories.open(incoming.partition)
            for key, value in kept:
                memory.store[key] = value or b""
            changelog = self._memories.changelog_records(memory, incoming.partition)
        outputs = tuple(Outgoing(one.topic, one.key, one.value, one.headers) for one in made)
        return Handled(changelog + outputs, self._outcome)


async def main(stage: str, broker: str, prefix: str, folder: Path) -> None:
    """Run until SIGTERM."""
    logs.to_stderr()

    def empty(settings: EngineSettings, memories: Memories[object]) -> Step:
        return EmptyStep(stage, settings, memories)

    await run_stage(stage, EngineSettings(broker, folder, stage, prefix), stop_event(), step=empty)


if __name__ == "__main__":
    state = Path(sys.argv[4])
    state.mkdir(parents=True)
    asyncio.run(main(sys.argv[1], sys.argv[2], sys.argv[3], state))
