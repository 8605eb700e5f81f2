"""The real Alertmanager (Debian's package) takes our alerts and notifies of them, Arabic intact."""

import asyncio
import shutil
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import orjson
import pytest

from connectors.sinks.attempt import Delivered
from connectors.sinks.courier import Courier
from connectors.sinks.post import Poster
from tests.sinks.making import alert, sink
from tests.sinks.receiver import Receiver

CONFIG = """
route: {{receiver: desk, group_by: [alertname, group_key, page], group_wait: 100ms, group_interval: 200ms}}
receivers:
  - name: desk
    webhook_configs: [{{url: "{url}"}}]
"""
LOOPBACK = frozenset({"127.0.0.1"})


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with Receiver() as made:
        yield made


@pytest.fixture
async def manager(receiver: Receiver, tmp_path: Path) -> AsyncIterator[str]:
    """The address of an Alertmanager that notifies `receiver`."""
    binary, port = shutil.which("prometheus-alertmanager"), free_port()
    assert binary, "apt-get install prometheus-alertmanager"
    (tmp_path / "am.yml").write_text(CONFIG.format(url=receiver.url))
    log = (tmp_path / "log").open("wb")
    process = await asyncio.create_subprocess_exec(
        binary, f"--config.file={tmp_path / 'am.yml'}", f"--storage.path={tmp_path / 'data'}",
        f"--web.listen-address=127.0.0.1:{port}", "--cluster.listen-address=", stdout=log, stderr=log,
    )  # fmt: skip
    url = f"http://127.0.0.1:{port}"
    try:
        async with asyncio.timeout(60), aiohttp.ClientSession() as http:
            while not await _ready(http, url):
                assert process.returncode is None, (tmp_path / "log").read_text()
                await asyncio.sleep(0.1)
        yield url
    finally:
        process.terminate()
        await process.wait()
        log.close()


async def _ready(http: aiohttp.ClientSession, url: str) -> bool:
    try:
        async with http.get(f"{url}/-/ready") as answer:
            return answer.status == 200
    except aiohttp.ClientError:
        return False


async def test_it_takes_groups_and_notifies(manager: str, receiver: Receiver) -> None:
    first, again = alert(1), alert(1, page=2)
    am = sink(manager, type="alertmanager", secrets=())
    async with Poster(LOOPBACK) as poster:
        courier = Courier(am, poster, LOOPBACK)
        for made in (first, first, again):  # a retry is no second alert
            assert isinstance(await courier.attempt(made), Delivered)
    await receiver.got(2)
    told = [orjson.loads(body) for _, body in receiver.seen]
    pages = {one["labels"]["page"]: one for note in told for one in note["alerts"]}
    assert set(pages) == {"1", "2"}
    assert all(len(note["alerts"]) == 1 and note["status"] == "firing" for note in told)
    assert pages["1"]["annotations"]["summary"] == "انفجار وسط بغداد: 3 قتلى"
    amtool = await asyncio.create_subprocess_exec(
        *("amtool", f"--alertmanager.url={manager}", "alert", "query", "-o", "json", "team=iraq"),
        stdout=asyncio.subprocess.PIPE,
    )
    shown, _ = await amtool.communicate()
    assert {one["labels"]["page"] for one in orjson.loads(shown)} == {"1", "2"}
    assert "انفجار" in shown.decode()
