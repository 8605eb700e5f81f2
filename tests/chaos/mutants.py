"""Safety rules switched off, one by one: `python -m tests.chaos.mutants`. The tests named must then fail.

Each mutant is a copy of the tree with one passage replaced. A rule whose removal goes unnoticed has no test.
First the same tests run with all rules on: a test that fails anyway would notice anything.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from streams.engine.failstop import EXIT_CODE

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Mutant:
    """A rule, where it stands, what replaces it, and the tests that hold it."""

    rule: str
    file: str
    passage: str
    instead: str
    tests: tuple[str, ...]


MUTANTS = (
    Mutant(
        "every delivery is awaited before the acknowledgement",
        "streams/engine/window.py",
        "                    await delivery\n",
        "                    pass\n",
        ("tests/engine/test_window.py",),
    ),
    Mutant(
        "an output counts as delivered only when the broker has answered for its batch",
        "streams/engine/outbox.py",
        "            answer.add_done_callback(answered)\n",
        "            batch.first.set_result(0)\n",
        ("tests/engine/test_outbox.py",),
    ),
    Mutant(
        "a batch that could not be queued was not delivered",
        "streams/engine/outbox.py",
        "        except Exception as error:\n            batch.first.set_exception(error)\n",
        "        except Exception as error:\n            batch.first.set_result(0)\n",
        ("tests/engine/test_outbox.py",),
    ),
    Mutant(
        "what was read for a group of before is not handed to the stage",
        "streams/engine/faustfix.py",
        "            if not self.flow_active or self.app.consumer_generation_id != generation:\n",
        "            if False:\n",
        ("tests/engine/test_faustfix.py",),
    ),
    Mutant(
        "acknowledgements keep the order of the log",
        "streams/engine/window.py",
        "                for delivery in deliveries:\n"
        "                    await delivery\n"
        "                self._on_done(item)\n",
        "                done = asyncio.gather(*deliveries)\n"
        "                done.add_done_callback(lambda _, item=item: self._on_done(item))\n",
        ("tests/engine/test_window.py",),
    ),
    Mutant(
        "whatever is not understood stops the process",
        "streams/engine/failstop.py",
        "        os._exit(EXIT_CODE)\n",
        "        pass\n",
        ("tests/pipeline/test_refusing_topics.py",),
    ),
    Mutant(
        "no exception leaves the loop of a stage, where Faust would acknowledge and go on",
        "streams/engine/agent.py",
        '            fail_stop(f"stage {self.stage}", error)\n',
        "            raise\n",
        ("tests/engine/test_loop.py",),
    ),
    Mutant(
        "a record that will never fit goes to the dead letters, and stops nothing",
        "streams/engine/agent.py",
        "        except Rejected as error:\n",
        "        except ZeroDivisionError as error:\n",
        ("tests/engine/test_loop.py",),
    ),
    Mutant(
        "a decision is found again by its origin",
        "streams/dedupe/index.py",
        "if known is not None and known.origin == origin:",
        "if False:",
        ("tests/dedupe/test_memory_properties.py",),
    ),
    Mutant(
        "no offset is passed over on the way to the loop",
        "streams/engine/contiguity.py",
        "        if offset > expected and await self._first_at(tp, expected) < offset:\n",
        "        if False:\n",
        ("tests/engine/test_contiguity.py",),
    ),
    Mutant(
        "only what the windows have reached is committed",
        "streams/engine/faustfix.py",
        "        return self.durable.get(tp)\n",
        "        return self._read_offset[tp] + 1 if self._read_offset[tp] is not None else None\n",
        ("tests/engine/test_faustfix.py",),
    ),
    Mutant(
        "a worker's state is rebuilt from the changelog",
        "streams/engine/memory.py",
        "            await recover(store, self._changelog, partition, self._client)\n",
        "            pass\n",
        ("tests/pipeline/test_pipeline.py::test_the_state_directory_may_be_lost",),
    ),
    Mutant(
        "a memory is dropped at every rebalance: another worker may have decided meanwhile",
        "streams/engine/app.py",
        "        memories.close()\n",
        "        pass\n",
        ("tests/pipeline/test_scaling.py::test_a_partition_that_comes_back_is_remembered_as_it_is_now",),
    ),
    Mutant(
        "nothing is forgotten while a crash can bring it again",
        "streams/dedupe/memory.py",
        "(clock >= limit or seq >= oldest_kept)",
        "clock >= limit",
        ("tests/dedupe/test_memory_properties.py",),
    ),
    Mutant(
        "no two workers share a place",
        "streams/engine/slots.py",
        "        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)\n",
        "        pass\n",
        ("tests/engine/test_slots.py",),
    ),
    Mutant(
        "a refused commit is tried again",
        "streams/engine/faustfix.py",
        "        if not committed:\n",
        "        if False:\n",
        ("tests/engine/test_faustfix.py",),
    ),
    Mutant(
        "what was revoked is not committed any more",
        "streams/engine/faustfix.py",
        "        self._forget(revoked)\n",
        "        pass\n",
        ("tests/engine/test_faustfix.py",),
    ),
    Mutant(
        "a crash of Faust ends the process before its shutdown can commit",
        "streams/engine/faustfix.py",
        '        fail_stop("a Faust service crashed", reason)\n',
        "        super()._crash(reason)\n",
        ("tests/engine/test_faustfix.py",),
    ),
    Mutant(
        "the producer waits for all replicas, and its own retries double nothing",
        "streams/engine/faustfix.py",
        '"acks": "all", "enable_idempotence": True, ',
        "",
        ("tests/engine/test_faustfix.py",),
    ),
    Mutant(
        "another Faust is refused at the start",
        "streams/engine/app.py",
        "    check_faust_version()\n",
        "    pass\n",
        ("tests/engine/test_faustfix.py",),
    ),
    Mutant(
        "a dead letter gets through whatever its size",
        "streams/engine/app.py",
        "        if size(record) > LARGEST:\n",
        "        if False:\n",
        ("tests/pipeline/test_oversize.py",),
    ),
    Mutant(
        "a damaged database is made anew",
        "streams/engine/memory.py",
        "            if not is_damage(error):\n",
        "            if True:\n",
        ("tests/pipeline/test_damaged_state.py",),
    ),
    Mutant(
        "a damaged block never passes for the end of the memory",
        "streams/engine/state.py",
        "        self._must_end_at(key)\n",
        "        pass\n",
        ("tests/engine/test_state.py",),
    ),
    Mutant(
        "a copy counts as complete only up to what another worker wrote",
        "streams/engine/state.py",
        "        if offset == self.position:\n",
        "        if offset >= self.position:\n",
        ("tests/recovery/test_changelogs.py",),
    ),
    Mutant(
        "a memory that a rebalance overtook while it was opened is opened anew",
        "streams/engine/memory.py",
        "            if rebalances == self._rebalances:\n",
        "            if True:\n",
        ("tests/recovery/test_changelogs.py",),
    ),
    Mutant(
        "what comes again of a forgotten article does not replace what was told of it since",
        "streams/dedupe/index.py",
        "    anew = current.first_seen_at > known.first_seen_at\n",
        "    anew = False\n",
        ("tests/dedupe/test_memory_properties.py",),
    ),
    Mutant(
        "a superseded revision does not come into current",
        "streams/engine/steps.py",
        "        if incoming.header(SUPERSEDED_HEADER) is None:\n",
        "        if True:\n",
        ("tests/engine/test_steps.py",),
    ),
    Mutant(
        "a coordinator that has moved is not taken to say that nothing is committed",
        "streams/engine/faustfix.py",
        "        mend()\n",
        "",
        ("tests/engine/test_faustfix.py",),
    ),
    Mutant(
        "an earlier revision that a zombie writes late to current does not stand",
        "streams/engine/app.py",
        "            watch.hold({tp.partition for tp in partitions})\n",
        "            watch.hold(())\n",
        ("tests/pipeline/test_zombies.py",),
    ),
)


def survives(mutant: Mutant | None, tests: Sequence[str]) -> bool:
    """Tell whether `tests` pass on a copy of the tree, with one rule gone where a mutant is given."""
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder) / "tree"
        files = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True)
        for name in files.stdout.splitlines():
            (tree / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, tree / name)
        if mutant is not None:
            _switch_off(mutant, tree / mutant.file)
        command = [sys.executable, "-m", "pytest", "-x", "-q", *tests]
        environment = {**os.environ, "PYTHONPATH": str(tree)}
        done = subprocess.run(command, cwd=tree, env=environment, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 1, EXIT_CODE):  # 1: a test failed, 70: a worker's end took pytest with it
        raise SystemExit(f"pytest ended with {done.returncode}:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return done.returncode == 0


def _switch_off(mutant: Mutant, target: Path) -> None:
    text = target.read_text()
    assert text.count(mutant.passage) == 1, f"{mutant.file} has not exactly one: {mutant.passage!r}"
    target.write_text(text.replace(mutant.passage, mutant.instead))


def main() -> None:
    tests = list(dict.fromkeys(test for mutant in MUTANTS for test in mutant.tests))
    if not survives(None, tests):
        raise SystemExit("the tests fail with all rules on: nothing can be told from them")
    print(f"all rules on: {len(tests)} files and tests pass", flush=True)
    survivors = 0
    for mutant in MUTANTS:
        alive = survives(mutant, mutant.tests)
        survivors += alive
        print(f"{'SURVIVED' if alive else 'caught  '}  {mutant.rule}", flush=True)
    print(f"{len(MUTANTS)} rules switched off, {survivors} unnoticed")
    sys.exit(survivors > 0)


if __name__ == "__main__":
    main()
