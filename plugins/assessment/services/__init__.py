"""Use cases of the assessment module: import from the part, `from plugins.assessment.services import saving`."""
