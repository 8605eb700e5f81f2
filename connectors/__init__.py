"""How articles get in, and events out."""
