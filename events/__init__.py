"""What flows: the frozen values on our topics, their bytes, their topics and their schemas.

This package imports nothing else of ours, so a consumer may take it alone.
"""

from events.rejected import Rejected

__all__ = ["Rejected"]
