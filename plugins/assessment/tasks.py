"""Background jobs."""

from __future__ import annotations

from uuid import UUID

from core.sdk import Context, Payload, Progress, Task

from .services import printing
from .services.results import CALCULATE, calculate


def _calculate(ctx: Context, payload: Payload, progress: Progress) -> None:
    """Results of the whole school; a run that was cut off has changed nothing and is repeated."""
    calculate(ctx, progress)


def _print(ctx: Context, payload: Payload, progress: Progress) -> None:
    """Documents of a class."""
    class_id, language = UUID(payload["class_id"]), payload["language"]
    printing.run(ctx, class_id, payload["kind"], payload["term"], language, progress)


TASKS = [Task(CALCULATE, _calculate), Task(printing.PRINT, _print)]
