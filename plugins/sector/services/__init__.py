"""Use cases of the exchange: the only door to the data."""
