"""Where this module names persons, and what a merge of two records of one person does there.

Signed records are never rewritten: they are found under the record that is kept (`core.sdk.people.kept_ids`).
"""

from __future__ import annotations

from core.sdk import PersonReference

REFERENCES = [
    PersonReference("transcripts_transcript", "learner_id", "stay"),
    PersonReference("transcripts_year_record", "learner_id", "stay"),
    PersonReference("transcripts_slot", "person_id", "stay"),
    PersonReference("transcripts_signer", "person_id", "stay"),
    PersonReference("transcripts_leader", "person_id", "stay"),
]
