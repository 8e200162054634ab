"""Events of the curriculum; payloads are JSON with ids and ISO days as text. Who teaches is read from `public`."""

from __future__ import annotations

from core.sdk import EventType, _

TEACHING_CHANGED = "curriculum.teaching.changed"
"""`class_id, course_id, starts_on`: from that day on somebody else teaches a course, or nobody."""
HOMEROOM_CHANGED = "curriculum.homeroom.changed"
"""`class_id, starts_on`: from that day on somebody else leads a class, or nobody."""

EVENTS = [
    EventType(TEACHING_CHANGED, _("Somebody else teaches"), {"class_id": "id", "course_id": "id", "starts_on": "text"}),
    EventType(HOMEROOM_CHANGED, _("Another homeroom teacher"), {"class_id": "id", "starts_on": "text"}),
]
