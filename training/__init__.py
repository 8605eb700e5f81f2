"""Scripts that make what ships from data that does not: run by hand, `make model DATA=DIR`."""
