"""The events that this module emits: delivered after the commit, at least once."""

from __future__ import annotations

from core.sdk import EventType, _

VERSION_IN_FORCE = "timetable.version.in_force"
"""A timetable comes into force: `version_id`, `starts_on`."""
LESSON_CHANGED = "timetable.lesson.changed"
"""A lesson of one day is substituted, cancelled or moved, or this was withdrawn: `lesson_id`, `day`."""

EVENTS = [
    EventType(VERSION_IN_FORCE, _("A timetable comes into force"), {"version_id": "id", "starts_on": "text"}),
    EventType(LESSON_CHANGED, _("A lesson of one day was changed"), {"lesson_id": "id", "day": "text"}),
]
