"""Background jobs."""

from __future__ import annotations

from uuid import UUID

from core.sdk import Context, Payload, Progress, Task

from .services.registers import TELL
from .services.telling import tell


def _tell(ctx: Context, payload: Payload, progress: Progress) -> None:
    """Tell families; a run that was cut off has told nobody and is repeated, and nobody is told twice."""
    tell(ctx, UUID(payload["register"]))


TASKS = [Task(TELL, _tell)]
