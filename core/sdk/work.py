"""Background work: `work.enqueue(ctx, ...)` in a service, `work.job(ctx, id)` on a page."""

from core.work.progress import Cancelled, Interrupted, LeaseLost, Stopped
from core.work.queue import enqueue, enqueue_many
from core.work.status import JobStatus, cancel, job, jobs, replay

__all__ = [
    "Cancelled",
    "Interrupted",
    "JobStatus",
    "LeaseLost",
    "Stopped",
    "cancel",
    "enqueue",
    "enqueue_many",
    "job",
    "jobs",
    "replay",
]
