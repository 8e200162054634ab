"""Where this module names pupils, and what a merge of two records of one pupil does there."""

from __future__ import annotations

from core.sdk import PersonReference

REFERENCES = [
    PersonReference("sector_row", "learner_id", key=("school_id", "batch_id", "number")),
    # What the sector knows is known under the id that went there: the record that goes is no longer sent.
    PersonReference("sector_known", "learner_id", "drop", key=("school_id", "kind", "year_id", "term", "key")),
]
