"""Events of attendance; payloads are JSON with ids and ISO days as text."""

from __future__ import annotations

from core.sdk import EventType, _

RECORDED = "attendance.absence.recorded"
"""`person_id, class_id, day, session, excused`: a register says that a pupil is absent. May come again on a change."""
REPORTED = "attendance.absence.reported"
"""`request_id, person_id, first_day, last_day, session`: a family asks for leave."""
DECIDED = "attendance.request.decided"
"""`request_id, person_id, state`"""

EVENTS = [
    EventType(RECORDED, _("Absence recorded"),
              {"person_id": "id", "class_id": "id", "day": "text", "session": "integer", "excused": "boolean"}),
    EventType(REPORTED, _("Absence reported by the family"),
              {"request_id": "id", "person_id": "id", "first_day": "text", "last_day": "text", "session": "integer"}),
    EventType(DECIDED, _("Request for leave decided"), {"request_id": "id", "person_id": "id", "state": "text"}),
]  # fmt: skip
