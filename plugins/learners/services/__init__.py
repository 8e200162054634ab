"""Use cases of the learners module: the only door to its data."""
