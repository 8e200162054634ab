"""Use cases: the only door to the data."""
