"""Papers of the module."""
