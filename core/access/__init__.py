"""Roles, permissions and relation scopes."""
