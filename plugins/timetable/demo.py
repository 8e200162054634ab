"""A demo school gets a timetable that holds from the first day of the year, and a teacher who is away today."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.sdk import Context, Demo, _
from core.sdk.data import local_date
from core.sdk.school import current_year
from core.sdk.text import translator

from .services import absences, days, making, versions
from .services.substitutions import propose


def fill(ctx: Context, options: Mapping[str, Any]) -> None:
    """Arrange the lessons quickly, put them into force, and let one teacher be sick with one lesson still open."""
    year = current_year(ctx)
    name = _("Timetable of the first term").render(translator("vi"))
    version_id = making.arrange_quickly(ctx, name, seed=int(options.get("seed", 2026)), tries=1500)
    if any(finding.blocks for finding in versions.findings(ctx, version_id)[1]):
        return
    if not versions.version(ctx, version_id).name or not days.lessons_in(ctx, version_id):
        return
    versions.put_in_force(ctx, version_id, year.starts_on)
    today = local_date(ctx.now())
    held = days.between(ctx, today, today)
    if held.lessons:
        busiest = max((lesson.teacher for lesson in held.lessons if lesson.teacher), key=str)
        absences.enter(ctx, busiest, today, today, "sick", tell=False)
        for proposal in propose(ctx, today, today)[:1]:
            if proposal.candidates:
                absences.substitute(ctx, proposal.lesson.lesson, today, proposal.candidates[0].teacher, tell=False)


DEMO = [Demo("timetable", 25, fill)]
