"""Signing: the port of signature providers, and the check that every signature passes before it is used."""
