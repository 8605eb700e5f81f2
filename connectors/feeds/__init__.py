"""Feeds in: when to poll, how to fetch, what the bytes mean."""
