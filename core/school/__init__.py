"""Organisations, schools, school years, calendar, module switches."""
