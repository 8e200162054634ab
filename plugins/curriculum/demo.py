"""A demo school gets its programme, teachers, lessons and homeroom teachers."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from core.sdk import Context, Demo
from core.sdk.school import current_year
from plugins.learners import public as learners

from .services import courses, plan, teachers

_SURNAMES = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Vũ", "Đặng", "Bùi", "Đỗ", "Ngô")
_MIDDLE = ("Thị", "Văn", "Thu", "Minh", "Ngọc", "Đức", "Thanh", "Quang", "Hồng", "Xuân")
_GIVEN = (
    "Hà", "Hương", "Lan", "Dũng", "Hải", "Nga", "Oanh", "Phương", "Quân", "Sơn", "Tâm", "Thảo", "Thủy", "Trang", "Tú",
    "Vân", "Việt", "Xuân", "Yến", "Ánh", "Bình", "Châu", "Diệp", "Đông", "Giang", "Hòa", "Khánh", "Liên", "Mai",
)  # fmt: skip
_MOST_WEEKLY = 19.0
"""Periods a week of a lower-secondary teacher (Circular 05/2025/TT-BGDĐT); the demo keeps to it everywhere."""


def fill(ctx: Context, options: Mapping[str, Any]) -> None:
    """Take over the programme, then give each course to a teacher of its subject, up to a full week for each.

    Args:
        options: `teacher`, the person who can sign in as one: the first to be given lessons, and a homeroom class.
    """
    plan.take_over(ctx)
    year = current_year(ctx)
    pick = random.Random(int(options.get("seed", 2026)))  # noqa: S311  (invented people, not secrets)
    classes = [row.class_id for row in ctx.session.execute(learners.classes(ctx))]
    by_class: dict[UUID, list[UUID]] = defaultdict(list)
    staff: dict[str, tuple[UUID, float]] = {}
    number = 0
    for line in sorted(courses.courses(ctx), key=lambda line: (line.code, classes.index(line.class_id))):
        teacher, load = staff.get(line.code, (None, _MOST_WEEKLY))
        if teacher is None or load + line.weekly > _MOST_WEEKLY:
            number += 1
            teacher, load = _hire(ctx, pick, number, options.get("teacher")), 0.0
        staff[line.code] = (teacher, load + line.weekly)
        courses.assign(ctx, line.id, teacher, starts_on=year.starts_on)
        by_class[line.class_id].append(teacher)
    taken: set[UUID] = set()
    known: UUID | None = options.get("teacher")
    for class_id in classes:
        if known is not None and known in by_class[class_id] and known not in taken:
            courses.set_homeroom(ctx, class_id, known, starts_on=year.starts_on)
            taken.add(known)
            continue
        free = [teacher for teacher in by_class[class_id] if teacher not in taken] or by_class[class_id]
        if free:
            courses.set_homeroom(ctx, class_id, free[0], starts_on=year.starts_on)
            taken.add(free[0])


def _hire(ctx: Context, pick: random.Random, number: int, known: UUID | None) -> UUID:
    if number == 1 and known is not None:
        return teachers.make_teacher(ctx, known, code="GV001")
    name = f"{pick.choice(_SURNAMES)} {pick.choice(_MIDDLE)} {_GIVEN[number % len(_GIVEN)]}"
    return teachers.add_teacher(ctx, name, code=f"GV{number:03d}")


DEMO = [Demo("curriculum", 15, fill)]
