"""Settings of attendance: what a school decides about its sessions and its counting."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time

from core.sdk import Context, Setting, _
from core.sdk import settings as stored

SETTINGS = [
    Setting(
        "attendance.sessions", _("Sessions a day"), kind="choice", default="1",
        choices=(("1", _("One session (half a day)")), ("2", _("Two sessions (the whole day)"))),
    ),
    Setting(
        "attendance.afternoons", _("Weekdays with a second session"), default="2 3 4 5 6",
        help=_("Numbers of the weekdays as Vietnamese schools count them: 2 is Monday, 7 is Saturday."),
    ),
    Setting("attendance.saturdays", _("Lessons on Saturdays"), kind="bool", default=False),
    Setting(
        "attendance.basis", _("How absences are counted"), kind="choice", default="session",
        choices=(("session", _("Each session that was missed counts one")),
                 ("day", _("A day counts one, however many sessions were missed"))),
        help=_("Circular 22/2021, article 12: 45 sessions a year by the plan of one session a day."),
    ),
    Setting(
        "attendance.change_days", _("Days in which a teacher may change a register"), kind="int", default=3,
        help=_("After that only the head or the office changes it. 0: on the same day only."),
    ),
    Setting(
        "attendance.meal_cutoff", _("Absences count for the day's meals when reported before"), default="08:00",
        help=_("Hour and minutes, such as 08:00."),
    ),
    Setting("attendance.tell_families", _("Tell families of absences without leave"), kind="bool", default=True),
    Setting(
        "attendance.tell_after", _("Minutes between the register and the message to the family"), kind="int",
        default=15, help=_("Time for the teacher to mend a slip before anybody is alarmed."),
    ),
]  # fmt: skip


_HELD = "attendance.rules"


@dataclass(frozen=True, slots=True)
class Rules:
    """The decisions of a school, read once a request."""

    sessions: int
    afternoons: frozenset[int]
    """Weekdays from 0 (Monday) on which there is a second session."""
    saturdays: bool
    basis: str
    change_days: int
    meal_cutoff: time
    tell: bool
    tell_after: int

    def sessions_on(self, day: date) -> tuple[int, ...]:
        """Sessions that a register is expected for on a school day.

        With one session a day it may be held in the morning or in the afternoon: one register of either is enough.
        """
        return (1, 2) if self.sessions == 2 and day.weekday() in self.afternoons else (1,)


def rules(ctx: Context) -> Rules:
    """What the school of the context has decided, asked once in a context; unreadable texts count as their defaults."""
    held: Rules | None = ctx.session.info.get(_HELD)
    if held is not None:
        return held
    digits = str(stored.get(ctx, "attendance.afternoons"))
    found = Rules(
        sessions=int(stored.get(ctx, "attendance.sessions")),
        afternoons=frozenset(int(digit) - 2 for digit in digits if digit in "234567"),
        saturdays=bool(stored.get(ctx, "attendance.saturdays")),
        basis=str(stored.get(ctx, "attendance.basis")),
        change_days=max(0, int(stored.get(ctx, "attendance.change_days"))),
        meal_cutoff=_time(str(stored.get(ctx, "attendance.meal_cutoff"))),
        tell=bool(stored.get(ctx, "attendance.tell_families")),
        tell_after=min(240, max(0, int(stored.get(ctx, "attendance.tell_after")))),
    )
    ctx.session.info[_HELD] = found
    return found


def _time(text: str) -> time:
    try:
        return time.fromisoformat(text.strip().replace("h", ":").zfill(5))
    except ValueError:
        return time(8)
