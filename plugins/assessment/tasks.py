"""Background jobs."""

from __future__ import annotations

from core.sdk import Context, Payload, Progress, Task

from .services.results import CALCULATE, calculate


def _calculate(ctx: Context, payload: Payload, progress: Progress) -> None:
    """Results of the whole school; a run that was cut off has changed nothing and is repeated."""
    calculate(ctx, progress)


TASKS = [Task(CALCULATE, _calculate)]
