"""Ways to the sector's database."""

from __future__ import annotations

from collections.abc import Mapping

from ..port import SectorLink
from .excel import ExcelLink

LINKS: Mapping[str, SectorLink] = {"excel": ExcelLink()}
"""By name. An API of the ministry or a department becomes another one of them."""
