"""Numbers, reports, files in and out, and the code lists that records of pupils use."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from uuid import UUID

from flask import url_for
from sqlalchemy import func, select

from core.sdk import (
    Code,
    CodeList,
    CodeListVersion,
    Column,
    Context,
    Exporter,
    Importer,
    Indicator,
    Message,
    Report,
    SlotPlace,
    _,
)
from core.sdk.school import current_year

from .models import Enrolment, Learner
from .rules import ethnic, provinces
from .rules.fields import AREAS, BOARDING, DISABILITIES, FIELDS
from .rules.moves import REASONS
from .services.classes import list_classes
from .services.profiles import export_profiles

_EXAMPLE = _("Circular 25/2024/TT-BGDDT on education statistics")


def _pupils(ctx: Context) -> int:
    mine = select(func.count()).select_from(Enrolment).where(
        Enrolment.school_id == ctx.school_id, Enrolment.year_id == current_year(ctx).id, Enrolment.ends_on.is_(None)
    )  # fmt: skip
    return ctx.session.execute(mine).scalar_one()


def _classes(ctx: Context) -> int:
    return len(list_classes(ctx))


def _without_id(ctx: Context) -> int:
    mine = select(func.count()).select_from(Learner).where(
        Learner.school_id == ctx.school_id, Learner.personal_id.is_(None)
    )  # fmt: skip
    return ctx.session.execute(mine).scalar_one()


INDICATORS = [
    Indicator("learners.pupils", _("Pupils"), _("Pupils in a class of the present school year who have not left"),
              _EXAMPLE, "learners.learner.read", _pupils, order=10),
    Indicator("learners.classes", _("Classes"), _("Classes of the present school year"),
              _EXAMPLE, "learners.learner.read", _classes, order=11),
    Indicator("learners.without_personal_id", _("Without a personal ID"),
              _("Pupils on record whose 12-digit personal ID is not entered"),
              _("Decree 88/2026/ND-CP: every learner has a code before 1 January 2027"),
              "learners.learner.read", _without_id, order=12),
]  # fmt: skip


def _class_rows(ctx: Context, values: object) -> Iterator[Sequence[str | int]]:
    for line in list_classes(ctx):
        yield line.name, line.grade, line.pupils, line.girls, line.pupils - line.girls


REPORTS = [
    Report(
        "learners.classes",
        _("Size of classes"),
        _("Every class of the school year with its numbers of girls and boys."),
        "learners.learner.read",
        columns=(
            Column("name", _("Class")),
            Column("grade", _("Grade"), "number"),
            Column("pupils", _("Pupils"), "number"),
            Column("girls", _("Girls"), "number"),
            Column("others", _("Boys"), "number"),
        ),
        rows=_class_rows,
    ),
    Report(
        "learners.record",
        _("Further fields of the record"),
        _("Every pupil with the fields of the national dictionary that lists seldom carry; empty is not known."),
        "learners.learner.export",
        columns=(
            Column("code", _("Pupil code")),
            Column("name", _("Full name")),
            Column("class", _("Class")),
            *(Column(one.name, one.label) for one in FIELDS),
        ),
        rows=lambda ctx, values: export_profiles(ctx),
        data_classes=("identity", "health", "policy", "origin"),
    ),
]

IMPORTERS = [
    Importer("learners.list", _("List of pupils"), _("As your school keeps it in Excel; nothing changes before you "
             "confirm."), "learners.import.run", "learners.imports", ("xlsx", "xls", "csv"))
]  # fmt: skip
EXPORTERS = [
    Exporter("learners.list", _("List of pupils"), _("All pupils with their classes and families."),
             "learners.learner.export", "learners.export")
]  # fmt: skip


def _codes(names: dict[str, str]) -> tuple[Code, ...]:
    return tuple(Code(code, name) for code, name in names.items())


_PROVISIONAL = _("Provisional: the list of the sector is not public; a newer version replaces it")
_LISTS: tuple[tuple[str, Message, str, date, Message, Mapping[str, Message]], ...] = (
    ("areas", _("Area of priority"), "2017", date(2017, 1, 1), _EXAMPLE, AREAS),
    ("boarding", _("Boarding"), "provisional", date(2026, 8, 1), _PROVISIONAL, BOARDING),
    ("disabilities", _("Kind of disability"), "2011", date(2011, 1, 1),
     _("Law on Persons with Disabilities 51/2010/QH12, article 3"), DISABILITIES),
    ("leaving_reasons", _("Reasons for leaving"), "provisional", date(2026, 8, 1), _PROVISIONAL, REASONS),
)  # fmt: skip
CODE_LISTS = [
    CodeList("learners.provinces", _("Provinces"), (
        CodeListVersion("2025-07", date(2025, 7, 1), _("Decision 19/2025/QD-TTg"), _codes(provinces.NAMES)),
    )),
    *(CodeList(f"learners.{name}", label, (CodeListVersion(version, since, act, tuple(
        Code(code, said) for code, said in codes.items())),)) for name, label, version, since, act, codes in _LISTS),
    CodeList("learners.ethnic_groups", _("Ethnic groups"), (
        CodeListVersion("1979", date(1979, 3, 2), _("Decision 121-TCTK/PPCD of 2 March 1979"), _codes(ethnic.NAMES)),
    )),
]  # fmt: skip

PLACES = [SlotPlace("learners.learner.head", _("Head of a pupil's page"), "learner")]


def person_page(ctx: Context, person_id: UUID) -> str | None:
    """The page of a pupil; None for people who are none."""
    mine = select(Learner.id).where(Learner.school_id == ctx.school_id, Learner.id == person_id)
    found = ctx.session.execute(mine).scalar_one_or_none()
    return url_for("learners.show", learner_id=person_id) if found else None
