"""Persons and how they belong together; one person, many roles."""
