"""Background jobs and what runs by itself."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from core.sdk import Context, Outside, Payload, Progress, Schedule, Task
from core.sdk.work import enqueue

from .log import tasks as log_tasks
from .services import freezing, reminding, signing

_ASK, _LOOK, _REMIND = "transcripts.signing.ask", "transcripts.signing.look", "transcripts.remind"


def _freeze(ctx: Context, payload: Payload, progress: Progress) -> None:
    """Records of classes; who has one already is left alone."""
    freezing.run(ctx, [UUID(id) for id in payload["class_ids"]], progress)


def _ask(ctx: Context, payload: Payload, progress: Progress) -> Outside | None:
    """Where one order is."""
    return signing.asked_by_job(ctx, UUID(payload["order_id"]))


def _look(ctx: Context, payload: Payload, progress: Progress) -> None:
    """Ask about every open order of the school."""
    for order_id in signing.open_orders(ctx, mine=False):
        enqueue(ctx, _ASK, {"order_id": str(order_id)}, key=str(order_id))


def _remind(ctx: Context, payload: Payload, progress: Progress) -> None:
    """Who has to sign, and whose certificate ends soon."""
    reminding.remind(ctx)


TASKS = [
    Task(freezing.FREEZE_TASK, _freeze, lease=timedelta(minutes=5)),
    Task(_ASK, _ask),
    Task(_LOOK, _look),
    Task(_REMIND, _remind),
    *log_tasks.TASKS,
]
SCHEDULES = [
    Schedule("transcripts.signing.look", _LOOK, timedelta(minutes=2), scope="school"),
    Schedule("transcripts.remind", _REMIND, timedelta(days=1), scope="school"),
    *log_tasks.SCHEDULES,
]
