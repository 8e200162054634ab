"""Events of the exchange; payloads are JSON."""

from __future__ import annotations

from core.sdk import EventType, _

HANDED = "sector.batch.handed_over"
"""`batch_id, kind, rows`: a batch was handed over to the sector's database."""
ANSWERED = "sector.batch.answered"
"""`batch_id, kind, outcome, accepted, refused`: its answer was read."""

EVENTS = [
    EventType(HANDED, _("Batch handed over to the sector's database"),
              {"batch_id": "id", "kind": "text", "rows": "integer"}),
    EventType(ANSWERED, _("Answer of the sector's database read"),
              {"batch_id": "id", "kind": "text", "outcome": "text", "accepted": "integer", "refused": "integer"}),
]  # fmt: skip
