"""Where this module names teachers. Lessons and substitutions prove what was taught and paid; nobody rewrites them."""

from __future__ import annotations

from core.sdk import PersonReference

REFERENCES = [
    PersonReference("timetable_wish", "teacher_id", "stay"),
    PersonReference("timetable_lesson", "teacher_id", "stay"),
    PersonReference("timetable_absence", "teacher_id", "stay"),
    PersonReference("timetable_change", "teacher_id", "stay"),
    PersonReference("timetable_change", "absent_id", "stay"),
    PersonReference("timetable_feed", "teacher_id", "stay"),
    PersonReference("timetable_feed", "person_id"),
    PersonReference("timetable_teacher_rule", "teacher_id", "stay", key=("teacher_id",)),
]
