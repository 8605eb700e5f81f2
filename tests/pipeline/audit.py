"""All that the verifier can say about one prefix, in one table of counts."""

from pathlib import Path

from tests.pipeline import commits, tables, verifier


async def everything(broker: str, prefix: str, data: Path | None = None) -> dict[str, int]:
    """Read all logs once and hold them against every guarantee.

    Needs `commits.stamp` before the workers' start; `data` is their data directory, and they have ended.
    """
    logs = await verifier.read_logs(broker, prefix)
    found = verifier.check(logs)
    found["early"] = await commits.early(broker, prefix, logs)
    found["tables"] = await tables.wrong(broker, prefix, logs, data)
    return found
