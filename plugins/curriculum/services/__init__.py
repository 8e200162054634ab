"""Use cases of the curriculum: the only door to its data."""
