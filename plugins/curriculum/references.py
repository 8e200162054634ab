"""Where this module names teachers. Who taught what is never rewritten: a teacher's record is no pupil's double."""

from __future__ import annotations

from core.sdk import PersonReference

REFERENCES = [
    PersonReference("curriculum_teacher", "id", "stay", open="active"),
    PersonReference("curriculum_teaching", "teacher_id", "stay"),
    PersonReference("curriculum_homeroom", "teacher_id", "stay"),
]
