"""For tests: the contract of a link, and a simulator of the sector's side."""
