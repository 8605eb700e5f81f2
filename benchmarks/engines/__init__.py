"""Our engine beside those that people would pick instead: `make bench`."""
