"""How much of a file is read. The defaults hold every list that a province could send in one file."""

from __future__ import annotations

from dataclasses import dataclass

MB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """Sizes in bytes; `ratio` is unpacked to packed; `cells` counts the rectangle that a sheet spans."""

    file: int = 64 * MB
    unpacked: int = 384 * MB
    ratio: int = 120
    ratio_from: int = 24 * MB
    parts: int = 4000
    cells: int = 6_000_000
    csv_field: int = MB


DEFAULT = Limits()
