"""A demo school has sent the records of two classes: most were taken, a few refused, one batch waits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.sdk import Context, Demo


def fill(ctx: Context, options: Mapping[str, Any]) -> None:
    """Filled once the services are there."""


DEMO = [Demo("sector", 60, fill)]
