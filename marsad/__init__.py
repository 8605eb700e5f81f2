"""The front desk: commands, settings, the embedded broker, the live page. Composition only."""

__version__ = "0.1.0"
