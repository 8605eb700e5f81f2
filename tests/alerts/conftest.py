"""The workers and the producer of the pipeline's tests."""

from tests.pipeline.conftest import producer, workers

__all__ = ["producer", "workers"]
