"""Where this module names pupils and guardians, and what a merge of two records of one pupil does there."""

from __future__ import annotations

from core.sdk import PersonReference

_PAIR = ("learner_id", "other_id")
_RIGHT = ("learner_id", "person_id")
REFERENCES = [
    PersonReference("learners_learner", "id", "stay"),
    PersonReference("learners_enrolment", "learner_id"),
    PersonReference("learners_movement", "learner_id"),
    PersonReference("learners_policy_group", "learner_id", same=("name", "valid_from")),
    PersonReference("learners_identifier", "learner_id", same=("scheme", "value")),
    PersonReference("learners_change", "learner_id"),
    PersonReference("learners_outcome", "learner_id", same=("year_id",), key=("learner_id", "year_id")),
    PersonReference("learners_contact_right", "learner_id", same=("person_id",), key=_RIGHT),
    PersonReference("learners_contact_right", "person_id", same=("learner_id",), key=_RIGHT),
    PersonReference("learners_guardian_detail", "person_id", same=("school_id",), key=("person_id",)),
    PersonReference("learners_profile", "learner_id", same=("school_id",), key=("learner_id",)),
    PersonReference("learners_sibling", "learner_id", "drop", key=_PAIR),
    PersonReference("learners_sibling", "other_id", "drop", key=_PAIR),
    PersonReference("learners_distinct", "learner_id", "drop", key=_PAIR),
    PersonReference("learners_distinct", "other_id", "drop", key=_PAIR),
    PersonReference("learners_import_row", "learner_id", "stay", key=("import_id", "number")),
    PersonReference("learners_merge", "kept_id"),
]
