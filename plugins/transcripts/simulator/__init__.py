"""A timestamp authority for the demo and for tests. A program of its own; the module never imports it."""
