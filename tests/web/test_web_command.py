"""`marsad web` and `marsad schema` as a user meets them."""

import asyncio
import os
import re
import signal
import sys

import aiohttp
import orjson
import pytest

from marsad.cli import run


@pytest.mark.kafka
async def test_web_says_where_it_is_and_ends_on_a_signal(kafka: str, prefix: str) -> None:
    arguments = ("web", "--broker", kafka, "--port", "0", "--topic-prefix", prefix)
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "marsad",
        *arguments,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stderr and process.stdout
    try:
        async with asyncio.timeout(60), aiohttp.ClientSession() as client:
            found = re.search(r"http://127\.0\.0\.1:\d+/", (await process.stderr.readline()).decode())
            assert found
            assert (await client.get(found[0])).status == 200
            process.send_signal(signal.SIGTERM)
            assert await process.wait() == 0
        assert await process.stdout.read() == b""
    finally:
        if process.returncode is None:
            process.kill()


def test_web_that_all_could_read_needs_a_token(capfd: pytest.CaptureFixture[str]) -> None:
    assert "MARSAD_WEB_TOKEN" not in os.environ
    assert run(["web", "--broker", "127.0.0.1:9", "--host", "0.0.0.0", "--port", "0"]) == 2
    assert "MARSAD_WEB_TOKEN" in capfd.readouterr().err


@pytest.mark.parametrize("name", ["EnrichedArticle", "enrichedarticle"])
def test_schema_of_one_record(name: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["schema", name]) == 0
    assert orjson.loads(capfd.readouterr().out)["title"] == "EnrichedArticle"


def test_schemas_of_all_records(capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["schema"]) == 0
    printed = orjson.loads(capfd.readouterr().out)
    assert {name: one["title"] for name, one in printed.items()} == {name: name for name in printed}


def test_asyncapi_follows_the_settings(capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["schema", "asyncapi", "--topic-prefix", "lab.", "--partitions", "3"]) == 0
    raw = orjson.loads(capfd.readouterr().out)["channels"]["articles_raw_v1"]
    assert (raw["address"], raw["bindings"]["kafka"]["partitions"]) == ("lab.articles.raw.v1", 3)


def test_unknown_schema_is_named(capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["schema", "Artikel"]) == 2
    said = capfd.readouterr()
    assert (said.out, "'Artikel'" in said.err, "EnrichedArticle" in said.err) == ("", True, True)
