"""The events that this module emits: delivered after the commit, at least once. Payloads are JSON."""

from __future__ import annotations

from core.sdk import EventType, _

FROZEN = "transcripts.records.frozen"
SEALED = "transcripts.record.sealed"
"""Everybody has signed: the record can be timestamped and put into the log."""
REVOKED = "transcripts.record.revoked"
REPLACED = "transcripts.record.replaced"
EVENTS = [
    EventType(FROZEN, _("Transcripts were made"), {"class_id": "id", "year_id": "id", "records": "integer"}),
    EventType(SEALED, _("A transcript was sealed"), {"record_id": "id", "learner_id": "id", "sha256": "text"}),
    EventType(REVOKED, _("A transcript was revoked"), {"record_id": "id", "learner_id": "id"}),
    EventType(REPLACED, _("A transcript was replaced"), {"record_id": "id", "learner_id": "id"}),
]
