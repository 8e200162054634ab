"""Integrations: wire protocols only."""
