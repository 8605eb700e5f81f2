"""Where a process tells of its health, from the settings; without Faust, which the connectors do not need."""

from marsad.settings import Settings
from streams.engine.probes import HealthAddress


def health_address(settings: Settings) -> HealthAddress | None:
    """Give where a process tells of its health, None where nobody asked for it."""
    return None if settings.health_port is None else HealthAddress(settings.health_host, settings.health_port)
