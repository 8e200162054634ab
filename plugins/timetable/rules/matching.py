"""What a cell of a timetable means: `Toán - Hà`, `Toán (GV012)`, `Toán` over `Hà`, `Chào cờ`, `Tin - Hà - P.12`."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from core.sdk import fold

from .board import Hours, Slot
from .rooms import room_key

_PARTS = re.compile(r"[\n\r;()\[\]]+|\s+[-–—/]\s+|(?<=\w)[-–—](?=\w)")
_ROOM = re.compile(r"(?:p\.? ?|phong ?|room ?)([a-z]?\d[\w.]*|[a-z]{2,}.*)")
_FLAG = frozenset({"chaoco", "cc", "shdc", "sinhhoatduoico"})
_HOMEROOM = frozenset({"shl", "sinhhoat", "sinhhoatlop", "shlop", "shcn", "sh", "gvcn"})
ALIASES: Mapping[str, tuple[str, ...]] = {
    "toan": ("toan hoc",), "nguvan": ("van", "n.van"), "tiengviet": ("tv", "t.viet"),
    "tienganh": ("anh", "t.anh", "ta", "tieng anh", "av", "nn", "ngoai ngu", "nn1"),
    "khtn": ("kh tu nhien", "khoa hoc tn"), "lsdl": ("su dia", "ls-dl", "ls dl", "lich su va dia li", "ls&dl"),
    "gdcd": ("cd", "gd cong dan"), "congnghe": ("cn", "c.nghe", "cnghe"), "tinhoc": ("tin", "th"),
    "gdtc": ("td", "the duc", "gd the chat"), "nghethuat": ("nt", "n.thuat"), "amnhac": ("nhac", "an"),
    "mithuat": ("mt", "my thuat", "ve"), "hdtn": ("hdtnhn", "trai nghiem", "hd trai nghiem"),
    "gddp": ("dia phuong", "gd dia phuong", "nddp"), "vatli": ("ly", "li", "vat ly"), "hoahoc": ("hoa",),
    "sinhhoc": ("sinh",), "lichsu": ("su", "ls"), "diali": ("dia", "dl", "dia ly"), "gdqpan": ("gdqp", "qp", "qpan"),
    "gdktpl": ("ktpl", "gdkt"), "daoduc": ("dd",), "tnxh": ("tn&xh", "tu nhien xa hoi"),
}  # fmt: skip
"""Short forms that teachers write, by the code of the subject."""


@dataclass(frozen=True, slots=True)
class SubjectName:
    """A subject with all its names."""

    id: UUID
    code: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TeacherName:
    """A teacher with the code of the sector."""

    id: UUID
    full_name: str
    code: str


@dataclass(frozen=True, slots=True)
class KnownCourse:
    """A course and who is assigned to it."""

    id: UUID
    class_id: UUID
    subject_id: UUID
    teachers: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class Known:
    """What the school has: classes by folded name, subjects, teachers, courses, hours."""

    hours: Hours
    classes: Mapping[str, UUID]
    subjects: Sequence[SubjectName]
    teachers: Sequence[TeacherName]
    courses: Mapping[tuple[UUID, UUID], KnownCourse]
    activities: Collection[UUID] = field(default_factory=tuple[UUID, ...])
    """Subjects in which the flag ceremony and the homeroom hour are counted."""
    homerooms: Mapping[UUID, UUID] = field(default_factory=dict[UUID, UUID])
    rooms: Collection[str] = frozenset()
    """Keys of the rooms (`room_key`)."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a cell was understood to be, or the `problem` with it.

    `problem`: class subject course teacher ambiguous slot; `remark` is `other_teacher` where somebody else than
    assigned is named.
    """

    course: UUID | None = None
    class_id: UUID | None = None
    slot: Slot | None = None
    kind: str = "lesson"
    teacher: UUID | None = None
    """Only where it is not the teacher of the course."""
    room: str = ""
    problem: str = ""
    hint: str = ""
    remark: str = ""


class Matcher:
    """Understands cells with what the school has."""

    def __init__(self, known: Known) -> None:
        self.known = known
        self.subjects: dict[str, set[UUID]] = {}
        for subject in known.subjects:
            for name in (subject.code, *subject.names, *ALIASES.get(subject.code, ())):
                self.subjects.setdefault(_key(name), set()).add(subject.id)
        self.staff: dict[str, list[UUID]] = {}
        for teacher in known.teachers:
            words = fold(teacher.full_name).split()
            forms = {teacher.code.casefold(), fold(teacher.full_name), words[-1] if words else ""}
            forms |= (
                {" ".join(words[-2:]), "".join(word[0] for word in words[:-1]) + "." + words[-1]} if words else set()
            )
            for form in forms - {""}:
                self.staff.setdefault(_key(form), []).append(teacher.id)
        self._names = {teacher.id: teacher.full_name for teacher in known.teachers}

    def slot(self, weekday: int, session: str, number: int) -> Slot | None:
        """The slot of a period of a session; without a session, of the day."""
        hours = self.known.hours
        if session:
            for at, period in enumerate(hours.periods, start=1):
                if period.session == session and period.number == number:
                    found = Slot(weekday, at)
                    return found if hours.has(found) else None
        found = Slot(weekday, number)
        return found if hours.has(found) and (not session or session == hours.periods[number - 1].session) else None

    def read(self, class_text: str, slot: Slot | None, text: str) -> Meaning | None:
        """The meaning of a cell; None for a cell that says that there is no lesson."""
        parts = [part.strip() for part in _PARTS.split(text) if part.strip(" -–_.x")]
        if not parts:
            return None
        class_id = self.known.classes.get(_key(class_text))
        if class_id is None:
            return Meaning(problem="class", hint=class_text)
        if slot is None:
            return Meaning(class_id=class_id, problem="slot")
        return self._lesson(class_id, slot, parts)

    def _lesson(self, class_id: UUID, slot: Slot, parts: list[str]) -> Meaning:
        if len(parts) > 1 and _key(parts[0] + parts[1]) in self.subjects:  # `HĐTN-HN` is one name
            parts = [parts[0] + parts[1], *parts[2:]]
        words, rest = _key(parts[0]), parts[1:]
        kind = "flag" if words in _FLAG else "homeroom" if words in _HOMEROOM else "lesson"
        subjects = set(self.known.activities) if kind != "lesson" else self.subjects.get(words, set())
        if not subjects and len(parts) == 1 and " " in parts[0]:
            # `Toán Hà` without a sign between them: the longest beginning that is a subject
            for cut in range(parts[0].count(" "), 0, -1):
                pieces = parts[0].split(" ")
                if found := self.subjects.get(_key(" ".join(pieces[:cut]))):
                    subjects, rest = found, [" ".join(pieces[cut:])]
                    break
        if not subjects:
            return Meaning(class_id=class_id, slot=slot, problem="subject", hint=parts[0])
        courses = [course for s in subjects if (course := self.known.courses.get((class_id, s))) is not None]
        if not courses:
            return Meaning(class_id=class_id, slot=slot, problem="course", hint=parts[0])
        if len(courses) > 1:
            return Meaning(class_id=class_id, slot=slot, problem="ambiguous", hint=parts[0])
        room = next((part for part in rest if self._is_room(part)), "")
        named = [part for part in rest if part != room]
        base = Meaning(courses[0].id, class_id, slot, kind, room=room)
        if not named or kind == "flag" or _key(named[0]) in _HOMEROOM:
            return base
        return self._taught(base, courses[0], named[0])

    def _is_room(self, part: str) -> bool:
        known = room_key(part) in self.known.rooms and _key(part) not in self.staff
        return known or _ROOM.fullmatch(fold(part)) is not None

    def _taught(self, base: Meaning, course: KnownCourse, text: str) -> Meaning:
        found = set(self.staff.get(_key(text), ()))
        expected = set(course.teachers) or found
        if base.kind == "homeroom" and (leads := self.known.homerooms.get(course.class_id)):
            expected = {leads}
        if not found:
            return Meaning(base.course, base.class_id, base.slot, base.kind, None, base.room, "teacher", text)
        if found & expected and course.teachers:
            return base
        if len(found) > 1:
            same = {
                teacher
                for c in self.known.courses.values()
                if c.subject_id == course.subject_id
                for teacher in c.teachers
            } & found
            if len(same) != 1:
                names = ", ".join(sorted(self._names[teacher] for teacher in found))
                return Meaning(base.course, base.class_id, base.slot, base.kind, None, base.room, "ambiguous", names)
            found = same
        return Meaning(
            base.course, base.class_id, base.slot, base.kind, found.pop(), base.room, remark="other_teacher", hint=text
        )  # fmt: skip


def _key(text: str) -> str:
    """A name without accents, spaces and dots."""
    return fold(text).replace(" ", "").replace(".", "")
