"""What a signer is shown of a record: in Vietnamese, as it stands in the file that is signed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_COLUMNS = ("HK I", "HK II", "Cả năm", "Kiểm tra lại")


def marks(shown: Mapping[str, Any], subject: str) -> list[tuple[str, str]]:
    """The marks of a subject by their columns, without the empty ones."""
    found = shown.get("subjects", {}).get(subject, {}).get("marks", [])
    return [(head, written(value)) for head, value in zip(_COLUMNS, found, strict=False) if value]


def label(full_name: str, shown: Mapping[str, Any], subject: str = "") -> str:
    """One line for a subject teacher (their marks), or for those who sign for the whole record (its results)."""
    facts = marks(shown, subject) if subject else [(head, value) for head, value in shown.get("facts", []) if value]
    told = " · ".join(f"{head}: {value}" for head, value in facts)
    return f"{full_name} – {told}" if told else full_name


def written(value: str) -> str:
    """A mark as people write it: `8.5` is 8,5."""
    return {"D": "Đ", "CD": "CĐ"}.get(value, value.replace(".", ","))
