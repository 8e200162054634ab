"""Demo data (filled in below)."""

from __future__ import annotations

from core.sdk import Demo

DEMOS: list[Demo] = []
