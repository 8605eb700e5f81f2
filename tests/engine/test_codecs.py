"""Other producers compress as they like; a codec that is not installed ends the worker at their record."""

import pytest
from aiokafka import codec


@pytest.mark.parametrize("name", ["gzip", "snappy", "lz4", "zstd"])
def test_a_batch_in_any_codec_of_kafka_can_be_read(name: str) -> None:
    assert getattr(codec, f"has_{name}")()
    written = getattr(codec, f"{name}_encode")("خبر من بغداد ".encode() * 100)
    assert bytes(getattr(codec, f"{name}_decode")(written)).decode() == "خبر من بغداد " * 100
