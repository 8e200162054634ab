"""The e-invoice service."""
