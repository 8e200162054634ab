"""What other modules offer for one lesson on its day, such as its register."""

from __future__ import annotations

from flask import url_for

from core.sdk import Context, Message
from core.sdk.web import runtime, visitor

from ..services.days import Days, Held
from .grids import Offers

RECORD = "lesson"
"""Actions (`provide_actions`) on this kind of record are given `key_of` a lesson as their argument."""


def key_of(found: Days, lesson: Held) -> str:
    """`<class>.<day>.<session>.<number>`: session 1 in the morning, 2 in the afternoon; the number counts in it."""
    period = found.frame.hours.periods[lesson.period - 1]
    session = 1 if period.session == "morning" else 2
    return f"{lesson.class_id}.{lesson.day.isoformat()}.{session}.{period.number}"


def offers(ctx: Context, found: Days) -> Offers:
    """The buttons of a lesson that is held, with their addresses."""
    person = visitor()
    modules = person.modules if person else frozenset[str]()
    allowed = [a for a in runtime().registry.actions(RECORD, modules) if ctx.actor.has(a.permission)]

    def of(lesson: Held) -> list[tuple[Message, str]]:
        if lesson.state in ("cancelled", "moved") or lesson.period > len(found.frame.hours.periods):
            return []
        key = key_of(found, lesson)
        return [(action.label, url_for(action.endpoint, **{action.argument: key})) for action in allowed]  # type: ignore[arg-type]

    return of
