"""`truong work`: jobs that failed or wait, from the operator's terminal."""

from __future__ import annotations

import sys
from uuid import UUID

import click

from core.types.actor import system_actor
from core.work import beats, operate, pauses
from core.work.status import State

from .program import program, say

_ACTOR = system_actor("cli")
_SHOWN: tuple[State, ...] = ("failed", "waiting", "running")


@click.group(help="Background work.")
def work() -> None:
    pass


@work.command("list", help="What waits, runs and failed, by kind; with --state the jobs themselves.")
@click.option("--state", type=click.Choice(_SHOWN), default=None)
@click.option("--task", default="", help="Only jobs of this kind.")
@click.option("--limit", default=50, show_default=True)
def list_jobs(state: State | None, task: str, limit: int) -> None:
    with program() as parts, parts.db.all_schools(_ACTOR) as ctx:
        if state is not None:
            modules = sorted(parts.registry.school_modules())
            for job in operate.lines(ctx, state, modules, task=task, limit=limit):
                say(f"{job.id}  {job.task}  {job.school_name or '-'}  tries {job.tries}  {job.error or ''}".rstrip())
            return
        for kind in operate.kinds(ctx):
            if task in ("", kind.task):
                say(f"{kind.task}: {kind.waiting} waiting, {kind.running} running, {kind.failed} failed")
        for name, held in pauses.paused(ctx).items():
            say(f"paused: {name} since {held.since:%Y-%m-%d %H:%M} UTC {held.reason}".rstrip())
        say(f"{len(beats.alive(ctx.session.connection()))} workers are running")


@work.command(help="Let failed jobs run again: one by its number, or all of a kind.")
@click.argument("id", type=click.UUID, required=False)
@click.option("--task", default="", help="All failed jobs of this kind.")
def replay(id: UUID | None, task: str) -> None:
    if (id is None) == (not task):
        raise click.UsageError("Give the number of a job or --task KIND.")
    with program() as parts, parts.db.all_schools(_ACTOR) as ctx:
        count = int(operate.replay(ctx, id)) if id is not None else operate.replay_kind(ctx, task)
    say(f"{count} jobs run again.")
    sys.exit(0 if count else 1)


@work.command(help="Hold back the jobs of a module at every school; what runs is finished.")
@click.argument("module")
@click.option("--reason", default="")
def pause(module: str, reason: str) -> None:
    with program() as parts:
        if parts.registry.plugin(module) is None:
            raise click.ClickException(f"There is no plugin {module!r}.")
        with parts.db.all_schools(_ACTOR) as ctx:
            done = pauses.pause(ctx, module, reason)
    say(f"{module} is paused." if done else f"{module} was paused already.")


@work.command(help="Let the jobs of a module go on.")
@click.argument("module")
def resume(module: str) -> None:
    with program() as parts, parts.db.all_schools(_ACTOR) as ctx:
        done = pauses.resume(ctx, module)
    say(f"{module} goes on." if done else f"{module} was not paused.")
