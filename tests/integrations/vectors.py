"""Signature vectors: the project's own copy, and the shared original that it must agree with."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

Vector = dict[str, Any]

_OWN = Path(__file__).parent.parent / "fixtures" / "payment-vectors.json"
_OURS: dict[str, list[Vector]] = json.loads(_OWN.read_text(encoding="utf-8"))


def vectors(rail: str) -> list[Vector]:
    """All vectors of one rail."""
    return _OURS[rail]


def vector(name: str) -> Vector:
    """One vector by its id."""
    return next(entry for rail in _OURS.values() for entry in rail if entry["id"] == name)


def shared_vectors(shared: Path, rail: str) -> list[Vector]:
    """The original."""
    document: dict[str, list[Vector]] = json.loads((shared / "vectors" / "payments.json").read_text("utf-8"))
    return document[rail]
