"""Everything that has no school subject in it."""
