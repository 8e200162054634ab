"""Where this module names pupils, and what a merge of two records of one pupil does there.

Marks follow; where both records have a mark in the same column, a person chooses. The history of marks, locked versions
and what was published are never rewritten: they are read under the record that is kept (`core.sdk.people.kept_ids`).
"""

from __future__ import annotations

from core.sdk import PersonReference, _

from .services.merging import marks_merged, read_brought, read_marks, read_summers

_YEARLY = ("school_id", "year_id", "learner_id")
REFERENCES = [
    PersonReference(
        "assessment_mark",
        "learner_id",
        same=("gradebook_id", "slot"),
        key=("school_id", "gradebook_id", "learner_id", "slot"),
        choose=_("Marks, levels and comments"),
        read=read_marks,
        after=marks_merged,
    ),
    PersonReference("assessment_change", "learner_id", "stay"),
    PersonReference(
        "assessment_summer", "learner_id", same=("year_id",), key=_YEARLY, choose=_("Second chances"), read=read_summers
    ),
    PersonReference(
        "assessment_brought",
        "learner_id",
        same=("year_id", "term", "ended_at"),
        choose=_("Papers of another school"),
        read=read_brought,
    ),
    PersonReference("assessment_approver", "person_id", "stay"),
    # Calculated from the marks whenever somebody asks for it.
    PersonReference("assessment_year", "learner_id", same=("year_id",), key=_YEARLY),
]
