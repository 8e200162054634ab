"""Invented pupils for a demo school: the shape of Vietnamese names, no real person."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

import msgspec

from core.sdk import Context, Demo
from core.sdk.data import local_date, new_id, query, refresh_statistics
from core.sdk.demo import stage_of
from core.sdk.disclosure import disclose
from core.sdk.school import current_year, school_of

from . import sensitive
from .models import SchoolClass
from .rules.classes import class_order, grade_of
from .services._staging import PORTION, Record, waves
from .services._upserting import TABLES, upsert

_SURNAMES = (
    ("Nguyễn", 38), ("Trần", 12), ("Lê", 10), ("Phạm", 7), ("Hoàng", 5), ("Vũ", 4), ("Đặng", 3), ("Bùi", 3), ("Đỗ", 3),
    ("Hồ", 2), ("Ngô", 2), ("Dương", 2), ("Lý", 1), ("Đinh", 1), ("Mai", 1), ("Trịnh", 1), ("Cao", 1), ("Hà", 1),
)  # fmt: skip
_MIDDLE_BOYS = ("Văn", "Minh", "Đức", "Quang", "Gia", "Hữu", "Tuấn", "Bảo", "Anh", "Nhật", "Thành", "Duy")
_MIDDLE_GIRLS = ("Thị", "Thu", "Ngọc", "Phương", "Khánh", "Bảo", "Minh", "Thanh", "Diệu", "Quỳnh", "Mai", "Hồng")
_BOYS = (
    "An", "Bách", "Cường", "Dũng", "Đạt", "Huy", "Hùng", "Khang", "Khôi", "Kiên", "Lâm", "Long", "Nam", "Nghĩa",
    "Phong", "Phúc", "Quân", "Sơn", "Tài", "Thịnh", "Tiến", "Trung", "Tùng", "Việt", "Vinh",
)  # fmt: skip
_GIRLS = (
    "Anh", "Ánh", "Chi", "Dung", "Giang", "Hà", "Hân", "Hằng", "Hiền", "Hoa", "Hương", "Lan", "Linh", "Ly", "Mai", "My",
    "Nga", "Ngân", "Nhi", "Như", "Oanh", "Thảo", "Trang", "Uyên", "Vy", "Yến",
)  # fmt: skip
_STREETS = ("Hoa Sữa", "Bằng Lăng", "Phượng Vĩ", "Sao Đen", "Hoa Ban", "Lộc Vừng", "Ngọc Lan")
_COMMUNES = ("Phường Hoa Nắng", "Phường Cánh Đồng", "Phường Sông Xanh", "Phường Đồi Thông")
_LEVELS = {
    "primary": range(1, 6),
    "lower_secondary": range(6, 10),
    "upper_secondary": range(10, 13),
    "preschool": range(1, 2),
}
_PER_CLASS = 40


class Generator:
    """Pupils by number: the same seed gives the same school."""

    def __init__(self, seed: int, first_year: int, province: str) -> None:
        self._random = random.Random(seed)  # noqa: S311  (invented people, not secrets)
        self._first_year, self._province = first_year, province
        self._families: list[tuple[str, dict[str, Any], dict[str, Any], str]] = []

    def _surname(self) -> str:
        names, weights = zip(*_SURNAMES, strict=True)
        return str(self._random.choices(names, weights)[0])

    def _phone(self, number: int) -> str:
        return f"+84900{number:06d}"

    def _family(self, number: int) -> tuple[str, dict[str, Any], dict[str, Any], str]:
        """A new family, or for about one pupil in eight one that has a child at the school already."""
        pick = self._random
        if self._families and pick.random() < 0.12:
            return pick.choice(self._families)
        surname = self._surname()
        father = f"{surname} {pick.choice(_MIDDLE_BOYS)} {pick.choice(_BOYS)}"
        mother = f"{self._surname()} {pick.choice(_MIDDLE_GIRLS)} {pick.choice(_GIRLS)}"
        street = f"Số {pick.randint(1, 250)} đường {pick.choice(_STREETS)}"
        family = (
            surname,
            {"hovaten": father, "namsinh": pick.randint(1975, 1992), "sdt": [self._phone(number * 2 % 1_000_000)]},
            {
                "hovaten": mother,
                "namsinh": pick.randint(1978, 1995),
                "sdt": [self._phone((number * 2 + 1) % 1_000_000)],
            },
            street,
        )
        self._families.append(family)
        if len(self._families) > 400:
            self._families.pop(0)
        return family

    def pupil(self, number: int, class_name: str) -> dict[str, Any]:
        """The canonical values of one pupil of a class."""
        pick = self._random
        surname, father, mother, street = self._family(number)
        girl = pick.random() < 0.49
        middle, given = (_MIDDLE_GIRLS, _GIRLS) if girl else (_MIDDLE_BOYS, _BOYS)
        grade = grade_of(class_name) or 6
        birth = date(self._first_year - 5 - grade, 1, 1) + timedelta(days=pick.randrange(365))
        sex = 2 if girl else 1
        policy = pick.random()
        return {
            "mahocsinh": f"{25}{self._province}{number:06d}",
            "hovaten": f"{surname} {pick.choice(middle)} {pick.choice(given)}",
            "ngaysinh": birth.isoformat(),
            "gioitinh": sex,
            "dantoc": "01" if pick.random() < 0.93 else pick.choice(("02", "06", "08", "12")),
            "quoctich": "VN",
            "sodinhdanh": f"0{self._province}{sex + 1}{birth.year % 100:02d}{number:06d}",
            "lop": class_name,
            "noisinh_tinh": self._province,
            "noio": {"chitiet": street, "xa": pick.choice(_COMMUNES), "tinh": self._province, "diachicu": False},
            "cha": father,
            "me": mother,
            "doituongchinhsach": "Hộ nghèo" if policy < 0.03 else "Hộ cận nghèo" if policy < 0.06 else None,
            "bhyt": f"HS4{self._province}{pick.randrange(10**10):010d}",
        }


def fill(ctx: Context, options: Mapping[str, Any]) -> None:
    """Give the school of the context its pupils, in sets.

    Args:
        options: `pupils` (how many, 960 without it) and `seed`.
    """
    school, year = school_of(ctx), current_year(ctx)
    pupils = int(options.get("pupils", 960))
    grades = list(_LEVELS.get(school.level, range(6, 10)))
    count = max(len(grades), -(-pupils // _PER_CLASS))
    names = [f"{grades[at % len(grades)]}A{at // len(grades) + 1}" for at in range(count)]
    names.sort(key=class_order)
    for position, name in enumerate(names):
        ctx.session.add(
            SchoolClass(
                id=new_id(), school_id=ctx.school_id, year_id=year.id, name=name, grade=grade_of(name) or 0,
                position=position,
            )
        )  # fmt: skip
    ctx.session.flush()
    generator = Generator(int(options.get("seed", 2026)), year.starts_on.year, school.province)
    now = ctx.now()
    for _count in waves(ctx.session, _portions(generator, names, pupils)):
        upsert(ctx, year=year.id, starts_on=year.starts_on, today=local_date(now), now=now, import_id=None)
    refresh_statistics(ctx, *TABLES, rows=pupils)


def _portions(generator: Generator, names: list[str], pupils: int) -> Iterator[list[Record]]:
    for start in range(0, pupils, PORTION):
        yield [
            Record(number, new_id(), True, msgspec.json.encode(generator.pupil(number + 1, names[number % len(names)])))
            for number in range(start, min(pupils, start + PORTION))
        ]


_SIBLINGS = """SELECT DISTINCT related_id FROM core_relation WHERE school_id = :school AND person_id IN (
    SELECT person_id FROM core_relation WHERE school_id = :school GROUP BY person_id HAVING count(*) > 1)
    ORDER BY related_id LIMIT :most"""


def looked_at(ctx: Context, options: Mapping[str, Any]) -> None:
    """The office has read sensitive data of some children in the last weeks, so that families see who looked."""
    office, days = stage_of(options).staff("office"), (19, 12, 6, 2)
    for number, row in enumerate(query(ctx, _SIBLINGS, {"school": ctx.school_id, "most": 60})):
        purpose = "benefits" if number % 3 else "check"
        then = ctx.now() - timedelta(days=days[number % len(days)], hours=number % 5)
        there = replace(ctx, actor=office, clock=partial(_moment, then))
        disclose(there, row[0], sensitive.CLASSES, place=sensitive.RECORD, purpose=purpose)


def _moment(at: datetime) -> datetime:
    return at


DEMO = [Demo("learners", 10, fill), Demo("learners.looked_at", 45, looked_at)]
