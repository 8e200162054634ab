"""What the module records in the audit trail, in plain words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.sdk import AuditAction, AuditTarget, Message, _
from core.sdk.audit import names_of
from core.sdk.people import Person

from .models import Room, Version


def _from(detail: Mapping[str, Any]) -> Message | None:
    return _("From %(day)s", day=detail["from"])


def _count(detail: Mapping[str, Any]) -> Message | None:
    return _("%(count)s lessons", count=detail["lessons"])


def _day(detail: Mapping[str, Any]) -> Message | None:
    return _("On %(day)s", day=detail["day"])


ACTIONS = [
    AuditAction("timetable.grid.changed", _("Days and periods changed")),
    AuditAction("timetable.rules.changed", _("Rules of a subject changed")),
    AuditAction("timetable.wishes.changed", _("Wishes of a teacher changed")),
    AuditAction("timetable.room.saved", _("Room added or changed")),
    AuditAction("timetable.version.made", _("Timetable made"), _count),
    AuditAction("timetable.version.changed", _("Timetable changed")),
    AuditAction("timetable.version.in_force", _("Timetable put into force"), _from),
    AuditAction("timetable.version.deleted", _("Draft of a timetable deleted")),
    AuditAction("timetable.import.undone", _("Import of a timetable undone")),
    AuditAction("timetable.run.started", _("Making of a timetable started")),
    AuditAction("timetable.absence.entered", _("Absence of a teacher entered"), _from),
    AuditAction("timetable.absence.withdrawn", _("Absence of a teacher withdrawn")),
    AuditAction("timetable.lesson.changed", _("Lesson of one day changed"), _day),
    AuditAction("timetable.lesson.restored", _("Change of a lesson withdrawn"), _day),
    AuditAction("timetable.feed.made", _("Calendar address made")),
    AuditAction("timetable.feed.withdrawn", _("Calendar address withdrawn")),
]
TARGETS = [
    AuditTarget("timetable_version", _("Timetable"), "timetable.read", names_of(Version.id, Version.name)),
    AuditTarget("timetable_teacher", _("Teacher"), "timetable.read", names_of(Person.id, Person.full_name)),
    AuditTarget("timetable_lesson", _("Lesson"), "timetable.read"),
    AuditTarget("timetable_room", _("Room"), "timetable.read", names_of(Room.id, Room.name)),
    AuditTarget("timetable_feed", _("Calendar address"), "timetable.read"),
]
