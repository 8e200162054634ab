"""Plugins: the school modules."""
