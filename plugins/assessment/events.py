"""The events that this module emits: delivered after the commit, at least once. Payloads are JSON."""

from __future__ import annotations

from core.sdk import EventType, _

MARKS_CHANGED = "assessment.marks.changed"
"""Marks of a book were saved, imported or taken back."""
BOOK_LOCKED = "assessment.book.locked"
BOOK_APPROVED = "assessment.book.approved"
BOOK_REOPENED = "assessment.book.reopened"
MARKS_PUBLISHED = "assessment.marks.published"
"""Families of a class see the marks of a term, or see them no more."""
CALCULATED = "assessment.results.calculated"
EVENTS = [
    EventType(MARKS_CHANGED, _("Marks were changed"), {"gradebook_id": "id", "class_id": "id", "term": "integer"}),
    EventType(BOOK_LOCKED, _("Marks were locked"), {"gradebook_id": "id", "class_id": "id", "term": "integer"}),
    EventType(BOOK_APPROVED, _("Marks were approved"), {"gradebook_id": "id", "class_id": "id", "term": "integer"}),
    EventType(BOOK_REOPENED, _("Marks were opened again"), {"gradebook_id": "id", "class_id": "id", "term": "integer"}),
    EventType(CALCULATED, _("Results of the year were calculated"), {"year_id": "id", "pupils": "integer"}),
    EventType(MARKS_PUBLISHED, _("Marks were shown to families"), {"class_id": "id", "term": "integer"}),
]
