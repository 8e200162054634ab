"""Words of the pages."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from core.sdk import Message, _

from .rules.board import Slot
from .rules.checks import Finding
from .services.frame import Frame

DAYS = {
    1: _("Monday"), 2: _("Tuesday"), 3: _("Wednesday"), 4: _("Thursday"), 5: _("Friday"), 6: _("Saturday"),
    7: _("Sunday"),
}  # fmt: skip
SESSIONS = {"morning": _("Morning"), "afternoon": _("Afternoon")}
ROOM_WORDS = {
    "classroom": _("Classroom"), "laboratory": _("Laboratory"), "computer": _("Computer room"),
    "sports": _("Sports ground or gym"), "hall": _("Hall"), "other": _("Other"),
}  # fmt: skip
KIND_WORDS = {"flag": _("Flag ceremony"), "homeroom": _("Homeroom hour")}
REASON_WORDS = {
    "sick": _("Sick"), "leave": _("Leave"), "training": _("Training course"), "duty": _("Official duty"),
    "other": _("Other reason"),
}  # fmt: skip
STATE_WORDS = {
    "substituted": ("attention", _("Substituted")),
    "cancelled": ("stop", _("Not held")),
    "moved": ("wait", _("Moved to another time")),
    "moved_here": ("attention", _("Moved here")),
}
VERSION_WORDS = {"draft": ("neutral", _("Draft")), "in_force": ("ok", _("In force"))}
RUN_WORDS = {
    "waiting": ("wait", _("Being made")),
    "solved": ("ok", _("Ready")),
    "impossible": ("stop", _("Impossible")),
    "unsolved": ("attention", _("Not found in time")),
}
IMPORT_WORDS = {
    "planned": ("wait", _("Waiting for confirmation")),
    "confirmed": ("ok", _("Taken over")),
    "undone": ("neutral", _("Undone")),
}
QUALITY_WORDS = {
    "wait": _("Free periods between two lessons of a teacher"),
    "rather_not": _("Lessons at times that a teacher would rather not teach"),
    "twice": _("A subject twice on a day"),
    "apart": _("A subject twice on a day and not one after the other"),
    "double": _("Double periods that are missing"),
    "heavy": _("Heavy subjects at the end of the session"),
}
PROBLEM_WORDS: dict[str, Callable[[str], Message]] = {
    "class": lambda hint: _("The school has no class %(name)s.", name=hint),
    "subject": lambda hint: _("No subject is called %(name)s.", name=hint),
    "course": lambda hint: _("The class is not taught %(name)s.", name=hint),
    "teacher": lambda hint: _("No teacher is called %(name)s.", name=hint),
    "ambiguous": lambda hint: _("This fits more than one: %(names)s. Write the code or the full name.", names=hint),
    "slot": lambda hint: _("The school has no lessons at this time."),
    "twice": lambda hint: _("The class has two lessons at this time; the first one was taken."),
    "other_teacher": lambda hint: _("%(name)s is not assigned to this subject; the lesson keeps the name.", name=hint),
}


def slot_word(found: Frame, slot: Slot) -> Message:
    """`Thứ Hai, sáng, tiết 2`."""
    if not 1 <= slot.period <= len(found.hours.periods):
        return _("%(day)s, period %(period)s", day=DAYS[slot.weekday], period=slot.period)
    period = found.hours.periods[slot.period - 1]
    if len(found.hours.sessions()) == 1:
        return _("%(day)s, period %(period)s", day=DAYS[slot.weekday], period=period.number)
    return _(
        "%(day)s, %(session)s, period %(period)s", day=DAYS[slot.weekday], session=SESSIONS[period.session],
        period=period.number,
    )  # fmt: skip


def subject_word(found: Frame, subject_id: UUID | None) -> str:
    """The name of a subject."""
    return next((line.name_vi for line in found.courses.values() if line.subject_id == subject_id), "")


def finding_words(found: Frame, finding: Finding) -> Message:
    """What is wrong, in plain words."""
    slot = slot_word(found, finding.slot) if finding.slot else ""
    of_class = found.classes.get(finding.class_id, "") if finding.class_id else ""
    subject = subject_word(found, finding.subject_id)
    teacher = found.teacher_name(finding.teacher)
    count, wanted = finding.count, finding.wanted
    match finding.code:
        case "class_twice":
            return _("Class %(name)s has two lessons: %(slot)s.", name=of_class, slot=slot)
        case "teacher_twice":
            return _("%(name)s is in two classes at once: %(slot)s.", name=teacher, slot=slot)
        case "room_twice":
            return _("Room %(name)s has two classes at once: %(slot)s.", name=finding.room, slot=slot)
        case "at_once":
            return _("%(subject)s in %(count)s classes at once, there is room for %(wanted)s: %(slot)s.",
                     subject=subject, count=count, wanted=wanted, slot=slot)  # fmt: skip
        case "outside":
            return _("Class %(name)s has a lesson when the school has none: %(slot)s.", name=of_class, slot=slot)
        case "teacher_never":
            return _("%(name)s cannot teach then: %(slot)s.", name=teacher, slot=slot)
        case "rather_not":
            return _("%(name)s would rather not teach then: %(slot)s.", name=teacher, slot=slot)
        case "teacher_days":
            return _("%(name)s teaches on %(count)s days, at most %(wanted)s are wanted.", name=teacher, count=count,
                     wanted=wanted)  # fmt: skip
        case "no_teacher":
            return _("Nobody teaches %(subject)s in class %(name)s: %(slot)s.", subject=subject, name=of_class,
                     slot=slot)  # fmt: skip
        case "too_many":
            return _("Class %(name)s has %(count)s periods of %(subject)s a week, the plan gives at most %(wanted)s.",
                     name=of_class, count=count, subject=subject, wanted=wanted)  # fmt: skip
        case "too_few":
            return _("Class %(name)s has %(count)s periods of %(subject)s a week, the plan wants at least %(wanted)s.",
                     name=of_class, count=count, subject=subject, wanted=wanted)  # fmt: skip
        case "most_a_day":
            return _("Class %(name)s has %(subject)s %(count)s times a day (at most %(wanted)s): %(slot)s.",
                     name=of_class, subject=subject, count=count, wanted=wanted, slot=slot)  # fmt: skip
        case "doubles":
            return _("Class %(name)s has %(count)s double periods of %(subject)s, %(wanted)s are wanted.",
                     name=of_class, count=count, subject=subject, wanted=wanted)  # fmt: skip
        case _:
            return _("Class %(name)s has a free period between lessons: %(slot)s.", name=of_class, slot=slot)


def reason_words(found: Frame, rule: str, about: UUID, count: int, most: int) -> Message:
    """Why there is no timetable, one rule of the contradiction."""
    teacher, of_class, subject = found.teacher_name(about), found.classes.get(about, ""), subject_word(found, about)
    match rule:
        case "class_full":
            return _("Class %(name)s has %(count)s lessons a week, but there are only %(most)s periods.",
                     name=of_class, count=count, most=most)  # fmt: skip
        case "teacher_full":
            return _("%(name)s has %(count)s lessons a week, but is free in only %(most)s periods.",
                     name=teacher, count=count, most=most)  # fmt: skip
        case "fixed_never":
            return _("%(name)s has %(count)s fixed lessons, such as the homeroom hour, when they cannot teach.",
                     name=teacher, count=count)  # fmt: skip
        case "teacher_never":
            return _("%(name)s has %(count)s lessons and can teach in %(most)s periods only.",
                     name=teacher, count=count, most=most)  # fmt: skip
        case "teacher_days":
            return _("%(name)s has %(count)s lessons a week and comes on at most %(most)s days.",
                     name=teacher, count=count, most=most)  # fmt: skip
        case "at_once":
            return _("%(subject)s has %(count)s lessons a week, its rooms hold %(most)s.",
                     subject=subject, count=count, most=most)  # fmt: skip
        case "most_a_day":
            return _("%(subject)s at most %(most)s times a day.", subject=subject, most=most)
        case "fixed":
            return _("Fixed lessons of class %(name)s stay where they are.", name=of_class)
        case "hole":
            return _("Class %(name)s has no free period between lessons.", name=of_class)
        case _:
            return _("%(name)s can only be in one class at a time.", name=teacher)
