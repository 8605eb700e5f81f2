"""One guarded Kafka for all tests of this folder."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from marsad.access import COMPONENTS
from tests.security.guarded import Guarded, user_of


@pytest.fixture(scope="session")
async def guarded(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Guarded]:
    made = Guarded.make(tmp_path_factory.mktemp("guarded"), [*map(user_of, COMPONENTS), "stranger"])
    async with made.kafka:
        yield made


@pytest.fixture(autouse=True)
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No marsad.toml and no MARSAD_ variable of whoever runs the tests."""
    monkeypatch.chdir(tmp_path)
