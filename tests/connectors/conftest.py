"""Fixtures of the connector tests; the parts they are made of stand in `feedsite.py`."""

from tests.connectors.feedsite import site, wire

__all__ = ["site", "wire"]
