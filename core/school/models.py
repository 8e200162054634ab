"""Organisations, schools, their sites, years, terms and calendar."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from core.data.base import Base, Identified, SchoolOwned, Timestamps

KINDS = ("ministry", "department", "commune")
"""Who manages schools since 1 July 2025 (Circular 15/2025): there is no district any more."""


class Organisation(Identified, Timestamps, Base):
    """An authority that manages schools. Not of a school: the tree belongs to the installation."""

    __tablename__ = "core_organisation"
    __table_args__ = (
        UniqueConstraint("code"),
        Index("ix_core_organisation_parent", "parent_id"),
        CheckConstraint(f"kind IN {KINDS}", name="kind"),
        CheckConstraint("(kind = 'ministry') = (parent_id IS NULL)", name="root"),
        CheckConstraint("parent_id <> id", name="parent"),
    )

    code: Mapped[str]
    """Code of the administrative unit: two digits for a province, five for a commune (QĐ 19/2025/QĐ-TTg)."""
    name: Mapped[str]
    kind: Mapped[str]
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("core_organisation.id"))


class FormerName(Identified, Base):
    """What a part of an organisation's area was called before: a merged commune or province, a district that is gone.

    Names only: nothing hangs on them, they are there to be found by people who remember them.
    """

    __tablename__ = "core_former_name"
    __table_args__ = (
        Index("ix_core_former_name_organisation", "organisation_id"),
        CheckConstraint("kind IN ('province', 'district', 'commune')", name="kind"),
    )

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("core_organisation.id", ondelete="CASCADE"))
    kind: Mapped[str]
    name: Mapped[str]
    code: Mapped[str] = mapped_column(default="")
    until_on: Mapped[date]
    """The last day on which it was so."""


class School(Identified, Timestamps, Base):
    """A school; the unit of tenancy. Not itself limited to a school: sign-in must find it."""

    __tablename__ = "core_school"
    __table_args__ = (
        UniqueConstraint("code"),
        CheckConstraint(
            "level IN ('preschool', 'primary', 'lower_secondary', 'upper_secondary', 'continuing')", name="level"
        ),
        CheckConstraint("ownership IN ('public', 'people_founded', 'private')", name="ownership"),
        CheckConstraint("payment_prefix ~ '^[A-Z]{3}$'", name="payment_prefix"),
        UniqueConstraint("payment_prefix"),
        Index("ix_core_school_organisation", "organisation_id"),
    )

    code: Mapped[str]
    """Short code of the school, as in addresses of the sector database."""
    name: Mapped[str]
    level: Mapped[str]
    ownership: Mapped[str] = mapped_column(default="public")
    province: Mapped[str]
    """Two-digit code after 1 July 2025."""
    address: Mapped[str] = mapped_column(default="")
    phone: Mapped[str] = mapped_column(default="")
    payment_prefix: Mapped[str]
    """Three letters that begin each payment reference of the school."""
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("core_organisation.id"))
    """Who manages it now; `Placement` keeps who did before."""
    modules: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    """Modules that are on, kept by a trigger on `core_module_switch`: sign-in reads them with the session."""


class SchoolYear(Identified, SchoolOwned, Timestamps, Base):
    """A school year, such as 2026-2027; one of them is current."""

    __tablename__ = "core_school_year"
    __table_args__ = (
        UniqueConstraint("school_id", "name"),
        Index("uq_core_school_year_current", "school_id", unique=True, postgresql_where="current"),
        CheckConstraint("starts_on < ends_on", name="order"),
    )

    name: Mapped[str]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    current: Mapped[bool] = mapped_column(default=False)


class Placement(Identified, SchoolOwned, Base):
    """Under which organisation the school stood, and since when; the one without an end is today's."""

    __tablename__ = "core_placement"
    __table_args__ = (
        Index("uq_core_placement_now", "school_id", unique=True, postgresql_where=text("until_on IS NULL")),
        CheckConstraint("until_on IS NULL OR since_on <= until_on", name="order"),
    )

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("core_organisation.id"))
    since_on: Mapped[date]
    until_on: Mapped[date | None]
    reason: Mapped[str] = mapped_column(default="")
    """The decision that placed it there."""


class Site(Identified, SchoolOwned, Timestamps, Base):
    """A place where the school teaches (điểm trường); one of them is the main one."""

    __tablename__ = "core_site"
    __table_args__ = (
        UniqueConstraint("school_id", "name"),
        Index("uq_core_site_main", "school_id", unique=True, postgresql_where=text("main")),
    )

    name: Mapped[str]
    address: Mapped[str] = mapped_column(default="")
    main: Mapped[bool] = mapped_column(default=False)
    closed_on: Mapped[date | None]


class Term(Identified, SchoolOwned, Timestamps, Base):
    """A term (học kỳ) of a school year."""

    __tablename__ = "core_term"
    __table_args__ = (
        UniqueConstraint("year_id", "number"),
        CheckConstraint("number BETWEEN 1 AND 4", name="number"),
        CheckConstraint("starts_on < ends_on", name="order"),
    )

    year_id: Mapped[UUID] = mapped_column(ForeignKey("core_school_year.id", ondelete="CASCADE"))
    number: Mapped[int]
    starts_on: Mapped[date]
    ends_on: Mapped[date]


class CalendarDay(Identified, SchoolOwned, Timestamps, Base):
    """Days that differ from the week: a holiday, a day off of the school, a day on which lessons are made up."""

    __tablename__ = "core_calendar_day"
    __table_args__ = (
        Index("ix_core_calendar_day_year", "school_id", "year_id", "starts_on"),
        CheckConstraint("kind IN ('holiday', 'closed', 'make_up', 'event')", name="kind"),
        CheckConstraint("starts_on <= ends_on", name="order"),
    )

    year_id: Mapped[UUID] = mapped_column(ForeignKey("core_school_year.id", ondelete="CASCADE"))
    kind: Mapped[str]
    name: Mapped[str]
    starts_on: Mapped[date]
    ends_on: Mapped[date]


class ModuleSwitch(SchoolOwned, Base):
    """A module that a school has switched on. No row means off."""

    __tablename__ = "core_module_switch"

    school_id: Mapped[UUID] = mapped_column(ForeignKey("core_school.id"), primary_key=True)  # pyright: ignore[reportIncompatibleVariableOverride]
    module: Mapped[str] = mapped_column(primary_key=True)
    switched_on_at: Mapped[datetime]
