"""A real Prometheus scrapes the whole pipeline: no query of a dashboard or an alert comes back empty."""

import asyncio
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import aiohttp
import orjson
import pytest
import yaml
from aiokafka import AIOKafkaProducer

from marsad.rulestopic import apply
from marsad.settings import load
from tests.alerts.making import raw, rules
from tests.observability import files
from tests.pipeline import corpus
from tests.pipeline.feeding import send
from tests.pipeline.workers import PATIENCE, Workers
from tests.sinks.receiver import Receiver

STAGES = ("normalize", "dedupe", "tag", "alert")
RULE = "rules:\n  - {id: blast, query: انفجار, severity: critical}\n"
SECRET = "whsec_c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0"
SINK = f'[[sink]]\nname = "desk"\ntype = "webhook"\nurl = "%s"\nsecret = "{SECRET}"\n'
WINDOW = "2m"
SECONDS = 2 * PATIENCE


def beside(workers: Workers, name: str, *arguments: str) -> None:
    """Start a program that is no stage, as a stage is started."""
    where = ["--broker", workers.broker, "--topic-prefix", workers.prefix, "--health-port", "0"]
    with (workers.data / f"{name}.log").open("wb") as log:
        workers.running[name] = subprocess.Popen(
            [sys.executable, "-m", "marsad", *arguments, *where], stdout=log, stderr=log, env=workers.env
        )


async def address(workers: Workers, name: str) -> str:
    async with asyncio.timeout(SECONDS):
        while not (said := re.search(r"health of [\w ]+ at http://(\S+)/", workers.log(name))):
            assert workers.running[name].poll() is None, workers.log(name)
            await asyncio.sleep(0.1)
    return said[1]


@pytest.fixture
async def scraped(
    workers: Workers, producer: AIOKafkaProducer, tmp_path: Path
) -> AsyncIterator[dict[str, str]]:
    """Every kind of process, at work; gives the address of each one's figures."""
    workers.env |= {"MARSAD_HEALTH_PORT": "0", "MARSAD_ALLOW_PRIVATE_HOSTS": "127.0.0.1"}
    settings = load({"broker": workers.broker, "topic_prefix": workers.prefix}, {}, Path("/nonexistent"))
    await apply(settings, rules(RULE), "begin", False)
    await send(producer, workers.prefix, [orjson.dumps(raw()), *corpus.numbered(30, seed=3), b"poison"])
    async with Receiver() as receiver:
        (tmp_path / "sinks.toml").write_text(SINK % receiver.url)
        workers.start(*STAGES)
        beside(workers, "connectors", "connectors")
        beside(workers, "sinks", "sinks", "--config", str(tmp_path / "sinks.toml"))
        beside(workers, "lag", "lag", "--serve")
        yield {name: await address(workers, name) for name in workers.running}


def settings_of(folder: Path, targets: dict[str, str]) -> Path:
    """The shipped settings, asking every second and these addresses instead of Compose's."""
    said = yaml.safe_load((files.FOLDER / "prometheus.yml").read_text("utf-8"))
    said["global"] = {"scrape_interval": "1s", "evaluation_interval": "1s"}
    said["rule_files"] = [str(files.RULES)]
    del said["alerting"]
    (job,) = said["scrape_configs"]
    del job["dns_sd_configs"], job["relabel_configs"]
    job["static_configs"] = [
        {"targets": [where], "labels": {"service": name}} for name, where in targets.items()
    ]
    path = folder / "prometheus.yml"
    path.write_text(yaml.safe_dump(said))
    return path


@pytest.fixture
async def prometheus(scraped: dict[str, str], tmp_path: Path) -> AsyncIterator[str]:
    binary = shutil.which("prometheus")
    assert binary, "apt-get install prometheus"
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    with (tmp_path / "prometheus.log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            binary, f"--config.file={settings_of(tmp_path, scraped)}",
            f"--storage.tsdb.path={tmp_path / 'tsdb'}", f"--web.listen-address=127.0.0.1:{port}",
            stdout=log, stderr=log,
        )  # fmt: skip
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        await process.wait()


async def answer(http: aiohttp.ClientSession, where: str, query: str) -> list[Any]:
    try:
        async with http.get(f"{where}/api/v1/query", params={"query": query}) as found:
            body = await found.json()
    except aiohttp.ClientError:
        return []  # not up yet
    assert found.status in (200, 503), (query, body)
    result: list[Any] = body.get("data", {}).get("result", [])
    return [one for one in result if one["value"][1] != "NaN"]


def queries() -> Iterator[str]:
    for path in files.DASHBOARDS:
        yield from files.panel_queries(path, WINDOW)
        yield from files.variable_queries(path)
    for rule in files.alert_rules():
        yield from files.selectors(rule["expr"])


async def more_news(producer: AIOKafkaProducer, workers: Workers) -> None:
    """An article now and then: a rate over what stands still says nothing."""
    for number in range(1000, 5000):
        await send(producer, workers.prefix, [orjson.dumps(corpus.raw(number))])
        await asyncio.sleep(0.5)


async def test_no_query_comes_back_empty(
    prometheus: str, scraped: dict[str, str], workers: Workers, producer: AIOKafkaProducer
) -> None:
    coming = asyncio.create_task(more_news(producer, workers))
    left = dict.fromkeys(queries())
    assert len(left) > 40
    async with aiohttp.ClientSession() as http:
        try:
            async with asyncio.timeout(SECONDS):
                while left:
                    left = {query: None for query in left if not await answer(http, prometheus, query)}
                    await asyncio.sleep(0.5)
        except TimeoutError:
            logs = {name: workers.log(name)[-1500:] for name in workers.running}
            raise AssertionError(f"empty: {list(left)}; {logs}") from None
        coming.cancel()
        up = await answer(http, prometheus, "up == 1")
        assert {one["metric"]["service"] for one in up} == set(scraped)
        await lag_is_what_the_command_says(http, prometheus, workers)
        for where in scraped.values():
            async with http.get(f"http://{where}/metrics") as page:
                check_metrics(await page.text())


async def lag_is_what_the_command_says(http: aiohttp.ClientSession, where: str, workers: Workers) -> None:
    """All has passed through in the end, and both say so."""
    await workers.drained()
    total = f'sum(kafka_consumergroup_lag_sum{{consumergroup="{workers.prefix}marsad-tag"}})'
    async with asyncio.timeout(SECONDS):
        while [one["value"][1] for one in await answer(http, where, total)] != ["0"]:
            await asyncio.sleep(0.5)


def check_metrics(page: str) -> None:
    """promtool's taste in names; kafka_exporter's are not ours to mend."""
    done = subprocess.run(
        ["promtool", "check", "metrics"], input=page, capture_output=True, text=True, check=False
    )
    faults = [
        line
        for line in (done.stdout + done.stderr).splitlines()
        if line.strip() and not line.startswith("kafka_")
    ]
    assert not faults, faults
