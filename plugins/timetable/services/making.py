"""Making a timetable: quickly for a first draft, or by the solver in the background."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from core.sdk import Context, Message, Outside, Payload, Progress, _
from core.sdk.audit import record
from core.sdk.data import new_id
from core.sdk.errors import Conflict, Invalid, NotFound
from core.sdk.work import enqueue

from ..access import EDIT
from ..models import Run
from ..rules.board import Board
from ..rules.demand import demand
from ..rules.quality import counts
from ..rules.quick import arrange
from ..rules.solver import Impossible, Solved, Tick, Unsolved, available, solve
from .frame import Frame, board_of, frame
from .versions import create, version

TASK = "timetable.solve"
SECONDS = (15, 45, 120, 300)
_ACTIVITIES = ("hdtn", "trainghiem")
"""Codes of the educational activities, in which the flag ceremony and the homeroom hour are counted (GDPT 2018)."""


def arrange_quickly(ctx: Context, name: str, *, seed: int = 1, tries: int = 4000) -> UUID:
    """A draft of all lessons without clashes, made in a second or two; it looks after little else.

    Raises:
        Conflict: there are no courses yet.
    """
    ctx.require(EDIT)
    found = frame(ctx)
    board = wanted(ctx, found, None)
    return create(ctx, name, arrange(board, list(board.lessons), seed=seed, tries=tries))


def wanted(ctx: Context, found: Frame, version_id: UUID | None) -> Board:
    """All lessons that are to be placed: those of a version, or those that the plan of the year asks for."""
    board = board_of(ctx, version_id, found)
    if version_id is not None and board.lessons:
        return board
    if not board.courses:
        raise Conflict(_("No class has subjects yet. Take over the programme in the teaching plan first."))
    activities = {line.subject_id for line in found.courses.values() if line.code.startswith(_ACTIVITIES)}
    return board.with_lessons(demand(board, activities))


def start(ctx: Context, version_id: UUID | None, name: str, *, seconds: int = 45, seed: int = 1) -> UUID:
    """Ask the solver for a timetable; returns the id of the run, whose job can be watched and cancelled.

    Args:
        version_id: the lessons of this version are placed anew, its fixed ones stay; None: what the plan asks for.

    Raises:
        Invalid: a limit of time that is not offered. Conflict: the solver is not installed, or there are no courses.
    """
    ctx.require(EDIT)
    if not available():
        raise Conflict(_("The solver is not installed on this server."))
    if seconds not in SECONDS:
        raise Invalid(_("Choose how long it may take."))
    if version_id is not None:
        version(ctx, version_id)
    wanted(ctx, frame(ctx), version_id)
    run_id = new_id()
    ctx.session.add(
        Run(id=run_id, school_id=ctx.school_id, version_id=version_id, job_id=None, seed=seed, seconds=seconds,
            result_id=None)
    )  # fmt: skip
    ctx.session.flush()
    payload = {"run_id": str(run_id), "name": name.strip()[:120]}
    job_id = enqueue(ctx, TASK, payload, key=str(run_id))
    ctx.session.execute(update(Run).where(Run.school_id == ctx.school_id, Run.id == run_id).values(job_id=job_id))
    record(ctx, "timetable.run.started", target=("school", ctx.school_id), detail={"seconds": seconds, "seed": seed})
    return run_id


def run_of(ctx: Context, run_id: UUID) -> Run:
    """A run. Raises `NotFound`."""
    ctx.require(EDIT)
    found = ctx.session.scalars(select(Run).where(Run.school_id == ctx.school_id, Run.id == run_id)).one_or_none()
    if found is None:
        raise NotFound
    return found


def runs(ctx: Context, limit: int = 10) -> list[Run]:
    """The latest runs, newest first."""
    ctx.require(EDIT)
    return list(
        ctx.session.scalars(select(Run).where(Run.school_id == ctx.school_id).order_by(Run.id.desc()).limit(limit))
    )


def handle(ctx: Context, payload: Payload, progress: Progress) -> Outside:
    """Read the school, search outside of any transaction, write the draft. Repeating it changes nothing else."""
    run = run_of(ctx, UUID(payload["run_id"]))
    board = wanted(ctx, frame(ctx), run.version_id)
    seconds, seed = run.seconds, run.seed

    def report(tick: Tick) -> None:
        progress(min(int(tick.seconds), seconds - 1), seconds, _said(tick))

    def search() -> Solved | Impossible | Unsolved:
        return solve(board, seconds=float(seconds), seed=seed, report=report)

    def write(then: Context, found: Any) -> None:
        keep(then, UUID(payload["run_id"]), payload["name"], board, found)

    return Outside(search, write)


def keep(ctx: Context, run_id: UUID, name: str, board: Board, found: Solved | Impossible | Unsolved) -> None:
    """Write down what the solver said; a timetable becomes a draft."""
    values: dict[str, object]
    if isinstance(found, Solved):
        lessons = [replace(lesson, slot=found.slots.get(lesson.id, lesson.slot)) for lesson in board.lessons]
        result = create(ctx, name, lessons)
        answer: Mapping[str, object] = {
            "objective": found.objective, "first": found.first, "seconds": found.seconds, "lessons": len(lessons),
            "counts": counts(board.with_lessons(lessons)),
        }  # fmt: skip
        values = {"state": "solved", "result_id": result, "answer": answer}
    elif isinstance(found, Impossible):
        reasons = [[r.rule, str(r.about), r.count, r.most] for r in found.reasons]
        values = {"state": "impossible", "answer": {"reasons": reasons, "seconds": found.seconds}}
    else:
        values = {"state": "unsolved", "answer": {"seconds": found.seconds}}
    values["updated_at"] = ctx.now()
    ctx.session.execute(update(Run).where(Run.school_id == ctx.school_id, Run.id == run_id).values(**values))


def _said(tick: Tick) -> Message:
    if tick.best is None:
        return _("Looking for a first timetable that keeps all rules")
    better = 0 if not tick.first else round(100 * (tick.first - tick.best) / tick.first)
    return _(
        "Best so far: %(best)s points off, %(better)s percent better than the first one", best=tick.best, better=better
    )
