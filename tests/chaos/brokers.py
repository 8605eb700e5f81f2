"""Faults of the broker: killed, frozen, one of three."""

from tests.chaos.rig import Rig

SESSION_SECONDS = 6.0
"""The workers' session time-out."""
REQUEST_SECONDS = 40.0
"""How long a client waits for one answer; beyond it, deliveries fail and the worker ends."""


async def kill_broker(rig: Rig) -> str:
    """All nodes, kill -9, and a restart on the same data."""
    await rig.kill_nodes(rig.kafka.pids)
    return f"{len(rig.kafka.pids)} node(s)"


async def freeze_broker(rig: Rig) -> str:
    """SIGSTOP to all nodes for longer than the session, at times longer than any request may take."""
    seconds = SESSION_SECONDS + 5 if rig.dice.random() < 0.8 or rig.brief else REQUEST_SECONDS + 8
    await rig.freeze_nodes(rig.kafka.pids, seconds)
    return f"{seconds:.0f} s, the session has {SESSION_SECONDS:.0f} s"


async def kill_one_of_three(rig: Rig) -> str:
    """Two are left, which is min.insync.replicas: work goes on."""
    at = rig.dice.randrange(len(rig.kafka.pids))
    await rig.kill_nodes([rig.kafka.pids[at]])
    return f"node {at + 1}"


async def freeze_one_of_three(rig: Rig) -> str:
    """Leaders move away from it, and it comes back with an old view of the world."""
    at = rig.dice.randrange(len(rig.kafka.pids))
    await rig.freeze_nodes([rig.kafka.pids[at]], SESSION_SECONDS + 5)
    return f"node {at + 1}, {SESSION_SECONDS + 5:.0f} s"
