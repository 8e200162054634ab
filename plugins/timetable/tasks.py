"""Background jobs."""

from __future__ import annotations

from datetime import timedelta

from core.sdk import Task

from .services.making import TASK, handle

TASKS = [Task(TASK, handle, max_tries=2, lease=timedelta(minutes=2))]
