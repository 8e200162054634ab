"""Background work for those who look after it: what waits, runs and failed; replay, cancel, pause."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from core.data.context import Context
from core.kernel.registry import Registry
from core.sdk.web.render import flash, redirect_to, render
from core.sdk.web.runtime import runtime
from core.sdk.web.view import page
from core.types.errors import NotFound
from core.types.message import Message, _
from core.work import beats, operate, pauses, schedules, upkeep
from core.work.operate import JobLine
from core.work.status import MANAGE, State

blueprint = Blueprint("work", __name__, url_prefix="/work")
PER_PAGE = 50
STATES: dict[State, tuple[str, Message]] = {
    "failed": ("stop", _("Failed")),
    "waiting": ("wait", _("Waiting")),
    "running": ("neutral", _("Running")),
    "done": ("ok", _("Done")),
    "cancelled": ("neutral", _("Cancelled")),
}


def module_label(registry: Registry, name: str) -> Message | str:
    """What people call a module; the core's own parts have no name of their own."""
    plugin = registry.plugin(name)
    if plugin is None:
        return _("The program itself")
    return plugin.manifest.label if plugin.manifest else name


def every(pace: timedelta) -> Message:
    """How often a schedule falls due, in the largest unit that fits whole."""
    seconds = int(pace.total_seconds())
    if seconds % 86_400 == 0:
        return _("%(count)s days", count=seconds // 86_400)
    if seconds % 3_600 == 0:
        return _("%(count)s hours", count=seconds // 3_600)
    if seconds % 60 == 0:
        return _("%(count)s minutes", count=seconds // 60)
    return _("%(count)s seconds", count=seconds)


def why_waiting(job: JobLine, known: frozenset[str], paused: frozenset[str]) -> Message | None:
    """What a waiting job waits for besides a free worker."""
    if job.state != "waiting":
        return None
    if job.module in paused:
        return _("Its module is paused.")
    if job.task not in known:
        return _("Its module is out of service. It runs once the module works again.")
    if not job.module_on:
        return _("Its module is off at this school. It runs once the module is on again.")
    return _("The last try failed; it is tried again by itself.") if job.tries else None


@blueprint.get("/")
@page("core.jobs.read")
def overview(ctx: Context) -> str:
    """Kinds of work with their numbers, pauses, schedules and workers."""
    registry = runtime().registry
    everywhere = operate.everywhere(ctx)
    return render(
        "pages/work.html",
        kinds=operate.kinds(ctx),
        paused=pauses.paused(ctx),
        pausable=_pausable(registry),
        label=lambda name: module_label(registry, name),
        every=every,
        schedules=schedules.planned(ctx, upkeep.schedules(registry)) if everywhere else [],
        workers=beats.alive(ctx.session.connection()),
        everywhere=everywhere,
        may_operate=ctx.actor.has(operate.OPERATE),
        may_manage=ctx.actor.has(MANAGE),
        now=ctx.now(),
    )


def _pausable(registry: Registry) -> list[tuple[str, Message | str]]:
    """Modules that have work: pausing the core itself would stop the delivery of everything."""
    owners = {owned.module for owned in registry.owned("provide_tasks")} | {
        owned.module for event in registry.events() for owned in registry.subscribers(event)
    }
    return [(name, module_label(registry, name)) for name in sorted(owners - {"core"})]


@blueprint.get("/jobs")
@page("core.jobs.read")
def jobs(ctx: Context) -> str:
    """Jobs in one state, newest first."""
    registry = runtime().registry
    asked = request.args.get("state", "failed")
    wanted: list[State] = [known for known in STATES if known == asked]
    state = wanted[0] if wanted else "failed"
    task = request.args.get("task", "")[:100]
    before = request.args.get("before", type=UUID)
    rows = operate.lines(ctx, state, sorted(registry.school_modules()), task=task, before=before, limit=PER_PAGE + 1)
    shown = rows[:PER_PAGE]
    older = url_for("work.jobs", state=state, task=task or None, before=shown[-1].id) if len(rows) > PER_PAGE else None
    known, paused = frozenset(upkeep.tasks(registry)), frozenset(pauses.paused(ctx))
    return render(
        "pages/work_jobs.html",
        rows=[(row, why_waiting(row, known, paused)) for row in shown],
        states=STATES,
        state=state,
        task=task,
        older=older,
        everywhere=operate.everywhere(ctx),
        may_manage=ctx.actor.has(MANAGE),
    )


@blueprint.get("/jobs/<uuid:job_id>")
@page("core.jobs.read")
def job(ctx: Context, job_id: UUID) -> str:
    """One job: where it stands and what went wrong, without what it is about."""
    registry = runtime().registry
    row = operate.line(ctx, job_id, sorted(registry.school_modules()))
    known, paused = frozenset(upkeep.tasks(registry)), frozenset(pauses.paused(ctx))
    return render(
        "pages/work_job.html",
        job=row,
        state=STATES[row.state],
        why=why_waiting(row, known, paused),
        module=module_label(registry, row.module),
        may_manage=ctx.actor.has(MANAGE),
    )


@blueprint.post("/jobs/<uuid:job_id>/<any(replay, cancel):step>")
@page(MANAGE)
def change(ctx: Context, job_id: UUID, step: str) -> ResponseReturnValue:
    """Repeat or cancel one job."""
    if step == "replay":
        done = operate.replay(ctx, job_id)
        flash("ok" if done else "info", _("It runs again.") if done else _("It is not over; nothing was changed."))
    else:
        done = operate.cancel(ctx, job_id)
        flash("ok" if done else "info", _("It stops.") if done else _("It was over already; nothing was changed."))
    return redirect_to("work.job", job_id=job_id)


@blueprint.post("/replay")
@page(MANAGE)
def replay_kind(ctx: Context) -> ResponseReturnValue:
    """Repeat every dead letter of a kind."""
    count = operate.replay_kind(ctx, request.form.get("task", ""))
    flash("ok", _("Jobs that run again: %(count)s.", count=count))
    return redirect_to("work.overview")


@blueprint.post("/modules/<name>/<any(pause, resume):step>")
@page(operate.OPERATE)
def hold(ctx: Context, name: str, step: str) -> ResponseReturnValue:
    """Hold back the jobs of a module, or let them go on."""
    known = dict(_pausable(runtime().registry)) | dict.fromkeys(pauses.paused(ctx), "")
    if name not in known:
        raise NotFound
    label = module_label(runtime().registry, name)
    if step == "pause":
        pauses.pause(ctx, name, request.form.get("reason", "").strip()[:200])
        flash("wait", _("Paused: %(name)s. Jobs wait and nothing is lost.", name=label))
    else:
        pauses.resume(ctx, name)
        flash("ok", _("Goes on: %(name)s.", name=label))
    return redirect_to("work.overview")
