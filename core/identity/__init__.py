"""Accounts, sign-in, sessions and signed links."""
